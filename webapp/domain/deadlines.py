"""Timers: what must happen at which time, and whether it still must when the time has come (R51, R52)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from webapp.domain.calendars import Calendar, add_working_days, day_begins, day_ends, due_after, local_day
from webapp.domain.workflow import BY_PARTS, Stage

REMIND_DAYS = (7, 2)
"""How many days before a due time applicants and reviewers are reminded (R52)."""


class TimerKind(StrEnum):
    """Every kind of timer. The verb that a kind calls when it fires is the sweep's table."""

    STAGE_REMINDER = "stage_reminder"
    STAGE_LATE = "stage_late"
    DRAFT_REMINDER = "draft_reminder"
    CALL_UNSEAL = "call_unseal"
    ASSIGNMENT_REMINDER = "assignment_reminder"
    ASSIGNMENT_LATE = "assignment_late"
    ROUND_LATE = "round_late"
    CONDITION_REMINDER = "condition_reminder"
    CONDITION_LATE = "condition_late"
    CLARIFICATION_REMINDER = "clarification_reminder"
    CLARIFICATION_LATE = "clarification_late"
    ENDORSEMENT_SEND = "endorsement_send"
    ENDORSEMENT_NOT_ACKNOWLEDGED = "endorsement_not_acknowledged"
    ENDORSEMENT_NOBODY_FOUND = "endorsement_nobody_found"
    ENDORSEMENT_NOTICE = "endorsement_notice"
    ENDORSEMENT_END = "endorsement_end"
    ENDORSEMENT_ANSWER_LATE = "endorsement_answer_late"
    ENDORSEMENT_COOLING_OFF_OVER = "endorsement_cooling_off_over"
    ENDORSEMENT_REVALIDATION_OVER = "endorsement_revalidation_over"
    ENDORSEMENT_WITHDRAWAL_EFFECTIVE = "endorsement_withdrawal_effective"
    ENDORSEMENT_VALIDITY_OVER = "endorsement_validity_over"


_REMINDERS = frozenset(
    {
        TimerKind.STAGE_REMINDER,
        TimerKind.DRAFT_REMINDER,
        TimerKind.ASSIGNMENT_REMINDER,
        TimerKind.CONDITION_REMINDER,
        TimerKind.CLARIFICATION_REMINDER,
    }
)
STAND_STILL = frozenset(
    {
        TimerKind.STAGE_REMINDER,
        TimerKind.STAGE_LATE,
        TimerKind.ASSIGNMENT_REMINDER,
        TimerKind.ASSIGNMENT_LATE,
        TimerKind.ROUND_LATE,
        TimerKind.CONDITION_REMINDER,
        TimerKind.CONDITION_LATE,
    }
)
"""Timers of a stage, of its reviewers and of conditions: none of them acts while the applicant owes an answer (R85).

Those of partners are reckoned anew instead: each counts its own working days.
"""
_ONE_OF_MANY = _REMINDERS | {TimerKind.ENDORSEMENT_NOTICE}


@dataclass(frozen=True, slots=True)
class Timer:
    """One thing that must happen at `due_at`, as long as its subject is still in `phase` and due at `for_due_at`.

    `days` is the place of a reminder or notice relative to `for_due_at`: -7 is a week before.
    """

    kind: TimerKind
    due_at: datetime
    phase: str
    for_due_at: datetime
    days: int = 0

    def facts(self) -> dict[str, Any]:
        """What a stored timer keeps besides its kind and time; `read_timer` reads it back."""
        return {"phase": self.phase, "for_due_at": self.for_due_at.isoformat(), "days": self.days}


@dataclass(frozen=True, slots=True)
class Watched:
    """What a timer's subject is now: the phase it is in, and when that is due (None: not, or its clock stands)."""

    phase: str
    due_at: datetime | None


def read_timer(kind: str, due_at: datetime, facts: Mapping[str, Any]) -> Timer:
    """A timer as it was stored."""
    for_due_at = datetime.fromisoformat(facts["for_due_at"])
    return Timer(TimerKind(kind), due_at, facts["phase"], for_due_at, int(facts["days"]))


def still_due(timer: Timer, watched: Watched) -> bool:
    """Whether what the timer waits for still stands: a timer of a thing that has moved on does nothing (R51)."""
    return watched.phase == timer.phase and watched.due_at == timer.for_due_at


def choose(timers: Iterable[Timer], now: datetime) -> tuple[tuple[Timer, ...], tuple[Timer, ...]]:
    """Of the timers of one subject those to fire now, in order, and those to drop unfired.

    After a sweep that came late only the last of several reminders goes out, and none once the due
    time has come: what happens then has its own timer (R51).
    """
    come = sorted((timer for timer in timers if timer.due_at <= now), key=lambda timer: (timer.due_at, timer.kind))
    last = {_series(timer): timer for timer in come}
    fire = tuple(timer for timer in come if _is_wanted(timer, last[_series(timer)], now))
    return fire, tuple(timer for timer in come if timer not in fire)


def stage_due(stage: Stage, entered_at: datetime, calendar: Calendar, call_days: int = 0) -> datetime | None:
    """When a stage entered now is due; None where nothing says.

    "stage": at the end of its working days. "call": `call_days` days later to the minute, so that no
    days are no wait (R49). "parts": when its parts are, were each to take its default time.
    """
    if stage.due_from == "call":
        return entered_at + timedelta(days=call_days)
    if stage.due_from and stage.total_working_days is not None:
        return due_after(calendar, entered_at, stage.total_working_days)
    return None


def stage_timers(stage: Stage, entered_at: datetime, due_at: datetime | None, calendar: Calendar) -> tuple[Timer, ...]:
    """What a stage starts: reminders where the applicant is waited for, and what happens when it is late.

    For a stage without a due time of its own pass the call's closing time, or None for no timers.
    """
    if due_at is None:
        return ()
    timers: tuple[Timer, ...] = ()
    if "applicant" in stage.waits_for:
        timers = reminders(TimerKind.STAGE_REMINDER, stage.id, entered_at, due_at, calendar)
    if stage.when_late and stage.when_late != BY_PARTS:
        timers += (Timer(TimerKind.STAGE_LATE, due_at, stage.id, due_at),)
    return timers


def assignment_timers(state: str, since: datetime, due_at: datetime, calendar: Calendar) -> tuple[Timer, ...]:
    """What an assignment starts that waits for its reviewer in this state (invited, accepted)."""
    return (
        *reminders(TimerKind.ASSIGNMENT_REMINDER, state, since, due_at, calendar),
        Timer(TimerKind.ASSIGNMENT_LATE, due_at, state, due_at),
    )


def condition_timers(state: str, since: datetime, due_at: datetime, calendar: Calendar) -> tuple[Timer, ...]:
    """What an open condition starts that waits for the applicant's evidence."""
    return (
        *reminders(TimerKind.CONDITION_REMINDER, state, since, due_at, calendar),
        Timer(TimerKind.CONDITION_LATE, due_at, state, due_at),
    )


def reminders(kind: TimerKind, phase: str, since: datetime, due_at: datetime, calendar: Calendar) -> tuple[Timer, ...]:
    """Reminders in the morning 7 and 2 days before the due time; none for a day that is over already (R52)."""
    due_on = local_day(calendar, due_at)
    return _after(
        since,
        (
            Timer(kind, day_begins(calendar, due_on - timedelta(days=days)), phase, due_at, -days)
            for days in REMIND_DAYS
        ),
    )


def notices(
    offsets: Sequence[int], phase: str, since: datetime, due_at: datetime, calendar: Calendar
) -> tuple[Timer, ...]:
    """Notices to a partner, in the morning of working days counted from its due day (`endorsement.md` 14)."""
    due_on = local_day(calendar, due_at)
    mornings = ((days, day_begins(calendar, add_working_days(calendar, due_on, days))) for days in offsets)
    return _after(since, (Timer(TimerKind.ENDORSEMENT_NOTICE, at, phase, due_at, days) for days, at in mornings))


def end_of_next_working_day(due_at: datetime, calendar: Calendar) -> datetime:
    """17:00 of the working day after a due time: when silence is judged (`endorsement.md` 16, 17)."""
    return day_ends(calendar, add_working_days(calendar, local_day(calendar, due_at), 1))


def _after(since: datetime, timers: Iterable[Timer]) -> tuple[Timer, ...]:
    return tuple(timer for timer in timers if timer.due_at > since)


def _series(timer: Timer) -> tuple[object, ...]:
    """Timers of which only the last is wanted have the same series; any other timer is its own."""
    if timer.kind in _ONE_OF_MANY:
        return (timer.kind, timer.phase, timer.for_due_at)
    return (timer.kind, timer.phase, timer.for_due_at, timer.due_at, timer.days)


def _is_wanted(timer: Timer, last: Timer, now: datetime) -> bool:
    return timer == last and not (timer.kind in _REMINDERS and now >= timer.for_due_at)
