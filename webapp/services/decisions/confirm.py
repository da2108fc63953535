"""Confirms a drafted decision: the move, the letter, and the clock of its conditions (R46–R48)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from webapp.domain.calendars import day_ends, due_after
from webapp.domain.deadlines import condition_timers
from webapp.domain.decisions import move_for
from webapp.domain.policy import Action
from webapp.domain.ports import Letter
from webapp.models.calls import Call
from webapp.models.decisions import Condition, Decision
from webapp.models.people import Person
from webapp.models.proposals import Proposal
from webapp.queries.notices.audiences import recipient_of
from webapp.queries.notices.events import ToldEvent
from webapp.queries.notices.letters import Addressed, find_subject
from webapp.services.access import hold_proposal
from webapp.services.calendars import call_calendar
from webapp.services.decisions.draft import find_draft
from webapp.services.notices.compose import compose_letter, compose_words
from webapp.services.transitions import make_move, set_due
from webapp.services.work import UnitOfWork

# Working days for a condition whose draft names no day.
CONDITION_DAYS = 40
# The template of the mail that carries a decision, whatever its outcome.
LETTER = "decision_letter"


def confirm_decision(work: UnitOfWork, reference: str, *, revision: int) -> int:
    """Confirm the draft of another member of the secretariat; the letter goes out with the move's event.

    Returns the decision's id. Raises NotAllowed for the drafter (four eyes), Stale when the draft was
    changed since it was seen.
    """
    held = hold_proposal(work, reference, Action.CONFIRM_DECISION, seen_revision=revision)
    decision = find_draft(work, held.row.id)
    workflow = work.rules.workflow((held.row.workflow, held.row.workflow_version))
    move = move_for(workflow, held.row.stage, decision.outcome)
    make_move(
        work,
        held,
        move.id,
        reason=decision.reason,
        payload={"decision_id": decision.id, "outcome": decision.outcome, "code": decision.code},
    )
    decision.state, decision.confirmed_by_id, decision.confirmed_at = "confirmed", work.actor.person_id, work.now
    work.session.flush()
    _start_conditions(work, held.row, decision)
    return decision.id


def preview_letter(work: UnitOfWork, proposal_id: int) -> Letter:
    """The drafted decision's letter as it will be sent to the applicant; changes nothing (R46)."""
    decision = find_draft(work, proposal_id)
    proposal = work.session.get_one(Proposal, proposal_id)
    owner = work.session.get_one(Person, proposal.owner_id)
    workflow = work.rules.workflow((proposal.workflow, proposal.workflow_version))
    event = ToldEvent(
        id=0,
        name=move_for(workflow, proposal.stage, decision.outcome).event,
        at=work.now,
        actor_id=work.actor.person_id,
        actor_name="",
        subject_kind="proposal",
        subject_id=proposal.id,
        version_id=decision.version_id,
        payload={"decision_id": decision.id, "outcome": decision.outcome, "code": decision.code},
        proposal_id=proposal.id,
        partner_id=None,
        initiative_id=None,
    )
    notice = next((one for one in work.rules.notices.by_event[event.name] if one.template == LETTER), None)
    if notice is None:
        raise LookupError(f"the table of notices has no {LETTER} for {event.name}")
    to = Addressed(notice, event, find_subject(work.session, event), recipient_of(owner))
    return compose_letter(work, to, compose_words(work, to))


def _start_conditions(work: UnitOfWork, proposal: Proposal, decision: Decision) -> None:
    conditions = work.session.scalars(select(Condition).where(Condition.decision_id == decision.id)).all()
    if not conditions:
        return
    calendar = call_calendar(work.session.get_one(Call, proposal.call_id))
    usual = due_after(calendar, work.now, CONDITION_DAYS)
    dues: list[datetime] = []
    for condition in conditions:
        due = day_ends(calendar, condition.due_on) if condition.due_on else usual
        condition.due_on = condition.due_on or usual.date()
        dues.append(due)
        timers = condition_timers("open", work.now, due, calendar)
        work.set_timers(timers, "condition", condition.id, proposal_id=proposal.id)
    set_due(work, proposal, min(dues))
