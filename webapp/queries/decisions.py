"""Questions about decisions: the draft, the letters, conditions, what waits to be confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, aliased

from webapp.domain.decisions import PENDING_DECISIONS, deciding_stages
from webapp.domain.people import Actor
from webapp.domain.rulebook import Rulebook
from webapp.models.audit import EventRow
from webapp.models.calls import Call
from webapp.models.decisions import Condition, Decision
from webapp.models.endorsements import Endorsement, EndorsementWord
from webapp.models.partners import Partner
from webapp.models.people import Person
from webapp.models.proposals import Collaborator, Document, Proposal, ProposalVersion
from webapp.models.reviews import Review, ReviewText
from webapp.models.routing import Assignment
from webapp.queries.access import visible_to
from webapp.queries.letter_files import EvidenceFile, list_files
from webapp.queries.notices.events import Told, adds
from webapp.queries.notices.letters import unlinked


@dataclass(frozen=True, slots=True)
class ConditionLine:
    """One condition and what became of it."""

    number: int
    text: str
    due_on: date | None
    state: str
    evidence: str
    file: EvidenceFile | None
    settled_reason: str


@dataclass(frozen=True, slots=True)
class DecisionView:
    """One decision with its conditions, for the pages of those who may read it."""

    id: int
    outcome: str
    state: str
    reason: str
    letter: str
    code: str
    version: int
    drafted_by_id: int
    drafted_by: str
    drafted_at: datetime
    confirmed_by: str
    confirmed_at: datetime | None
    released_at: datetime | None
    conditions: tuple[ConditionLine, ...]
    lets_join: bool
    files: tuple[EvidenceFile, ...] = ()


def list_decisions(session: Session, proposal_id: int) -> list[DecisionView]:
    """All decisions of a proposal that were not discarded, the newest first."""
    drafter, confirmer = aliased(Person), aliased(Person)
    rows = session.execute(
        select(Decision, drafter.name, confirmer.name, ProposalVersion.number)
        .join(drafter, drafter.id == Decision.drafted_by_id)
        .outerjoin(confirmer, confirmer.id == Decision.confirmed_by_id)
        .join(ProposalVersion, ProposalVersion.id == Decision.version_id)
        .where(Decision.proposal_id == proposal_id, Decision.state != "discarded")
        .order_by(Decision.id.desc())
    ).all()
    conditions = _conditions(session, [row[0].id for row in rows])
    files = list_files(session, [row[0].id for row in rows])
    return [
        DecisionView(
            id=decision.id,
            outcome=decision.outcome,
            state=decision.state,
            reason=decision.reason,
            letter=decision.letter,
            code=decision.code,
            version=number,
            drafted_by_id=decision.drafted_by_id,
            drafted_by=drafted_by,
            drafted_at=decision.drafted_at,
            confirmed_by=confirmed_by or "",
            confirmed_at=decision.confirmed_at,
            released_at=decision.released_at,
            conditions=tuple(conditions.get(decision.id, ())),
            lets_join=decision.lets_join,
            files=files.get(decision.id, ()),
        )
        for decision, drafted_by, confirmed_by, number in rows
    ]


@dataclass(frozen=True, slots=True)
class Appeal:
    """The applicant's appeal: when, and why."""

    made_at: datetime
    reason: str


def find_appeal(session: Session, proposal_id: int) -> Appeal | None:
    """The appeal against a decision on the proposal; there is one at most (R29)."""
    row = session.scalars(
        select(EventRow).where(
            EventRow.subject_kind == "proposal",
            EventRow.subject_id == proposal_id,
            EventRow.name == "DecisionAppealed",
        )
    ).first()
    return None if row is None else Appeal(row.at, str(row.payload.get("reason", "")))


@dataclass(frozen=True, slots=True)
class ToDecide:
    """A proposal in the list of those to decide: `recommended` are its reviewers' words, in their order.

    `may_decide` is false for whom the policy keeps from it, as after an appeal (R29).
    """

    reference: str
    title: str
    language: str
    due_at: datetime | None
    revision: int
    recommended: tuple[str, ...]
    may_decide: bool


@dataclass(frozen=True, slots=True)
class PendingLine:
    """A drafted or staged decision, for the secretariat alone."""

    proposal_id: int
    reference: str
    title: str
    call_id: int
    call_title: str
    outcome: str
    state: str
    drafted_by: str
    drafted_by_id: int
    drafted_at: datetime
    confirmed_at: datetime | None
    revision: int


LISTED_AT_MOST = 200
"""So many lines of each list; what is more waits until these are done."""


def list_to_decide(session: Session, rules: Rulebook, actor: Actor) -> list[ToDecide]:
    """Proposals whose round is over and for which nothing is drafted, the first due first (R47)."""
    pending = exists().where(Decision.proposal_id == Proposal.id, Decision.state.in_(PENDING_DECISIONS))
    own = exists().where(Collaborator.proposal_id == Proposal.id, Collaborator.person_id == actor.person_id)
    decided_it = exists().where(
        Decision.version_id == Proposal.current_version_id,
        Decision.state == "confirmed",
        or_(Decision.drafted_by_id == actor.person_id, Decision.confirmed_by_id == actor.person_id),
    )
    text = aliased(ReviewText)
    last = select(func.max(text.number)).where(text.review_id == Review.id).scalar_subquery()
    word = ReviewText.content["recommendation"].astext
    recommended = (
        select(func.array_agg(aggregate_order_by(word, Assignment.id)))
        .select_from(Assignment)
        .join(Review, Review.assignment_id == Assignment.id)
        .join(ReviewText, and_(ReviewText.review_id == Review.id, ReviewText.number == last))
        .where(Assignment.version_id == Proposal.current_version_id, Assignment.state == "submitted")
        .scalar_subquery()
    )
    rows = session.execute(
        select(Proposal, recommended.label("recommended"), decided_it.label("decided_it"))
        .where(Proposal.stage.in_(deciding_stages(rules.workflows.values())), ~pending, visible_to(actor))
        .where(Proposal.owner_id != actor.person_id, ~own)
        .order_by(Proposal.due_at.asc().nulls_last(), Proposal.id)
        .limit(LISTED_AT_MOST)
    )
    return [
        ToDecide(
            reference=row.Proposal.reference,
            title=row.Proposal.title,
            language=row.Proposal.language,
            due_at=row.Proposal.due_at,
            revision=row.Proposal.revision,
            recommended=tuple(row.recommended or ()),
            may_decide=not row.decided_it,
        )
        for row in rows
    ]


def list_pending(session: Session, rules: Rulebook, actor: Actor) -> list[PendingLine]:
    """Drafted and staged decisions on proposals that the actor may see and that can be decided now (R47, R75)."""
    rows = session.execute(
        select(Proposal, Decision, Person.name, Call.title)
        .join(Decision, Decision.proposal_id == Proposal.id)
        .join(Person, Person.id == Decision.drafted_by_id)
        .join(Call, Call.id == Proposal.call_id)
        .where(Decision.state.in_(PENDING_DECISIONS), visible_to(actor))
        .where(Proposal.stage.in_(deciding_stages(rules.workflows.values())))
        .order_by(Decision.drafted_at, Decision.id)
        .limit(LISTED_AT_MOST)
    )
    return [
        PendingLine(
            proposal_id=proposal.id,
            reference=proposal.reference,
            title=proposal.title,
            call_id=proposal.call_id,
            call_title=call_title,
            outcome=decision.outcome,
            state=decision.state,
            drafted_by=name,
            drafted_by_id=decision.drafted_by_id,
            drafted_at=decision.drafted_at,
            confirmed_at=decision.confirmed_at,
            revision=proposal.revision,
        )
        for proposal, decision, name, call_title in rows
    ]


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many decisions are to be drafted, confirmed by another, and released."""

    to_draft: int
    drafted: int
    staged: int


def count_waiting(session: Session, rules: Rulebook, actor: Actor) -> Waiting:
    """For the desk's first page, in one statement."""
    rows = session.execute(
        select(
            func.count(),
            func.count().filter(Decision.state == "drafted"),
            func.count().filter(Decision.state == "staged"),
        )
        .select_from(Proposal)
        .outerjoin(Decision, and_(Decision.proposal_id == Proposal.id, Decision.state.in_(PENDING_DECISIONS)))
        .where(Proposal.stage.in_(deciding_stages(rules.workflows.values())), visible_to(actor))
    ).one()
    return Waiting(rows[0] - rows[1] - rows[2], rows[1], rows[2])


@dataclass(frozen=True, slots=True)
class CheckedLetter:
    """What anyone may know of a letter whose code they hold (R73): what it is, not what it says.

    `is_last` is false where a later word of the same kind has taken its place, as after an appeal.
    """

    kind: str
    reference: str
    version: int
    outcome: str
    partner_code: str
    given_at: datetime
    is_for_current_version: bool
    is_last: bool


def find_letter(session: Session, code: str) -> CheckedLetter | None:
    """The formal word with this code: a confirmed decision, or a partner's endorsement."""
    later = aliased(Decision)
    overtaken = exists().where(
        later.proposal_id == Decision.proposal_id, later.state == "confirmed", later.id > Decision.id
    )
    decided = session.execute(
        select(Decision, Proposal, ProposalVersion.number, ~overtaken)
        .join(Proposal, Proposal.id == Decision.proposal_id)
        .join(ProposalVersion, ProposalVersion.id == Decision.version_id)
        .where(Decision.code == code, Decision.state == "confirmed")
    ).one_or_none()
    if decided is not None and (given_at := decided[0].released_at or decided[0].confirmed_at) is not None:
        decision, proposal, number, is_last = decided
        current = decision.version_id == proposal.current_version_id
        return CheckedLetter("decision", proposal.reference, number, decision.outcome, "", given_at, current, is_last)
    return _find_word(session, code)


def _find_word(session: Session, code: str) -> CheckedLetter | None:
    newer = aliased(EndorsementWord)
    overtaken = exists().where(newer.endorsement_id == EndorsementWord.endorsement_id, newer.id > EndorsementWord.id)
    said = session.execute(
        select(EndorsementWord, Proposal, ProposalVersion.number, Partner.code, ~overtaken)
        .join(Endorsement, Endorsement.id == EndorsementWord.endorsement_id)
        .join(Partner, Partner.id == Endorsement.partner_id)
        .join(Proposal, Proposal.id == Endorsement.proposal_id)
        .join(ProposalVersion, ProposalVersion.id == EndorsementWord.version_id)
        .where(EndorsementWord.code == code)
    ).one_or_none()
    if said is None:
        return None
    word, proposal, number, partner, is_last = said
    current = word.version_id == proposal.current_version_id
    return CheckedLetter(
        "endorsement", proposal.reference, number, word.outcome, partner, word.given_at, current, is_last
    )


@adds(
    "decision_approved",
    "decision_with_conditions",
    "decision_revise",
    "decision_declined",
    gives={
        "outcome": "approved",
        "letter": "We are glad to tell you that your proposal is approved.",
        "conditions": (),
        "files": (),
        "code": "K7TQ-29MX",
        "version": 1,
        "check_link": "…/letters/K7TQ-29MX",
    },
)
def add_letter(session: Session, rules: Rulebook, told: Told) -> Mapping[str, object]:
    """The letter's own text, its conditions and its code, for the mail that carries the decision."""
    decision = session.get_one(Decision, told.event.payload["decision_id"])
    version = session.get_one(ProposalVersion, decision.version_id)
    return {
        "outcome": decision.outcome,
        "letter": decision.letter,
        "conditions": _conditions(session, [decision.id]).get(decision.id, []),
        "files": [unlinked(one.name) for one in list_files(session, [decision.id]).get(decision.id, ())],
        "code": decision.code,
        "version": version.number,
        "check_link": f"{rules.limits.base_url}/letters/{decision.code}",
    }


@adds(
    "condition_evidence",
    "condition_evidence_more",
    "condition_met",
    "condition_waived",
    "condition_due",
    "condition_overdue",
    gives={"condition": 1, "condition_due": date(2027, 3, 12)},
)
def add_condition(session: Session, rules: Rulebook, told: Told) -> Mapping[str, object]:
    """Which condition the letter is about, and by which day it is to be shown."""
    given = told.event.payload.get("due_on")
    return {
        "condition": told.event.payload["condition"],
        "condition_due": date.fromisoformat(given) if given else None,
    }


def _conditions(session: Session, decision_ids: list[int]) -> dict[int, list[ConditionLine]]:
    rows = session.execute(
        select(Condition, Document)
        .outerjoin(Document, Document.id == Condition.evidence_document_id)
        .where(Condition.decision_id.in_(decision_ids))
        .order_by(Condition.decision_id, Condition.number)
    )
    found: dict[int, list[ConditionLine]] = {}
    for row, file in rows:
        found.setdefault(row.decision_id, []).append(
            ConditionLine(
                number=row.number,
                text=row.text,
                due_on=row.due_on,
                state=row.state,
                evidence=row.evidence,
                file=EvidenceFile(file.public_id, file.name, file.state, file.refusal or "") if file else None,
                settled_reason=row.settled_reason,
            )
        )
    return found
