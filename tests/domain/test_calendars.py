"""Working days and clocks: counted where the partner is, whatever its week and its changes of clocks (R50)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.calendars import (
    Calendar,
    Stop,
    add_working_days,
    clock_due,
    day_begins,
    day_ends,
    days_used,
    due_after,
    is_working_day,
    join_stops,
    local_day,
    weekend_of,
    working_days_between,
)

pytestmark = pytest.mark.rule("R50")

NAIROBI = Calendar("Africa/Nairobi", holidays=frozenset({date(2026, 12, 25), date(2026, 12, 28)}))
HAVANA = Calendar("America/Havana")

zones = st.sampled_from(
    ["UTC", "Africa/Nairobi", "Asia/Gaza", "America/Havana", "Asia/Shanghai", "Pacific/Apia", "America/Cordoba"]
)
days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
calendars = st.builds(
    Calendar,
    zones,
    st.frozensets(st.integers(0, 6), max_size=3),
    st.frozensets(days, max_size=30),
    st.frozensets(days, max_size=5),
)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def test_due_times_fall_at_five_o_clock_of_the_last_working_day() -> None:
    monday = datetime(2026, 12, 21, 6, 0, tzinfo=UTC)  # 09:00 in Nairobi
    # Tuesday, Wednesday, Thursday; Christmas, the weekend and Monday the 28th are free; Tuesday, Wednesday.
    assert due_after(NAIROBI, monday, 5) == datetime(2026, 12, 30, 14, 0, tzinfo=UTC)


def test_the_day_is_the_partners_own() -> None:
    late = datetime(2026, 12, 21, 22, 0, tzinfo=UTC)  # already the 22nd in Nairobi
    assert local_day(NAIROBI, late) == date(2026, 12, 22)
    assert due_after(NAIROBI, late, 1) == datetime(2026, 12, 23, 14, 0, tzinfo=UTC)


def test_a_change_of_clocks_moves_no_due_time() -> None:
    """Havana sets its clocks on 8 March 2026: 17:00 is 22:00 in UTC before, 21:00 after."""
    friday = datetime(2026, 3, 6, 15, 0, tzinfo=UTC)
    assert due_after(HAVANA, friday, 0) == datetime(2026, 3, 6, 22, 0, tzinfo=UTC)
    assert due_after(HAVANA, friday, 1) == datetime(2026, 3, 9, 21, 0, tzinfo=UTC)


def test_weekends_are_the_partners_own() -> None:
    palestine = Calendar("Asia/Gaza", weekend=weekend_of(["friday", "saturday"]))
    thursday = date(2026, 11, 5)
    assert add_working_days(palestine, thursday, 1) == date(2026, 11, 8)
    assert add_working_days(NAIROBI, thursday, 1) == date(2026, 11, 6)
    with pytest.raises(ValueError, match="funday"):
        weekend_of(["funday"])


def test_a_weekend_day_can_be_worked() -> None:
    saturday = date(2026, 10, 10)
    china = Calendar("Asia/Shanghai", holidays=frozenset({date(2026, 10, 9)}), worked=frozenset({saturday}))
    assert add_working_days(china, date(2026, 10, 8), 1) == saturday


def test_a_week_without_working_days_is_refused() -> None:
    with pytest.raises(ValueError, match="must leave a working day"):
        Calendar(weekend=frozenset(range(7)))
    with pytest.raises(KeyError):
        Calendar(zone="Mars/Olympus")
    year_off = frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(400))
    with pytest.raises(ValueError, match="no working day for a year"):
        add_working_days(Calendar(holidays=year_off), date(2026, 1, 1), 1)


@given(calendars, days, st.integers(1, 60))
def test_adding_and_counting_agree(calendar: Calendar, day: date, number: int) -> None:
    end = add_working_days(calendar, day, number)
    assert is_working_day(calendar, end)
    assert working_days_between(calendar, day, end) == number
    assert working_days_between(calendar, end, day) == -number
    start = add_working_days(calendar, day, -number)
    assert is_working_day(calendar, start)
    assert sum(is_working_day(calendar, start + timedelta(days=n)) for n in range((day - start).days)) == number


@given(calendars, days)
def test_nought_days_is_this_day_or_the_next_working_one(calendar: Calendar, day: date) -> None:
    same = add_working_days(calendar, day, 0)
    assert is_working_day(calendar, same)
    assert same == day or working_days_between(calendar, day, same) == 1


@given(calendars, days)
def test_a_day_begins_and_ends_on_the_partners_wall(calendar: Calendar, day: date) -> None:
    zone = ZoneInfo(calendar.zone)
    for moment, hour in ((day_begins(calendar, day), time(9)), (day_ends(calendar, day), time(17))):
        assert moment.tzinfo is UTC
        local = moment.astimezone(zone)
        assert (local.date(), local.time()) == (day, hour)


@given(calendars, moments, st.integers(1, 40), st.integers(1, 40))
def test_more_days_are_never_due_sooner(calendar: Calendar, start: datetime, fewer: int, more: int) -> None:
    assert due_after(calendar, start, fewer) <= due_after(calendar, start, fewer + more)


gaps = st.timedeltas(timedelta(0), timedelta(days=20))


def stops_from(start: datetime, pauses: list[tuple[timedelta, timedelta]]) -> tuple[Stop, ...]:
    stops = []
    at = start
    for run, pause in pauses:
        since = at + run
        at = since + pause
        stops.append(Stop(since, at))
    return tuple(stops)


@pytest.mark.rule("R30")
@given(calendars, moments, st.lists(st.tuples(gaps, gaps), max_size=4), st.integers(1, 40))
def test_a_clock_that_was_stopped_grants_every_day_it_promised(
    calendar: Calendar, start: datetime, pauses: list[tuple[timedelta, timedelta]], number: int
) -> None:
    stops = stops_from(start, pauses)
    due = clock_due(calendar, start, number, stops)
    assert due is not None
    resumed = stops[-1].until if stops else None
    if resumed is not None and days_used(calendar, start, stops, resumed) >= number:
        assert due == due_after(calendar, resumed, 0)  # had run out while running: due at once
    else:
        assert days_used(calendar, start, stops, due) == number
    assert due >= (resumed or start).replace(hour=0, minute=0) - timedelta(days=1)


@pytest.mark.rule("R30")
@given(calendars, moments, st.lists(st.tuples(gaps, gaps), max_size=4))
def test_days_used_are_the_days_between_counted_one_by_one(
    calendar: Calendar, start: datetime, pauses: list[tuple[timedelta, timedelta]]
) -> None:
    stops = stops_from(start, pauses)
    edges = [start, *(moment for stop in stops for moment in (stop.since, stop.until) if moment)]
    now = edges[-1] + timedelta(days=3)
    edges.append(now)
    counted = 0
    for since, until in zip(edges[::2], edges[1::2], strict=True):
        day, last = local_day(calendar, since), local_day(calendar, until)
        while day < last:
            day += timedelta(days=1)
            counted += is_working_day(calendar, day)
    assert days_used(calendar, start, stops, now) == counted


@pytest.mark.rule("R30")
@given(calendars, moments, gaps, st.integers(1, 40))
def test_a_clock_that_stands_has_no_due_time(calendar: Calendar, start: datetime, run: timedelta, number: int) -> None:
    standing = (Stop(start + run),)
    assert clock_due(calendar, start, number, standing) is None
    used = days_used(calendar, start, standing, start + run)
    assert days_used(calendar, start, standing, start + run + timedelta(days=99)) == used


@pytest.mark.rule("R30")
@given(calendars, moments, st.integers(2, 40))
def test_a_stop_within_one_day_changes_nothing(calendar: Calendar, start: datetime, number: int) -> None:
    stopped = day_begins(calendar, add_working_days(calendar, local_day(calendar, start), 1))
    stops = (Stop(stopped, stopped + timedelta(hours=2)),)
    assert clock_due(calendar, start, number, stops) == clock_due(calendar, start, number)


hours = st.integers(0, 24 * 60)


@pytest.mark.rule("R30", "R85", "R50")
@given(st.integers(0, 30), st.lists(st.tuples(hours, st.none() | hours), max_size=5))
def test_a_clock_runs_its_days_outside_all_stops(days: int, spans: list[tuple[int, int | None]]) -> None:
    """Property: whatever overlaps, joined stops are apart and in order, and the clock runs out just when, of the
    working days on which it did not stand from the evening before, so many have passed; never earlier than without."""
    calendar = Calendar("Africa/Nairobi", holidays=frozenset({date(2026, 12, 25)}))
    start = datetime(2026, 11, 24, 9, tzinfo=UTC)
    stops = [
        Stop(start + timedelta(hours=a - 48), None if b is None else start + timedelta(hours=max(a, b) - 48))
        for a, b in spans
    ]
    joined = join_stops(stops, start)
    assert all(one.until is not None and one.until < other.since for one, other in pairwise(joined))
    assert all(one.since >= start for one in joined)
    for moment in (start + timedelta(hours=n, minutes=30) for n in range(0, 24 * 70, 5)):
        stood = any(one.since <= moment and (one.until is None or moment < one.until) for one in stops)
        assert stood == any(one.since <= moment and (one.until is None or moment < one.until) for one in joined)
    due = clock_due(calendar, start, days, joined)
    assert (due is None) == any(one.until is None for one in stops)
    if due is not None:
        assert due >= due_after(calendar, start, days)
        assert days_used(calendar, start, joined, due) >= days
