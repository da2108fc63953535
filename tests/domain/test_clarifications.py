"""Questions to the applicant: what can be asked, and how the clock goes on (R85)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.calendars import Calendar, local_day, working_days_between
from webapp.domain.clarifications import (
    Ask,
    FieldQuestion,
    Standstill,
    answer_due,
    answer_problems,
    ask_problems,
    asks_for,
    put_off,
    stood_since,
)

DAY = datetime(2026, 11, 24, 9, tzinfo=UTC)
NAIROBI = Calendar(zone="Africa/Nairobi")
moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def at(day: int, hour: int = 9) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


@pytest.mark.rule("R85")
def test_what_can_be_asked() -> None:
    whole = Ask("Why?", (FieldQuestion("plan.activities", "Which villages?"),), 10)
    assert ask_problems(whole) == ()
    wrong = Ask(" ", (FieldQuestion("plan.wishes", ""), FieldQuestion("plan.wishes", "x")), 0)
    assert [(one.field, one.code) for one in ask_problems(wrong)] == [
        ("question", "clarification_question_missing"),
        ("days", "clarification_days"),
        ("fields", "clarification_fields"),
        ("fields", "clarification_fields"),
        ("plan.wishes", "clarification_question_missing"),
    ]
    assert answer_due(whole, DAY, NAIROBI) == datetime(2026, 12, 8, 14, tzinfo=UTC)


@pytest.mark.rule("R85")
def test_a_panel_asks_in_its_own_name() -> None:
    assert (asks_for(True), asks_for(False)) == ("panel", "secretariat")


@pytest.mark.rule("R85")
def test_each_field_wants_its_answer() -> None:
    fields = [FieldQuestion("plan.activities", "Which?"), FieldQuestion("documents", "Where?")]
    assert [one.field for one in answer_problems("", {"documents": "There."}, fields)] == ["plan.activities"]
    assert [one.field for one in answer_problems(" ", {}, [])] == ["answer"]
    assert [one.code for one in answer_problems("x" * 4001, {}, [])] == ["too_long"]


@pytest.mark.rule("R85")
def test_questions_that_overlap_are_one_standstill() -> None:
    times = [Standstill(at(3), at(4)), Standstill(at(10), at(12)), Standstill(at(11), at(20)), Standstill(at(15))]
    assert stood_since(times, at(24)) == at(10)
    assert stood_since(times[:3], at(20)) == at(10)
    assert stood_since(times[:3], at(21)) is None
    assert stood_since([], at(24)) is None


@pytest.mark.rule("R85")
def test_asked_and_answered_on_one_day_changes_nothing() -> None:
    due = at(24, 17)
    assert put_off(due, at(24, 9), at(24, 16), Calendar()) == due


@pytest.mark.rule("R85", "R50")
@given(moments, st.integers(0, 40), st.integers(0, 60))
def test_the_working_days_left_are_left_still(since: datetime, left: int, stood: int) -> None:
    """Property: however long the applicant took, whoever waited has the working days that were left, not one less."""
    calendar = Calendar(zone="America/Santiago", holidays=frozenset({date(2026, 12, 25), date(2027, 1, 1)}))
    due = answer_due(Ask("?", days=left), since, calendar)
    now = since + timedelta(days=stood)
    later = put_off(due, since, now, calendar)
    assert later >= due
    assert working_days_between(calendar, local_day(calendar, now), local_day(calendar, later)) >= left
