"""Confirms a drafted decision: at once, or held until it is released with others (R46–R48, R75)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from webapp.domain.calendars import day_ends, due_after, local_day
from webapp.domain.deadlines import condition_timers
from webapp.domain.decisions import move_for
from webapp.domain.errors import NotNow
from webapp.domain.events import Event
from webapp.domain.policy import Action
from webapp.models.calls import Call
from webapp.models.decisions import Condition, Decision
from webapp.models.proposals import Proposal
from webapp.services.access import Held, hold_proposal
from webapp.services.calendars import call_calendar
from webapp.services.decisions.draft import find_pending
from webapp.services.decisions.files import require_files_checked, send_files
from webapp.services.decisions.mapping import fix_mapping
from webapp.services.transitions import make_move, set_due
from webapp.services.work import UnitOfWork

# What is remembered of a form that was acted on.
CONFIRMED, RELEASED = "confirmed", "released"
# Working days for a condition whose draft names no day.
CONDITION_DAYS = 40
# The moves of decisions are for another than the drafter: whoever releases a staged one repeats that word.
CONFIRMED_BEFORE = frozenset({"secretariat_other"})


def confirm_decision(
    work: UnitOfWork, reference: str, *, revision: int, hold: bool = False, form_key: str = ""
) -> int | None:
    """Confirm the draft of another member of the secretariat; the letter goes out with the move's event.

    With `hold` it is staged: nobody but the secretariat knows of it until it is released (R75). Returns the
    decision's id; None where this form was sent before. Raises NotAllowed for the drafter (four eyes), Stale
    when the draft was changed since it was seen, NotNow when it is staged already, or the day of a condition
    is over.
    """
    if work.first_answer(form_key) is not None:
        return None
    held = hold_proposal(work, reference, Action.CONFIRM_DECISION, seen_revision=revision)
    decision = find_pending(work, held.row.id)
    if decision.state == "staged":
        raise NotNow("decision_staged")
    _check_days(work, held.row, decision)
    require_files_checked(work, decision)
    work.remember_answer(form_key, CONFIRMED)
    if hold:
        # What cannot be decided now cannot be held either.
        move_for(work.rules.workflow(held.head.workflow), held.row.stage, decision.outcome)
        decision.state = "staged"
        decision.confirmed_by_id, decision.confirmed_at = work.actor.person_id, work.now
        held.row.revision += 1
        work.session.flush()
        details = {"decision_id": decision.id}
        work.record(Event("DecisionStaged", "proposal", held.row.id, details, version_id=decision.version_id))
        return decision.id
    _take_effect(work, held, decision, who=None)
    return decision.id


def release_decision(work: UnitOfWork, reference: str, *, revision: int, form_key: str = "") -> int | None:
    """Let a staged decision take effect, and its letter go out (R75).

    Returns the decision's id; None where this form was sent before. Any member of the secretariat may who may
    decide: two have read and signed it. Raises NotNow when it is not staged, or the day of a condition is over,
    Stale when it was changed since it was seen.
    """
    if work.first_answer(form_key) is not None:
        return None
    held = hold_proposal(work, reference, Action.DRAFT_DECISION, seen_revision=revision)
    decision = find_pending(work, held.row.id)
    if decision.state != "staged":
        raise NotNow("decision_not_staged")
    _check_days(work, held.row, decision)
    work.remember_answer(form_key, RELEASED)
    _take_effect(work, held, decision, who=CONFIRMED_BEFORE)
    return decision.id


def _check_days(work: UnitOfWork, proposal: Proposal, decision: Decision) -> None:
    """A letter that names a day which is over asks for what cannot be done."""
    today = local_day(call_calendar(work.session.get_one(Call, proposal.call_id)), work.now)
    first = select(func.min(Condition.due_on)).where(Condition.decision_id == decision.id)
    day = work.session.scalars(first).one()
    if day is not None and day < today:
        raise NotNow("condition_day_over")


def _take_effect(work: UnitOfWork, held: Held, decision: Decision, *, who: frozenset[str] | None) -> None:
    move = move_for(work.rules.workflow(held.head.workflow), held.row.stage, decision.outcome)
    payload = {"decision_id": decision.id, "outcome": decision.outcome, "code": decision.code}
    make_move(work, held, move.id, reason=decision.reason, payload=payload, who=who)
    if decision.state == "drafted":
        decision.confirmed_by_id, decision.confirmed_at = work.actor.person_id, work.now
    decision.state = "confirmed"
    decision.released_by_id, decision.released_at = work.actor.person_id, work.now
    work.session.flush()
    send_files(work, decision)
    fix_mapping(work, held.row)
    _start_conditions(work, held.row, decision)


def _start_conditions(work: UnitOfWork, proposal: Proposal, decision: Decision) -> None:
    conditions = work.session.scalars(select(Condition).where(Condition.decision_id == decision.id)).all()
    if not conditions:
        return
    calendar = call_calendar(work.session.get_one(Call, proposal.call_id))
    usual = due_after(calendar, work.now, CONDITION_DAYS)
    dues: list[datetime] = []
    for condition in conditions:
        due = day_ends(calendar, condition.due_on) if condition.due_on else usual
        condition.due_on = condition.due_on or local_day(calendar, usual)
        dues.append(due)
        timers = condition_timers("open", work.now, due, calendar)
        work.set_timers(timers, "condition", condition.id, proposal_id=proposal.id)
    set_due(work, proposal, min(dues))
