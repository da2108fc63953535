"""What a case is judged by besides itself: who takes part, who can speak, and if words still count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Select, exists, func, select, union
from sqlalchemy.orm import Session

from webapp.domain.calendars import Stop
from webapp.domain.endorsements import Around, read_sufficiency
from webapp.domain.rulebook import Rulebook
from webapp.domain.workflow import find_stage, moves_from
from webapp.models.calls import Call
from webapp.models.clarifications import Clarification
from webapp.models.decisions import Decision
from webapp.models.people import Person
from webapp.models.proposals import Collaborator, Proposal, ProposalOrganisation, ProposalVersion
from webapp.models.routing import Conflict
from webapp.queries.partners import find_office


def find_around(session: Session, proposal_id: int, partner_id: int, today: date) -> Around:
    """What the rest of the product knows on this day of the partner's calendar; notices are counted apart."""
    row = session.execute(_project(proposal_id)).one()
    return Around(
        members=find_members(session, proposal_id),
        office=find_office(session, partner_id, today),
        started=row.approved and _has_come(row.starts_on, today),
        accession_open=row.lets_join,
        mediates=read_sufficiency(row.endorsement).on_objection == "mediate",
        standstills=find_stops(session, [proposal_id]).get(proposal_id, ()),
    )


def find_stops(session: Session, proposal_ids: Collection[int]) -> dict[int, tuple[Stop, ...]]:
    """When the applicants of these proposals owed the secretariat or the panel an answer, by proposal (R85)."""
    rows = session.execute(
        select(Clarification.proposal_id, Clarification.asked_at, Clarification.closed_at)
        .where(Clarification.proposal_id.in_(proposal_ids))
        .order_by(Clarification.id)
    )
    found: defaultdict[int, tuple[Stop, ...]] = defaultdict(tuple)
    for row in rows:
        found[row.proposal_id] += (Stop(row.asked_at, row.closed_at),)
    return found


def _project(proposal_id: int) -> Select[Any]:
    """The call's rule, when the project begins, and what a confirmed decision says."""
    approved = exists().where(
        Decision.proposal_id == Proposal.id,
        Decision.state == "confirmed",
        Decision.outcome.in_(("approved", "approved_with_conditions")),
    )
    return (
        select(
            Call.endorsement,
            ProposalVersion.content[("plan", "starts_on")].as_string().label("starts_on"),
            approved.label("approved"),
            approved.where(Decision.lets_join).label("lets_join"),
        )
        .select_from(Proposal)
        .join(Call, Call.id == Proposal.call_id)
        .outerjoin(ProposalVersion, ProposalVersion.id == Proposal.current_version_id)
        .where(Proposal.id == proposal_id)
    )


def _has_come(day: str | None, today: date) -> bool:
    try:
        return bool(day) and date.fromisoformat(str(day)) <= today
    except ValueError:
        return False


def find_members(session: Session, proposal_id: int) -> frozenset[int]:
    """Everybody who takes part in the proposal, or is in conflict with it: they never speak for a partner on it."""
    contact = select(func.lower(ProposalOrganisation.contact_email)).where(
        ProposalOrganisation.proposal_id == proposal_id
    )
    everybody = union(
        select(Proposal.owner_id).where(Proposal.id == proposal_id),
        select(Collaborator.person_id).where(Collaborator.proposal_id == proposal_id),
        select(Conflict.person_id).where(Conflict.proposal_id == proposal_id),
        select(Person.id).where(Person.email.in_(contact)),
    )
    return frozenset(session.scalars(everybody))


def is_in_play(rules: Rulebook, workflow: tuple[str, int], stage: str) -> bool:
    """Whether partners can still give their word: the proposal is live, and not with its applicant to be changed."""
    found = find_stage(rules.workflow(workflow), stage)
    return found.kind == "live" and "applicant" not in found.waits_for


def is_alive(rules: Rulebook, workflow: tuple[str, int], stage: str) -> bool:
    """Whether a partner's word still matters: it can be withdrawn, run out, or be joined until all is over."""
    table = rules.workflow(workflow)
    return find_stage(table, stage).kind != "closed" and bool(moves_from(table, stage))
