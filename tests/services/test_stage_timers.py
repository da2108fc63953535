"""A stage that comes near its due time, or has passed it: reminded, escalated, moved on; once, however late."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories import actor_of, make_call, make_person, make_proposal, make_secretary
from tests.post import fire_timers, run_outbox
from webapp.adapters.clocks import SetClock
from webapp.domain.people import SYSTEM, Actor
from webapp.models.audit import EventRow
from webapp.models.deadlines import TimerRow
from webapp.models.people import Person
from webapp.models.proposals import Proposal
from webapp.services.screening import find_ineligible, make_desk_move, return_for_changes
from webapp.wiring import Wiring


@pytest.fixture
def secretary(wired: Wiring) -> Actor:
    return actor_of(wired, make_secretary(wired))


@pytest.fixture
def owner(wired: Wiring) -> Person:
    return make_person(wired, email="owner@demo.example")


@pytest.fixture
def returned(wired: Wiring, secretary: Actor, owner: Person, clock: SetClock) -> Proposal:
    """Returned on 24 November, so due on 22 December at 17:00."""
    proposal = make_proposal(wired, owner, make_call(wired), stage="screening", submitted_at=clock.at)
    with wired.open_work(secretary) as work:
        return_for_changes(work, proposal.reference, revision=1, reason="Say more.")
    run_outbox(wired)
    return proposal


def happened(wired: Wiring, proposal: Proposal) -> list[tuple[str, str]]:
    with wired.open_reading() as session:
        rows = session.scalars(
            select(EventRow)
            .where(EventRow.subject_kind == "proposal", EventRow.subject_id == proposal.id)
            .order_by(EventRow.number)
        )
        return [(row.name, str(row.payload.get("to", row.payload.get("days", "")))) for row in rows][1:]


def outcomes(wired: Wiring, proposal: Proposal) -> list[str | None]:
    with wired.open_reading() as session:
        rows = session.scalars(select(TimerRow).where(TimerRow.subject_id == proposal.id).order_by(TimerRow.due_at))
        return [row.outcome for row in rows]


@pytest.mark.rule("R51", "R52")
def test_reminded_twice_then_lapsed(
    wired: Wiring, returned: Proposal, owner: Person, secretary: Actor, clock: SetClock
) -> None:
    assert fire_timers(wired) == 0
    clock.at = clock.at.replace(month=12, day=15, hour=9)
    assert fire_timers(wired) == 1
    (mail,) = run_outbox(wired)
    assert mail.to == owner.email
    assert "22 December 2026" in mail.text
    clock.at = clock.at.replace(day=20)
    fire_timers(wired)
    assert len(run_outbox(wired)) == 1
    clock.at = clock.at.replace(day=22, hour=16, minute=59)
    assert fire_timers(wired) == 0
    clock.at = clock.at.replace(hour=17, minute=0)
    assert fire_timers(wired) == 1
    assert happened(wired, returned) == [("StageDueSoon", "7"), ("StageDueSoon", "2"), ("ProposalLapsed", "lapsed")]
    assert outcomes(wired, returned) == ["reminded", "reminded", "lapse"]
    with wired.open_reading() as session:
        assert session.get_one(Proposal, returned.id).stage == "lapsed"
        assert session.scalars(select(EventRow.actor_id).where(EventRow.name == "ProposalLapsed")).one() is None
    assert [mail.to for mail in run_outbox(wired)] == [owner.email]


@pytest.mark.rule("R51")
def test_a_sweep_that_was_down_fires_late_once(wired: Wiring, returned: Proposal, clock: SetClock) -> None:
    clock.at += timedelta(days=60)
    fire_timers(wired)
    assert fire_timers(wired) == 0
    assert happened(wired, returned) == [("ProposalLapsed", "lapsed")]
    assert outcomes(wired, returned) == ["passed_over", "passed_over", "lapse"]


@pytest.mark.rule("R51")
def test_of_a_stage_that_was_left_nothing_fires(
    wired: Wiring, returned: Proposal, secretary: Actor, clock: SetClock
) -> None:
    with wired.open_work(SYSTEM) as work:
        row = work.session.get_one(Proposal, returned.id)
        assert row.due_at is not None
        row.due_at += timedelta(days=7)  # somebody gave it more time
    clock.at += timedelta(days=60)
    fire_timers(wired)
    assert happened(wired, returned) == []
    assert outcomes(wired, returned) == ["passed_over", "passed_over", "moved_on"]


@pytest.mark.rule("R52")
def test_a_late_screening_is_told_to_the_secretariat(
    wired: Wiring, owner: Person, secretary: Actor, clock: SetClock
) -> None:
    proposal = make_proposal(wired, owner, make_call(wired), stage="screening", submitted_at=clock.at)
    with wired.open_work(secretary) as work:
        find_ineligible(work, proposal.reference, revision=1, reason="A mistake.")
    with wired.open_work(secretary) as work:
        make_desk_move(work, proposal.reference, "reopen", revision=2, reason="It was a mistake.")
    run_outbox(wired)
    clock.at += timedelta(days=30)
    fire_timers(wired)
    assert happened(wired, proposal)[1:] == [("StageOverdue", "")]
    assert outcomes(wired, proposal) == ["escalated"]
    (mail,) = run_outbox(wired)
    assert mail.to == secretary.email
    with wired.open_reading() as session:
        assert session.get_one(Proposal, proposal.id).stage == "screening"


@pytest.mark.rule("R44", "R51")
def test_a_late_move_that_is_refused_is_escalated(
    wired: Wiring, owner: Person, secretary: Actor, clock: SetClock
) -> None:
    due = clock.at + timedelta(days=20)
    proposal = make_proposal(wired, owner, make_call(wired), stage="review", submitted_at=clock.at, due_at=due)
    with wired.open_work(SYSTEM) as work:
        facts = {"phase": "review", "for_due_at": due.isoformat(), "days": 0}
        timer = TimerRow(kind="stage_late", subject_kind="proposal", subject_id=proposal.id, proposal_id=proposal.id)
        timer.due_at, timer.facts, timer.set_at = due, facts, work.now
        work.session.add(timer)
    clock.at = due
    fire_timers(wired)
    assert outcomes(wired, proposal) == ["escalated: quorum_not_met"]
    (mail,) = run_outbox(wired)
    assert mail.to == secretary.email
