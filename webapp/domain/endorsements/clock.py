"""A case's clock, recomputed from what happened, and the timers that follow from its state (R30)."""

from __future__ import annotations

from calendar import monthrange
from datetime import datetime

from webapp.domain.calendars import Calendar, Stop, clock_due, due_after, join_stops
from webapp.domain.deadlines import Timer, TimerKind, end_of_next_working_day, notices
from webapp.domain.endorsements.cases import ANSWERING, AT_REST, Case, Happened
from webapp.domain.endorsements.paths import PartnerRule

ANSWERING_PHASE = "answering"
OWED_BY_PARTNER = (*ANSWERING, "revalidation_needed")
"""The partner owes its word, and its clock runs unless the applicant owes an answer."""


def stops_since(case: Case, started_at: datetime) -> tuple[Stop, ...]:
    """When a clock of the case that was started then stood still: the applicant owed somebody an answer.

    The partner itself (R30), or the secretariat or the panel (R85).
    """
    return join_stops((*case.stops, *case.around.standstills), started_at)


def stands(case: Case) -> bool:
    """Whether the partner owes something, and its clock stands still for a question that is not its own (R85)."""
    return case.state in OWED_BY_PARTNER and any(stop.until is None for stop in case.around.standstills)


def due_at(case: Case, rule: PartnerRule, calendar: Calendar) -> datetime | None:
    """When what the case waits for is due, in UTC; None where it waits for nothing that has a time."""
    if case.since is None:
        return None
    if case.state == "to_request":
        return case.since
    if case.state == "delivered" and case.asked_at is not None:
        return due_after(calendar, case.asked_at, rule.acknowledge_days)
    if case.state == "undeliverable":
        return due_after(calendar, case.since, rule.acknowledge_days)
    if case.state in ANSWERING and case.clock_started_at is not None:
        stops = stops_since(case, case.clock_started_at)
        return clock_due(calendar, case.clock_started_at, case.clock_days, stops)
    if case.state in ("waiting_applicant", "adjustment_requested"):
        return due_after(calendar, case.since, rule.applicant_answer_days)
    if case.state == "revalidation_needed":
        return clock_due(calendar, case.since, rule.revalidation_days, stops_since(case, case.since))
    return case.effective_at if case.state == "withdrawal_notified" else None


def expected_at(case: Case, rule: PartnerRule, calendar: Calendar) -> datetime | None:
    """The last moment at which the partner's word can be expected, in UTC; None where none is awaited.

    Before it acknowledges, a partner is given all the days of both clocks.
    """
    if case.since is None or case.state in AT_REST:
        return None
    if case.state in ("to_request", "requested", "undeliverable", "delivered"):
        asked = due_after(calendar, case.asked_at or case.since, rule.acknowledge_days)
        return due_after(calendar, asked, rule.answer_days)
    return due_at(case, rule, calendar)


_LATE = {
    "delivered": TimerKind.ENDORSEMENT_NOT_ACKNOWLEDGED,
    "undeliverable": TimerKind.ENDORSEMENT_NOBODY_FOUND,
    "waiting_applicant": TimerKind.ENDORSEMENT_ANSWER_LATE,
    "adjustment_requested": TimerKind.ENDORSEMENT_ANSWER_LATE,
    "revalidation_needed": TimerKind.ENDORSEMENT_REVALIDATION_OVER,
    "withdrawal_notified": TimerKind.ENDORSEMENT_WITHDRAWAL_EFFECTIVE,
}

_EVENTS = {
    TimerKind.ENDORSEMENT_SEND: "send",
    TimerKind.ENDORSEMENT_NOT_ACKNOWLEDGED: "not_acknowledged",
    TimerKind.ENDORSEMENT_NOBODY_FOUND: "nobody_found",
    TimerKind.ENDORSEMENT_NOTICE: "notice",
    TimerKind.ENDORSEMENT_END: "end",
    TimerKind.ENDORSEMENT_ANSWER_LATE: "answer_late",
    TimerKind.ENDORSEMENT_REVALIDATION_OVER: "revalidation_over",
    TimerKind.ENDORSEMENT_WITHDRAWAL_EFFECTIVE: "withdrawal_effective",
    TimerKind.ENDORSEMENT_VALIDITY_OVER: "validity_over",
}


def fired(timer: Timer) -> Happened | None:
    """What happens to a case when this timer of it fires, in the role of the timer.

    None at the end of a cooling-off time: that is no step of the case, only the standing of the
    proposal has to be asked again.
    """
    event = _EVENTS.get(timer.kind)
    return None if event is None else Happened(event, days=timer.days)


def timers_of(case: Case, rule: PartnerRule, calendar: Calendar) -> tuple[Timer, ...]:
    """All timers that a case wants now; after each step they replace those it wanted before.

    A stored timer of a case is still due exactly when it is among these (R51).
    """
    due = due_at(case, rule, calendar)
    if case.state in ANSWERING and due is not None and case.acknowledged_at is not None:
        return _answering(case, rule, calendar, due)
    if case.state == "to_request" and due is not None and case.signatory is not None:
        return (Timer(TimerKind.ENDORSEMENT_SEND, due, case.state, due),)
    if case.state in _LATE and due is not None:
        return (Timer(_LATE[case.state], due, case.state, due),)
    timers: tuple[Timer, ...] = ()
    if case.state == "no_objection_tacit" and case.cooling_off_ends_at is not None:
        ends = case.cooling_off_ends_at
        timers += (Timer(TimerKind.ENDORSEMENT_COOLING_OFF_OVER, ends, case.state, ends),)
    if case.state == case.outcome and case.valid_until is not None:
        until = case.valid_until
        timers += (Timer(TimerKind.ENDORSEMENT_VALIDITY_OVER, until, case.state, until),)
    return timers


def _answering(case: Case, rule: PartnerRule, calendar: Calendar, due: datetime) -> tuple[Timer, ...]:
    if case.clock_started_at is None:
        return ()
    stops = stops_since(case, case.clock_started_at)
    since = (stops[-1].until if stops else None) or case.clock_started_at
    offsets = [days for days in rule.notice_days if days not in case.notices_sent]
    end = end_of_next_working_day(due, calendar)
    return (
        *notices(offsets, ANSWERING_PHASE, since, due, calendar),
        Timer(TimerKind.ENDORSEMENT_END, end, ANSWERING_PHASE, due),
    )


def add_months(moment: datetime, months: int) -> datetime:
    """The same day and hour so many months later; the last day of the month where it has no such day."""
    month = moment.month - 1 + months
    year, month = moment.year + month // 12, month % 12 + 1
    return moment.replace(year=year, month=month, day=min(moment.day, monthrange(year, month)[1]))
