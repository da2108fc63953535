"""Timers: set in time, fired once however late the sweep, silent when their subject has moved on (R51, R52)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import workflows
from webapp.domain import workflow as wf
from webapp.domain.calendars import Calendar, due_after
from webapp.domain.deadlines import (
    Timer,
    TimerKind,
    Watched,
    assignment_timers,
    choose,
    condition_timers,
    end_of_next_working_day,
    notices,
    read_timer,
    reminders,
    stage_due,
    stage_timers,
    still_due,
)

pytestmark = pytest.mark.rule("R51")

NAIROBI = Calendar("Africa/Nairobi")
MONDAY = datetime(2026, 11, 2, 7, 0, tzinfo=UTC)  # 10:00 in Nairobi
STAGES = {stage.id: stage for stage in wf.parse(workflows.load("standard-1")).stages}


def at(month: int, day: int, hour: int) -> datetime:
    """An hour of the day in Nairobi, three hours before UTC, in 2026."""
    return datetime(2026, month, day, hour - 3, tzinfo=UTC)


def shown(timers: tuple[Timer, ...]) -> list[tuple[str, datetime, int]]:
    return [(timer.kind.value, timer.due_at, timer.days) for timer in timers]


@pytest.mark.rule("R52")
def test_a_returned_proposal_reminds_its_applicant_and_then_lapses() -> None:
    stage = STAGES["returned"]
    due = stage_due(stage, MONDAY, NAIROBI)
    assert due == at(11, 30, 17)
    timers = stage_timers(stage, MONDAY, due, NAIROBI)
    assert shown(timers) == [
        ("stage_reminder", at(11, 23, 9), -7),
        ("stage_reminder", at(11, 28, 9), -2),
        ("stage_late", at(11, 30, 17), 0),
    ]
    assert {(timer.phase, timer.for_due_at) for timer in timers} == {("returned", due)}


@pytest.mark.rule("R52")
def test_a_stage_that_waits_for_the_secretariat_only_escalates() -> None:
    due = stage_due(STAGES["screening"], MONDAY, NAIROBI)
    assert shown(stage_timers(STAGES["screening"], MONDAY, due, NAIROBI)) == [("stage_late", at(11, 16, 17), 0)]


def test_stages_whose_parts_have_their_own_time() -> None:
    endorsement, review, conditions = STAGES["endorsement"], STAGES["review"], STAGES["conditions"]
    due = stage_due(endorsement, MONDAY, NAIROBI)
    assert due == due_after(NAIROBI, MONDAY, 25)
    assert stage_timers(endorsement, MONDAY, due, NAIROBI) == ()
    due = stage_due(review, MONDAY, NAIROBI)
    assert due == due_after(NAIROBI, MONDAY, 20)
    assert [timer.kind for timer in stage_timers(review, MONDAY, due, NAIROBI)] == ["stage_late"]
    assert stage_due(conditions, MONDAY, NAIROBI) is None
    assert stage_timers(conditions, MONDAY, None, NAIROBI) == ()


@pytest.mark.rule("R49")
@pytest.mark.parametrize("days", [0, 3])
def test_an_embargo_is_over_to_the_minute(days: int) -> None:
    due = stage_due(STAGES["approved"], MONDAY, NAIROBI, days)
    assert due == MONDAY + timedelta(days=days)
    assert shown(stage_timers(STAGES["approved"], MONDAY, due, NAIROBI)) == [("stage_late", due, 0)]


@pytest.mark.rule("R52")
def test_a_draft_is_reminded_of_the_closing_and_does_nothing_then() -> None:
    closing = at(11, 20, 12)
    assert stage_due(STAGES["draft"], MONDAY, NAIROBI) is None
    assert shown(stage_timers(STAGES["draft"], MONDAY, closing, NAIROBI)) == [
        ("stage_reminder", at(11, 13, 9), -7),
        ("stage_reminder", at(11, 18, 9), -2),
    ]


@pytest.mark.rule("R49")
def test_no_embargo_is_no_wait() -> None:
    assert stage_due(STAGES["approved"], MONDAY, NAIROBI) == MONDAY


def test_final_stages_start_nothing() -> None:
    for stage in STAGES.values():
        if stage.kind in ("closed", "final"):
            assert stage_due(stage, MONDAY, NAIROBI) is None


@pytest.mark.rule("R52")
def test_an_invitation_of_a_week_has_no_reminder_on_its_own_day() -> None:
    due = due_after(NAIROBI, MONDAY, 5)
    assert shown(assignment_timers("invited", MONDAY, due, NAIROBI)) == [
        ("assignment_reminder", at(11, 7, 9), -2),
        ("assignment_late", at(11, 9, 17), 0),
    ]
    assert [timer.kind for timer in condition_timers("open", MONDAY, due, NAIROBI)] == [
        "condition_reminder",
        "condition_late",
    ]


@pytest.mark.rule("R52")
def test_notices_to_a_partner_count_its_working_days() -> None:
    christmas = Calendar("Africa/Nairobi", holidays=frozenset({date(2026, 12, 25)}))
    due = at(12, 24, 17)
    assert shown(notices((-10, -3, 0, 1), "answering", MONDAY, due, christmas)) == [
        ("endorsement_notice", at(12, 10, 9), -10),
        ("endorsement_notice", at(12, 21, 9), -3),
        ("endorsement_notice", at(12, 24, 9), 0),
        ("endorsement_notice", at(12, 28, 9), 1),
    ]
    assert end_of_next_working_day(due, christmas) == at(12, 28, 17)
    assert [timer.days for timer in notices((-10, -3, 0, 1), "answering", at(12, 22, 8), due, christmas)] == [0, 1]


def test_a_timer_of_a_thing_that_moved_on_does_nothing() -> None:
    due = at(11, 30, 17)
    timer = Timer(TimerKind.STAGE_LATE, due, "returned", due)
    assert still_due(timer, Watched("returned", due))
    assert not still_due(timer, Watched("screening", due))
    assert not still_due(timer, Watched("returned", due + timedelta(days=10)))  # extended
    assert not still_due(timer, Watched("returned", None))  # its clock stands


def test_a_timer_is_read_as_it_was_kept() -> None:
    for timer in reminders(TimerKind.STAGE_REMINDER, "returned", MONDAY, at(11, 30, 17), NAIROBI):
        assert read_timer(timer.kind.value, timer.due_at, timer.facts()) == timer


def test_after_a_late_sweep_only_the_last_reminder_goes_out() -> None:
    timers = stage_timers(STAGES["returned"], MONDAY, at(11, 30, 17), NAIROBI)
    week, two_days, late = timers
    assert choose(timers, at(11, 22, 9)) == ((), ())
    assert choose(timers, at(11, 23, 9)) == ((week,), ())
    assert choose(timers, at(11, 24, 9)) == ((week,), ())
    assert choose(timers, at(11, 29, 9)) == ((two_days,), (week,))
    assert choose(timers, at(11, 30, 17)) == ((late,), (week, two_days))
    assert choose(timers, at(12, 1, 9)) == ((late,), (week, two_days))


def test_after_a_late_sweep_only_the_last_notice_goes_out_before_the_end() -> None:
    due = at(12, 24, 17)
    end = Timer(TimerKind.ENDORSEMENT_END, at(12, 25, 17), "answering", due)
    timers = (end, *notices((-10, -3, 0, 1), "answering", MONDAY, due, NAIROBI))
    fire, drop = choose(timers, at(12, 26, 9))
    assert shown(fire) == [("endorsement_notice", at(12, 25, 9), 1), ("endorsement_end", at(12, 25, 17), 0)]
    assert [timer.days for timer in drop] == [-10, -3, 0]


@given(
    st.lists(st.integers(0, 40 * 24), min_size=1, max_size=30),
    st.sampled_from(["returned", "screening", "approved", "review"]),
)
def test_whenever_the_sweep_runs_each_timer_is_settled_once(hours: list[int], stage_id: str) -> None:
    stage = STAGES[stage_id]
    due = stage_due(stage, MONDAY, NAIROBI, 10)
    waiting = list(stage_timers(stage, MONDAY, due, NAIROBI))
    made = len(waiting)
    fired: list[Timer] = []
    dropped: list[Timer] = []
    for now in (MONDAY + timedelta(hours=hour) for hour in sorted(hours)):
        fire, drop = choose(waiting, now)
        assert sum(timer.kind == TimerKind.STAGE_REMINDER for timer in fire) <= 1
        assert all(timer.due_at <= now for timer in (*fire, *drop))
        waiting = [timer for timer in waiting if timer not in (*fire, *drop)]
        assert all(timer.due_at > now for timer in waiting)
        fired += fire
        dropped += drop
    assert len(fired) + len(dropped) + len(waiting) == made
    assert all(timer.kind == TimerKind.STAGE_REMINDER for timer in dropped)
    assert fired == sorted(fired, key=lambda timer: timer.due_at)
