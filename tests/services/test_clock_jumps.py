"""A clock that jumps, sweeps that were down, two sweeps at once: each timer once, none too soon (R51)."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

from tests.factories import actor_of, make_call, make_person, make_proposal, make_secretary, make_version
from tests.post import fire_timers
from webapp.adapters.clocks import SetClock
from webapp.domain.deadlines import Timer, TimerKind
from webapp.domain.people import SYSTEM
from webapp.models.audit import EventRow
from webapp.models.deadlines import TimerRow
from webapp.models.proposals import Proposal
from webapp.services import deadlines
from webapp.services.deadlines import Fired, sweep_timers
from webapp.services.screening import find_ineligible, pass_screening
from webapp.services.transitions import set_due
from webapp.services.work import UnitOfWork
from webapp.wiring import Wiring

pytestmark = pytest.mark.rule("R51")


def overdue(wired: Wiring) -> int:
    with wired.open_reading() as session:
        return session.scalars(select(func.count()).where(EventRow.name == "StageOverdue")).one()


def screened(wired: Wiring, clock: SetClock) -> Proposal:
    """In screening, due in two weeks."""
    proposal = make_proposal(wired, make_person(wired), make_call(wired), stage="screening", submitted_at=clock.at)
    make_version(wired, proposal)
    with wired.open_work(SYSTEM) as work:
        set_due(work, work.session.get_one(Proposal, proposal.id), clock.at + timedelta(days=14))
    return proposal


def test_a_clock_that_jumps_forth_and_back_tells_once(wired: Wiring, clock: SetClock) -> None:
    screened(wired, clock)
    began = clock.at
    clock.at = began + timedelta(days=400)
    fire_timers(wired)
    assert overdue(wired) == 1
    for jump in (timedelta(days=-30), timedelta(0), timedelta(days=14), timedelta(days=500)):
        clock.at = began + jump
        fire_timers(wired)
    assert overdue(wired) == 1


def test_a_clock_that_jumps_back_is_early_for_nobody(wired: Wiring, clock: SetClock) -> None:
    screened(wired, clock)
    began = clock.at
    for days in (-1, 5, -100, 13):
        clock.at = began + timedelta(days=days)
        fire_timers(wired)
        assert overdue(wired) == 0
    clock.at = began + timedelta(days=14)
    fire_timers(wired)
    assert overdue(wired) == 1


@pytest.mark.parametrize("move", [pass_screening, find_ineligible])
def test_timers_of_what_moved_on_do_nothing(wired: Wiring, clock: SetClock, move: object) -> None:
    proposal = screened(wired, clock)
    secretary = actor_of(wired, make_secretary(wired))
    with wired.open_work(secretary) as work:
        if move is pass_screening:
            pass_screening(work, proposal.reference, revision=1)
        else:
            find_ineligible(work, proposal.reference, revision=1, reason="Not in the call.")
    clock.at += timedelta(days=15)
    fire_timers(wired)
    assert overdue(wired) == 0
    with wired.open_reading() as session:
        late = select(TimerRow.outcome).where(TimerRow.kind == TimerKind.STAGE_LATE, TimerRow.done_at.is_not(None))
        assert set(session.scalars(late)) <= {"moved_on"}


@pytest.mark.parametrize("seed", range(6))
def test_whatever_the_clock_does_each_timer_fires_once_and_in_its_time(
    wired: Wiring, clock: SetClock, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Thirty timers, forty sweeps at a clock that jumps by up to twenty days either way."""
    drawn = random.Random(seed)
    fired: list[tuple[int, datetime]] = []

    def verb(work: UnitOfWork, it: Fired) -> str:
        assert it.timer.due_at <= work.now
        fired.append((it.id, it.timer.due_at))
        return "done"

    monkeypatch.setitem(deadlines._verbs, TimerKind.STAGE_LATE, verb)
    began = clock.at
    with wired.open_work(SYSTEM) as work:
        for number in range(30):
            at = began + timedelta(hours=drawn.randint(-50, 2000))
            work.set_timers([Timer(TimerKind.STAGE_LATE, at, "screening", at)], "proposal", number)
    latest = began
    for _sweep in range(40):
        clock.at += timedelta(hours=drawn.randint(-480, 480))
        latest = max(latest, clock.at)
        fire_timers(wired)
    assert len({timer for timer, _due in fired}) == len(fired)
    with wired.open_reading() as session:
        waiting = session.scalars(select(TimerRow.due_at).where(TimerRow.done_at.is_(None))).all()
    assert all(due > latest for due in waiting)
    assert len(fired) + len(waiting) == 30


def test_two_sweeps_at_once_fire_each_timer_once(
    committed: Wiring, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    fired: list[int] = []

    def verb(work: UnitOfWork, it: Fired) -> str:
        fired.append(it.id)
        return "done"

    monkeypatch.setitem(deadlines._verbs, TimerKind.STAGE_LATE, verb)
    with committed.open_work(SYSTEM) as work:
        for number in range(40):
            work.set_timers([Timer(TimerKind.STAGE_LATE, clock.at, "screening", clock.at)], "proposal", number)
    start = Barrier(3)

    def sweep() -> None:
        start.wait()
        sweep_timers(lambda: committed.open_work(SYSTEM), seconds=60)

    threads = [Thread(target=sweep) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(fired) == sorted(set(fired))
    assert len(fired) == 40
