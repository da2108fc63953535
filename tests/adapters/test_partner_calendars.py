"""Every partner's working days as they fall: its zone, weekend, public holidays, and changes of clocks."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import initiatives
from webapp.adapters.holidays import LibraryHolidays
from webapp.domain.calendars import Calendar, due_after, is_working_day, local_day, weekend_of, working_days_between
from webapp.domain.deadlines import TimerKind, reminders
from webapp.domain.initiative import parse_initiative

pytestmark = pytest.mark.rule("R50")
FILE = Path(initiatives.__file__).parent / "beijing-2023" / "partners.json"
PARTNERS = {one["code"]: one for one in json.loads(FILE.read_text("utf-8"))["partners"]}
codes = st.sampled_from(sorted(PARTNERS))
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001


@cache
def calendar_of(code: str) -> Calendar:
    """The partner's calendar as the product builds it in 2026."""
    one = PARTNERS[code]
    return Calendar(one["time_zone"], weekend_of(one["weekend"]), LibraryHolidays().days(one["holidays"], 2026))


@cache
def changes_of_clocks(zone: str) -> tuple[date, ...]:
    """The days of 2026 and 2027 on which the zone sets its clocks."""
    there, first = ZoneInfo(zone), date(2026, 1, 1)
    days = [first + timedelta(days=number) for number in range(730)]
    return tuple(
        day
        for day in days
        if datetime.combine(day, time(), there).utcoffset()
        != datetime.combine(day + timedelta(days=1), time(), there).utcoffset()
    )


def test_the_initiative_s_partners_are_all_known() -> None:
    loaded = parse_initiative(initiatives.load("beijing-2023"))
    assert len(PARTNERS) == len(loaded.partners) == 14
    for entry in loaded.partners:
        calendar = calendar_of(entry.code)
        assert entry.weekend == calendar.weekend
        assert len([day for day in calendar.holidays if day.year == 2027]) >= 5, entry.code
        # A year has between 200 and 262 working days wherever one is.
        assert 200 <= working_days_between(calendar, date(2026, 12, 31), date(2027, 12, 31)) <= 262


def test_some_partners_set_their_clocks_and_most_do_not() -> None:
    """Otherwise the properties below would show nothing."""
    setting = {code for code, one in PARTNERS.items() if changes_of_clocks(one["time_zone"])}
    assert {"CU", "PS"} <= setting < set(PARTNERS)


@given(codes, moments, st.integers(1, 30))
def test_due_times_are_five_o_clock_of_a_working_day_there(code: str, start: datetime, days: int) -> None:
    calendar = calendar_of(code)
    due = due_after(calendar, start, days)
    there = due.astimezone(ZoneInfo(calendar.zone))
    assert (there.hour, there.minute) == (17, 0)
    assert is_working_day(calendar, there.date())
    assert working_days_between(calendar, local_day(calendar, start), there.date()) == days


@given(st.data(), st.integers(-3, 3), st.integers(1, 5))
def test_a_change_of_clocks_takes_and_gives_no_working_day(data: st.DataObject, offset: int, days: int) -> None:
    """Around every change of clocks of every partner that has one: as many working days, at the same hour."""
    code = data.draw(
        st.sampled_from([code for code in sorted(PARTNERS) if changes_of_clocks(PARTNERS[code]["time_zone"])])
    )
    calendar = calendar_of(code)
    zone = ZoneInfo(calendar.zone)
    change = data.draw(st.sampled_from(changes_of_clocks(calendar.zone)))
    hour = data.draw(st.integers(0, 23))
    start = datetime.combine(change + timedelta(days=offset), time(hour, 30), zone).astimezone(UTC)
    due = due_after(calendar, start, days)
    steady = Calendar("UTC", calendar.weekend, calendar.holidays)
    same = due_after(steady, datetime.combine(local_day(calendar, start), time(9), UTC), days)
    assert due.astimezone(zone).replace(tzinfo=None) == same.replace(tzinfo=None)


@pytest.mark.rule("R52")
@given(codes, moments, st.integers(3, 25))
def test_reminders_go_out_in_the_morning_there(code: str, start: datetime, days: int) -> None:
    calendar = calendar_of(code)
    zone = ZoneInfo(calendar.zone)
    due = due_after(calendar, start, days)
    timers = reminders(TimerKind.ASSIGNMENT_REMINDER, "accepted", start, due, calendar)
    for timer in timers:
        there = timer.due_at.astimezone(zone)
        assert (there.hour, there.minute) == (9, 0)
        assert (due.astimezone(zone).date() - there.date()).days == -timer.days
        assert start < timer.due_at < due
    wanted = {7, 2} if due - start > timedelta(days=9) else {-timer.days for timer in timers}
    assert {-timer.days for timer in timers} == wanted
