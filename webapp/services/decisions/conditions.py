"""Conditions one by one: evidence from the applicant, met or waived by the secretariat, reminders (R48)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy import Select, select

from webapp.domain.calendars import day_ends, due_after, local_day
from webapp.domain.clarifications import put_off
from webapp.domain.deadlines import TimerKind, Watched, condition_timers, still_due
from webapp.domain.decisions import REASON_AT_MOST, SETTLED_CONDITIONS
from webapp.domain.errors import Invalid, NotFound, NotNow
from webapp.domain.events import Event
from webapp.domain.policy import Action
from webapp.domain.problems import Problem
from webapp.domain.workflow import moves_from
from webapp.models.calls import Call
from webapp.models.decisions import Condition, Decision
from webapp.services.access import Held, hold_proposal, hold_proposal_by_id
from webapp.services.calendars import call_calendar
from webapp.services.deadlines import MOVED_ON, Fired, fires
from webapp.services.outbox.hooks import does
from webapp.services.proposals.documents import store_document
from webapp.services.transitions import make_system_move, set_due
from webapp.services.work import UnitOfWork

EVIDENCE_AT_MOST = 4000
# Working days for a condition whose day passed while its proposal was closed.
LATE_DAYS = 10


def submit_evidence(
    work: UnitOfWork,
    reference: str,
    number: int,
    *,
    evidence: str,
    file: tuple[str, BinaryIO] | None = None,
    form_key: str = "",
) -> None:
    """The applicant shows how a condition is met; again, as long as it is not settled. The same form twice is once.

    `file` is a name and the bytes; without one the file of an earlier time stands. Who had the page open to
    settle the condition sees the evidence first: the revision rises.
    """
    held = hold_proposal(work, reference, Action.SUBMIT_EVIDENCE)
    if work.first_answer(form_key) is not None:
        return
    condition = _find_open(work, held, number)
    if not evidence.strip():
        raise Invalid([Problem("condition", "evidence", "evidence_missing")])
    if len(evidence) > EVIDENCE_AT_MOST:
        raise Invalid([Problem("condition", "evidence", "too_long", {"most": EVIDENCE_AT_MOST})])
    if file is not None:
        condition.evidence_document_id = store_document(work, held, *file, purpose="evidence")
    condition.state, condition.evidence = "evidence_submitted", evidence.strip()
    held.row.revision += 1
    _record(work, held, condition, "EvidenceSubmitted")
    work.remember_answer(form_key, "evidence_submitted")


def settle_condition(
    work: UnitOfWork, reference: str, number: int, *, outcome: str, reason: str = "", revision: int, form_key: str = ""
) -> None:
    """The secretariat finds a condition met, or waives it with a reason (R26); after the last, it is approved.

    The same form twice is once.
    """
    held = _hold_to_settle(work, reference, revision, form_key)
    if held is None:
        return
    condition = _find_open(work, held, number)
    if outcome not in SETTLED_CONDITIONS:
        raise Invalid([Problem("condition", "outcome", "outcome_missing")])
    if outcome == "waived" and not reason.strip():
        raise Invalid([Problem("condition", "reason", "reason_missing")])
    _check_length(reason)
    condition.state, condition.settled_reason = outcome, reason.strip()
    condition.settled_by_id, condition.settled_at = work.actor.person_id, work.now
    work.session.flush()
    _record(work, held, condition, "ConditionMet" if outcome == "met" else "ConditionWaived", reason=reason.strip())
    if make_system_move(work, held, "conditions_met") is None:
        _set_next_due(work, held)
    work.remember_answer(form_key, outcome)


def ask_more(work: UnitOfWork, reference: str, number: int, *, reason: str, revision: int, form_key: str = "") -> None:
    """The evidence does not show it yet: the condition is open again, and the applicant is told why (R26, R48).

    The same form twice is once.
    """
    held = _hold_to_settle(work, reference, revision, form_key)
    if held is None:
        return
    condition = _find_open(work, held, number)
    if condition.state != "evidence_submitted":
        raise NotNow("condition_without_evidence")
    if not reason.strip():
        raise Invalid([Problem("condition", "reason", "reason_missing")])
    _check_length(reason)
    condition.state, condition.settled_reason = "open", reason.strip()
    work.session.flush()
    _record(work, held, condition, "EvidenceNotEnough", reason=reason.strip())
    _set_next_due(work, held)
    work.remember_answer(form_key, "ask_more")


def _hold_to_settle(work: UnitOfWork, reference: str, revision: int, form_key: str) -> Held | None:
    """The proposal as the person saw it; None where this form was acted on before."""
    if work.first_answer(form_key) is not None:
        return None
    return hold_proposal(work, reference, Action.SETTLE_CONDITION, seen_revision=revision)


def _check_length(reason: str) -> None:
    if len(reason) > REASON_AT_MOST:
        raise Invalid([Problem("condition", "reason", "too_long", {"most": REASON_AT_MOST})])


@does("condition_clocks")
def resume_conditions(work: UnitOfWork, payload: Mapping[str, Any]) -> None:
    """Whose proposal was closed for a while and came back has the time of its open conditions again (R28, R48)."""
    held = hold_proposal_by_id(work, int(payload["proposal_id"]), Action.READ_PROPOSAL)
    calendar = call_calendar(work.session.get_one(Call, held.row.call_id))
    rows = work.session.scalars(_current(held).where(Condition.state.not_in(SETTLED_CONDITIONS))).all()
    if not rows or not _waits_for_conditions(work, held):
        return
    dues: list[datetime] = []
    for condition in rows:
        due = day_ends(calendar, condition.due_on) if condition.due_on else None
        if due is None or due <= work.now:
            due = due_after(calendar, work.now, LATE_DAYS)
            condition.due_on = local_day(calendar, due)
        dues.append(due)
        timers = condition_timers(condition.state, work.now, due, calendar)
        work.set_timers(timers, "condition", condition.id, proposal_id=held.row.id)
    set_due(work, held.row, min(dues))


def put_off_conditions(work: UnitOfWork, held: Held, since: datetime) -> dict[str, str]:
    """Give the applicant the days back that each condition had when a question stopped its clock (R85).

    Returns the new days by the condition's number, as the event of the answer tells them.
    """
    if not _waits_for_conditions(work, held):
        return {}
    calendar = call_calendar(work.session.get_one(Call, held.row.call_id))
    moved: dict[str, str] = {}
    for condition in work.session.scalars(_current(held).where(Condition.state.not_in(SETTLED_CONDITIONS))):
        if condition.due_on is None:
            continue
        before = day_ends(calendar, condition.due_on)
        due = put_off(before, max(since, held.row.stage_since), work.now, calendar)
        if due != before:
            condition.due_on = local_day(calendar, due)
            moved[str(condition.number)] = condition.due_on.isoformat()
            timers = condition_timers(condition.state, work.now, due, calendar)
            work.set_timers(timers, "condition", condition.id, proposal_id=held.row.id)
    if moved:
        work.session.flush()
        _set_next_due(work, held)
    return moved


@fires(TimerKind.CONDITION_REMINDER, TimerKind.CONDITION_LATE)
def watch_condition(work: UnitOfWork, fired: Fired) -> str:
    """Remind the applicant of a condition that is due soon; tell the secretariat of one that is late (R52)."""
    condition = work.session.get(Condition, fired.subject_id)
    if condition is None or fired.proposal_id is None:
        return MOVED_ON
    held = hold_proposal_by_id(work, fired.proposal_id, Action.READ_PROPOSAL)
    calendar = call_calendar(work.session.get_one(Call, held.row.call_id))
    due_at = day_ends(calendar, condition.due_on) if condition.due_on else None
    if not _waits_for_conditions(work, held) or not still_due(fired.timer, Watched(condition.state, due_at)):
        return MOVED_ON
    late = fired.timer.kind is TimerKind.CONDITION_LATE
    _record(work, held, condition, "ConditionOverdue" if late else "ConditionDueSoon")
    return "escalated" if late else "reminded"


def _find_open(work: UnitOfWork, held: Held, number: int) -> Condition:
    """The condition, while something can become of it; raises NotFound, and NotNow where it or the proposal is over."""
    condition = work.session.scalars(_current(held).where(Condition.number == number)).first()
    if condition is None:
        raise NotFound
    if condition.state in SETTLED_CONDITIONS:
        raise NotNow("condition_settled")
    if not _waits_for_conditions(work, held):
        raise NotNow("conditions_over")
    return condition


def _current(held: Held) -> Select[Condition]:
    """The conditions of what is decided of the version as it stands, the newest decision's first."""
    return (
        select(Condition)
        .join(Decision, Decision.id == Condition.decision_id)
        .where(
            Decision.proposal_id == held.row.id,
            Decision.version_id == held.row.current_version_id,
            Decision.state == "confirmed",
        )
        .order_by(Decision.id.desc(), Condition.number)
    )


def _waits_for_conditions(work: UnitOfWork, held: Held) -> bool:
    """Whether the stage ends when no condition is open any more."""
    workflow = work.rules.workflow(held.head.workflow)
    return any(move.guard == "no_condition_open" for move in moves_from(workflow, held.row.stage))


def _set_next_due(work: UnitOfWork, held: Held) -> None:
    """The stage is due when the earliest condition that is not settled is."""
    unsettled = work.session.scalars(_current(held).where(Condition.state.not_in(SETTLED_CONDITIONS)))
    first = min((one.due_on for one in unsettled if one.due_on), default=None)
    if first is not None:
        calendar = call_calendar(work.session.get_one(Call, held.row.call_id))
        set_due(work, held.row, day_ends(calendar, first))
    held.row.revision += 1


def _record(work: UnitOfWork, held: Held, condition: Condition, name: str, *, reason: str = "") -> None:
    payload: dict[str, str | int] = {"condition": condition.number, "decision_id": condition.decision_id}
    if condition.due_on:
        payload["due_on"] = condition.due_on.isoformat()
    if reason:
        payload["reason"] = reason
    work.record(Event(name, "proposal", held.row.id, payload, version_id=held.row.current_version_id))
