"""The sweep of timers: once, late once, never for what has moved on, and one failing timer holds up no other."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories import make_call, make_person, make_proposal
from tests.post import fire_timers
from webapp.adapters.clocks import SetClock
from webapp.domain.deadlines import Timer, TimerKind
from webapp.domain.errors import NotNow
from webapp.domain.people import SYSTEM
from webapp.models.deadlines import TimerRow
from webapp.models.notices import Suppression
from webapp.services import deadlines
from webapp.services.deadlines import Fired
from webapp.services.work import UnitOfWork
from webapp.wiring import Wiring

pytestmark = pytest.mark.rule("R51")
LATE, REMINDER = TimerKind.STAGE_LATE, TimerKind.STAGE_REMINDER


@pytest.fixture
def fired(monkeypatch: pytest.MonkeyPatch) -> list[tuple[TimerKind, int, int]]:
    """What the verb of two kinds was called with: kind, subject, days."""
    calls: list[tuple[TimerKind, int, int]] = []

    def verb(work: UnitOfWork, it: Fired) -> str:
        calls.append((it.timer.kind, it.subject_id, it.timer.days))
        return "done"

    for kind in (LATE, REMINDER):
        monkeypatch.setitem(deadlines._verbs, kind, verb)
    return calls


def _set(wired: Wiring, clock: SetClock, *timers: tuple[TimerKind, int, int], subject: int = 1) -> None:
    """Timers (kind, hours from now, days) of one subject that is due in ten days."""
    for_due_at = clock.at + timedelta(days=10)
    with wired.open_work(SYSTEM) as work:
        work.set_timers(
            [
                Timer(kind, clock.at + timedelta(hours=hours), "returned", for_due_at, days)
                for kind, hours, days in timers
            ],
            "proposal",
            subject,
        )


def _outcomes(wired: Wiring) -> list[str | None]:
    with wired.open_reading() as session:
        return list(session.scalars(select(TimerRow.outcome).order_by(TimerRow.due_at, TimerRow.id)))


def test_a_timer_fires_once_and_not_before_its_time(
    wired: Wiring, clock: SetClock, fired: list[tuple[TimerKind, int, int]]
) -> None:
    _set(wired, clock, (REMINDER, 1, -7), (LATE, 240, 0))
    assert fire_timers(wired) == 0
    clock.at += timedelta(hours=1)
    assert fire_timers(wired) == 1
    assert fire_timers(wired) == 0
    assert fired == [(REMINDER, 1, -7)]
    assert _outcomes(wired) == ["done", None]


def test_after_a_day_down_only_the_last_reminder_goes_out(
    wired: Wiring, clock: SetClock, fired: list[tuple[TimerKind, int, int]]
) -> None:
    _set(wired, clock, (REMINDER, 1, -7), (REMINDER, 2, -2))
    _set(wired, clock, (REMINDER, 1, -7), subject=2)
    clock.at += timedelta(days=1)
    fire_timers(wired)
    assert sorted(fired) == [(REMINDER, 1, -2), (REMINDER, 2, -7)]
    assert sorted(str(outcome) for outcome in _outcomes(wired)) == ["done", "done", "passed_over"]


def test_what_has_moved_on_is_settled_and_undone(
    wired: Wiring, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def verb(work: UnitOfWork, it: Fired) -> str:
        work.session.add(Suppression(email="a@x.example", reason="begun", since=work.now))
        work.session.flush()
        raise NotNow("moved")

    monkeypatch.setitem(deadlines._verbs, LATE, verb)
    _set(wired, clock, (LATE, 1, 0))
    clock.at += timedelta(days=1)
    fire_timers(wired)
    assert _outcomes(wired) == ["moved_on: moved"]
    with wired.open_reading() as session:
        assert session.scalars(select(Suppression.email)).all() == []


def test_a_failing_timer_stays_due_and_holds_up_no_other(
    wired: Wiring, clock: SetClock, fired: list[tuple[TimerKind, int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def verb(work: UnitOfWork, it: Fired) -> str:
        raise ZeroDivisionError

    monkeypatch.setitem(deadlines._verbs, LATE, verb)
    monkeypatch.setattr(deadlines, "BATCH", 1)
    _set(wired, clock, (LATE, 1, 0), (REMINDER, 2, -7))
    clock.at += timedelta(days=1)
    fire_timers(wired)
    assert fired == [(REMINDER, 1, -7)]
    assert _outcomes(wired) == [None, "done"]


def test_the_proposal_is_locked_before_the_timer(
    committed: Wiring, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    fired: list[int] = []

    def verb(work: UnitOfWork, it: Fired) -> str:
        fired.append(it.id)
        return "done"

    monkeypatch.setitem(deadlines._verbs, LATE, verb)
    proposal = make_proposal(committed, make_person(committed), make_call(committed))
    with committed.open_work(SYSTEM) as work:
        work.set_timers([Timer(LATE, clock.at, "draft", clock.at)], "proposal", proposal.id, proposal_id=proposal.id)
    with committed.open_work(SYSTEM) as busy:
        busy.session.execute(select(type(proposal)).where(type(proposal).id == proposal.id).with_for_update())
        # Somebody acts on the proposal: the sweep passes by and comes back.
        assert fire_timers(committed) == 0
    assert fire_timers(committed) == 1
    assert len(fired) == 1
