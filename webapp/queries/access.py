"""What the policy needs to know of a proposal, in one statement; and the rows a person may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, false, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from webapp.domain.decisions import PENDING_DECISIONS
from webapp.domain.errors import NotAllowed, NotFound
from webapp.domain.people import Actor, Role
from webapp.domain.policy import Action, Nothing, ProposalFacts, Verdict, decide
from webapp.domain.proposals import is_editable
from webapp.domain.references import is_mistyped
from webapp.domain.rulebook import Rulebook
from webapp.domain.workflow import Workflow, find_stage
from webapp.models.calls import Call
from webapp.models.decisions import Decision
from webapp.models.endorsements import Endorsement, EndorsementPoint
from webapp.models.proposals import Collaborator, Proposal, ProposalPartner
from webapp.models.routing import Assignment, Conflict

SEES_AS_REVIEWER = ("invited", "accepted", "submitted")


@dataclass(frozen=True, slots=True)
class ProposalHead:
    """What nearly every page of a proposal shows of it, with the facts that were judged."""

    id: int
    reference: str
    call_id: int
    initiative_id: int
    owner_id: int
    title: str
    stage: str
    stage_since: datetime
    due_at: datetime | None
    revision: int
    workflow: tuple[str, int]
    version_id: int | None
    closed_from: str | None
    submitted_at: datetime | None
    published_at: datetime | None
    facts: ProposalFacts


def find_proposal(session: Session, rules: Rulebook, actor: Actor, reference: str, to: Action) -> ProposalHead:
    """The proposal, if the actor may do this with it.

    Raises NotFound where the actor may not know of it (R2; with code `reference_mistyped` when the
    check digit is wrong, R4), NotAllowed with the reason otherwise.
    """
    head = find_head(session, rules, reference)
    if head is None:
        raise NotFound("reference_mistyped" if is_mistyped(reference) else "not_found")
    require(decide(actor, to, head.facts))
    return head


def require(verdict: Verdict) -> None:
    """Nothing when allowed; otherwise the refusal that the verdict stands for."""
    if verdict.may:
        return
    if not verdict.seen:
        raise NotFound
    raise NotAllowed(verdict.code)


def may(actor: Actor, action: Action, subject: Nothing | ProposalFacts) -> bool:
    """Whether a page should offer this to the person."""
    return decide(actor, action, subject).may


def find_head(session: Session, rules: Rulebook, reference: str) -> ProposalHead | None:
    """The proposal with this reference and its facts, unjudged; None where there is none."""
    row = session.execute(_head_by(Proposal.reference), {"key": reference}).one_or_none()
    return None if row is None else _head(row, rules)


def find_head_by_id(session: Session, rules: Rulebook, proposal_id: int) -> ProposalHead | None:
    """The proposal with this id and its facts, unjudged; None where there is none."""
    row = session.execute(_head_by(Proposal.id), {"key": proposal_id}).one_or_none()
    return None if row is None else _head(row, rules)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The condition under which a row of `proposals` may be shown to the actor, in any list (R70).

    The same rule as `policy.decide(actor, READ_PROPOSAL, …)`; a test holds the two together.
    """
    if actor.is_system:
        return Proposal.id.is_not(None)
    if actor.person_id is None:
        return false()
    # What one person is in is little: gathered once, not asked anew for each row.
    shared = select(Collaborator.proposal_id).where(Collaborator.person_id == actor.person_id)
    conflicted = select(Conflict.proposal_id).where(Conflict.person_id == actor.person_id)
    own = or_(Proposal.owner_id == actor.person_id, Proposal.id.in_(shared))
    return or_(own, and_(_can_be_seen(), Proposal.id.not_in(conflicted), _by_seat(actor)))


def _can_be_seen() -> ColumnElement[bool]:
    """Submitted, and not under seal (R77)."""
    return and_(Proposal.submitted_at.is_not(None), Proposal.is_sealed.is_(False))


def _by_seat(actor: Actor) -> ColumnElement[bool]:
    reviewed = select(Assignment.proposal_id).where(
        Assignment.reviewer_id == actor.person_id, Assignment.state.in_(SEES_AS_REVIEWER)
    )
    ways: list[ColumnElement[bool]] = []
    initiatives = {
        seat.initiative_id
        for seat in actor.seats
        if seat.role in (Role.SECRETARIAT, Role.AUDITOR) and seat.initiative_id
    }
    if initiatives:
        ways.append(Proposal.call_id.in_(select(Call.id).where(Call.initiative_id.in_(initiatives))))
    ways.append(Proposal.id.in_(reviewed))
    if actor.partner_ids():
        ways.append(
            exists().where(
                ProposalPartner.proposal_id == Proposal.id,
                ProposalPartner.partner_id.in_(actor.partner_ids()),
            )
        )
    return or_(*ways)


def _list_of(column: Any, table: Any, *where: Any) -> Any:
    return select(func.array_agg(column)).where(table.proposal_id == Proposal.id, *where).scalar_subquery()


def _pairs_of(key: Any, value: Any, table: Any, *where: Any) -> Any:
    found = select(func.jsonb_object_agg(key, value)).where(table.proposal_id == Proposal.id, *where)
    return found.scalar_subquery()


def _asked_fields() -> Any:
    """The fields that partners want changed and the applicant has not dealt with (R68)."""
    takes_part = and_(
        ProposalPartner.proposal_id == Endorsement.proposal_id, ProposalPartner.partner_id == Endorsement.partner_id
    )
    found = (
        select(func.array_agg(EndorsementPoint.field))
        .join(Endorsement, Endorsement.id == EndorsementPoint.endorsement_id)
        .join(ProposalPartner, takes_part)
    )
    return found.where(
        Endorsement.proposal_id == Proposal.id,
        Endorsement.state == "adjustment_requested",
        EndorsementPoint.state == "open",
    ).scalar_subquery()


def _decided_now() -> tuple[ColumnElement[bool], ...]:
    """The confirmed decision on the version as it stands: the one that an appeal is against (R29)."""
    return Decision.state == "confirmed", Decision.version_id == Proposal.current_version_id


@cache
def _head_by(column: Any) -> Select[Any]:
    """One proposal by this column; kept, since putting the statement together costs more than asking it."""
    return _heads().where(column == bindparam("key"))


def _heads() -> Select[Any]:
    """One row a proposal with everything the policy asks, gathered by sub-selects."""
    return select(
        Proposal.id,
        Proposal.reference,
        Proposal.call_id,
        Call.initiative_id,
        Call.publication,
        Proposal.owner_id,
        Proposal.title,
        Proposal.stage,
        Proposal.stage_since,
        Proposal.due_at,
        Proposal.revision,
        Proposal.workflow,
        Proposal.workflow_version,
        Proposal.current_version_id,
        Proposal.closed_from,
        Proposal.submitted_at,
        Proposal.published_at,
        Proposal.is_sealed,
        _pairs_of(Collaborator.person_id, Collaborator.role, Collaborator).label("collaborators"),
        _list_of(ProposalPartner.partner_id, ProposalPartner).label("partner_ids"),
        _list_of(Endorsement.partner_id, Endorsement).label("asked_partner_ids"),
        _asked_fields().label("asked_fields"),
        # Somebody asked for several versions counts as what they are for the last one.
        _pairs_of(
            Assignment.reviewer_id,
            aggregate_order_by(Assignment.state, Assignment.version_id),
            Assignment,
            Assignment.state.in_(("proposed", *SEES_AS_REVIEWER)),
        ).label("reviewers"),
        _list_of(Conflict.person_id, Conflict).label("conflicted"),
        _list_of(Decision.drafted_by_id, Decision, Decision.state.in_(PENDING_DECISIONS)).label("drafters"),
        _list_of(Decision.drafted_by_id, Decision, *_decided_now()).label("decision_drafters"),
        _list_of(Decision.confirmed_by_id, Decision, *_decided_now()).label("decision_confirmers"),
        exists().where(Decision.proposal_id == Proposal.id, Decision.state == "confirmed").label("is_decided"),
    ).join(Call, Call.id == Proposal.call_id)


def _asked(table: Workflow, row: Any) -> frozenset[str]:
    """The fields that a partner asked to be changed, as long as the proposal is live."""
    return frozenset(row.asked_fields or ()) if find_stage(table, row.stage).kind == "live" else frozenset()


def _facts(row: Any, rules: Rulebook) -> ProposalFacts:
    """What is judged of a proposal, from its row."""
    table = rules.workflow((row.workflow, row.workflow_version))
    stage_lets = is_editable(table, row.stage)
    asked = frozenset() if stage_lets else _asked(table, row)
    return ProposalFacts(
        owner_id=row.owner_id,
        initiative_id=row.initiative_id,
        call_id=row.call_id,
        collaborators={int(key): role for key, role in (row.collaborators or {}).items()},
        partner_ids=frozenset(row.partner_ids or ()),
        asked_partner_ids=frozenset(row.asked_partner_ids or ()),
        reviewers={int(key): state for key, state in (row.reviewers or {}).items()},
        conflicted=frozenset(row.conflicted or ()),
        is_draft=row.submitted_at is None,
        is_editable=stage_lets or bool(asked),
        asked_fields=asked,
        is_sealed=row.is_sealed,
        is_published=row.published_at is not None,
        is_decided=row.is_decided,
        drafted_by=(row.drafters or [None])[0],
        deciders=frozenset(row.decision_drafters or ()) | frozenset(row.decision_confirmers or ()),
        partners_read_reviews=bool(row.publication.get("partners_read_reviews")),
    )


def _head(row: Any, rules: Rulebook) -> ProposalHead:
    return ProposalHead(
        id=row.id,
        reference=row.reference,
        call_id=row.call_id,
        initiative_id=row.initiative_id,
        owner_id=row.owner_id,
        title=row.title,
        stage=row.stage,
        stage_since=row.stage_since,
        due_at=row.due_at,
        revision=row.revision,
        workflow=(row.workflow, row.workflow_version),
        version_id=row.current_version_id,
        closed_from=row.closed_from,
        submitted_at=row.submitted_at,
        published_at=row.published_at,
        facts=_facts(row, rules),
    )
