"""Working days of a partner or call, and clocks that count them and can be stopped (R50, R30)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

DAY_BEGINS = time(9)
DAY_ENDS = time(17)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_LONGEST_REST_DAYS = 366
_ONE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a partner works: its time zone (IANA name), weekend, holidays, and weekend days that are worked.

    `weekend` counts from 0, Monday, as `date.weekday` does. `worked` are days that are working days
    whatever else says (a Saturday before a long holiday; a holiday that a partner struck out).
    """

    zone: str = "UTC"
    weekend: frozenset[int] = frozenset({5, 6})
    holidays: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if not self.weekend < frozenset(range(7)):
            raise ValueError(f"a week must leave a working day: weekend {sorted(self.weekend)}")
        _zone(self.zone)


def weekend_of(names: Iterable[str]) -> frozenset[int]:
    """The numbers of weekdays given by their English names; ValueError for another word."""
    found = {name.lower() for name in names}
    if unknown := found - set(WEEKDAYS):
        raise ValueError(f"no day of the week: {', '.join(sorted(unknown))}")
    return frozenset(WEEKDAYS.index(name) for name in found)


def is_working_day(calendar: Calendar, day: date) -> bool:
    """Whether the partner works on this day."""
    if day in calendar.worked:
        return True
    return day.weekday() not in calendar.weekend and day not in calendar.holidays


def local_day(calendar: Calendar, moment: datetime) -> date:
    """The date that the partner's own clock shows at this moment."""
    return moment.astimezone(_zone(calendar.zone)).date()


def day_begins(calendar: Calendar, day: date) -> datetime:
    """09:00 of this day where the partner is, in UTC: when reminders go out."""
    return _at(calendar, day, DAY_BEGINS)


def day_ends(calendar: Calendar, day: date) -> datetime:
    """17:00 of this day where the partner is, in UTC: when due times fall."""
    return _at(calendar, day, DAY_ENDS)


def add_working_days(calendar: Calendar, day: date, days: int) -> date:
    """The working day that is `days` working days after `day`, or before it where negative.

    The day itself does not count. With 0: the day itself, or the next working day where it is none.
    ValueError where a year passes without a working day.
    """
    if days == 0:
        return day if is_working_day(calendar, day) else _next_working_day(calendar, day, _ONE)
    step = _ONE if days > 0 else -_ONE
    for _ in range(abs(days)):
        day = _next_working_day(calendar, day, step)
    return day


def working_days_between(calendar: Calendar, start: date, end: date) -> int:
    """How many working days come after `start` up to and including `end`; negative the other way round."""
    if end < start:
        return -working_days_between(calendar, end, start)
    return sum(is_working_day(calendar, start + _ONE * n) for n in range(1, (end - start).days + 1))


def due_after(calendar: Calendar, start: datetime, days: int) -> datetime:
    """17:00 of the last of `days` working days that follow the day of `start`, in UTC (R50)."""
    return day_ends(calendar, add_working_days(calendar, local_day(calendar, start), days))


@dataclass(frozen=True, slots=True)
class Stop:
    """A time in which a clock stood still; `until` is None while it still does."""

    since: datetime
    until: datetime | None = None


def join_stops(stops: Iterable[Stop], started_at: datetime) -> tuple[Stop, ...]:
    """The times in which a clock that was started then stood still, in order; those that touch are one."""
    joined: list[Stop] = []
    for stop in sorted(stops, key=lambda one: one.since):
        if stop.until is not None and stop.until <= started_at:
            continue
        last = joined[-1] if joined else None
        if last is None or (last.until is not None and last.until < stop.since):
            joined.append(Stop(max(stop.since, started_at), stop.until))
        else:
            ends = None if last.until is None or stop.until is None else max(last.until, stop.until)
            joined[-1] = Stop(last.since, ends)
    return tuple(joined)


def days_used(calendar: Calendar, started_at: datetime, stops: tuple[Stop, ...], now: datetime) -> int:
    """How many working days a clock has run by `now`: the day of starting, and of going on, do not count."""
    used = 0
    running_since: datetime | None = started_at
    for stop in stops:
        if running_since is not None:
            used += _days(calendar, running_since, stop.since)
        running_since = stop.until
    if running_since is not None:
        used += _days(calendar, running_since, max(now, running_since))
    return used


def clock_due(calendar: Calendar, started_at: datetime, days: int, stops: tuple[Stop, ...] = ()) -> datetime | None:
    """When a clock of so many working days runs out, in UTC; None while it stands still (R30).

    What was left when it stopped is left when it goes on: a stop and a start on one day change nothing.
    """
    if not stops:
        return due_after(calendar, started_at, days)
    last = stops[-1]
    if last.until is None:
        return None
    left = days - days_used(calendar, started_at, stops, last.until)
    return due_after(calendar, last.until, max(left, 0))


def _days(calendar: Calendar, since: datetime, until: datetime) -> int:
    return working_days_between(calendar, local_day(calendar, since), local_day(calendar, until))


def _next_working_day(calendar: Calendar, day: date, step: timedelta) -> date:
    for _ in range(_LONGEST_REST_DAYS):
        day += step
        if is_working_day(calendar, day):
            return day
    raise ValueError("a calendar has no working day for a year")


def _at(calendar: Calendar, day: date, hour: time) -> datetime:
    # A wall-clock time that a change of clocks skips or repeats is taken by the offset before it.
    return datetime.combine(day, hour, tzinfo=_zone(calendar.zone)).astimezone(UTC)


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
