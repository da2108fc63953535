"""Whoever writes a draft is reminded 7 and 2 days before its call closes, wherever the closing moves (R52)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.drafting import make_draft
from tests.factories import actor_of, make_call, make_person, make_secretary
from tests.post import fire_timers, run_outbox
from webapp.adapters.clocks import SetClock
from webapp.models.calls import Call
from webapp.queries.calls import read_terms
from webapp.services.calls.change import change_call
from webapp.services.proposals.create import create_draft
from webapp.services.proposals.submit import submit
from webapp.wiring import Wiring

pytestmark = pytest.mark.rule("R52")
CLOSES = datetime(2026, 12, 20, 15, 0, tzinfo=UTC)


def reminded(wired: Wiring, clock: SetClock, *, until: datetime) -> list[str]:
    """The days on which a reminder went out, sweeping every day until then."""
    days = []
    while clock.at < until:
        clock.at += timedelta(days=1)
        fire_timers(wired)
        subjects = [mail.subject for mail in run_outbox(wired)]
        days += [clock.at.strftime("%d %b") for subject in subjects if "Submit your draft by" in subject]
    return days


def move(wired: Wiring, call: Call, closes_at: datetime) -> None:
    with wired.open_work(actor_of(wired, make_secretary(wired))) as work:
        row = work.session.get_one(Call, call.id)
        terms = replace(read_terms(row, list(range(1, 21))), closes_at=closes_at)
        change_call(work, call.code, terms, revision=row.revision)


def test_twice_before_the_call_closes_and_not_after(wired: Wiring, clock: SetClock) -> None:
    call = make_call(wired, closes_at=CLOSES)
    with wired.open_work(actor_of(wired, make_person(wired))) as work:
        create_draft(work, call.code)
    assert reminded(wired, clock, until=CLOSES + timedelta(days=3)) == ["13 Dec", "18 Dec"]


def test_reminders_move_with_the_closing_also_by_hours(wired: Wiring, clock: SetClock) -> None:
    call = make_call(wired, closes_at=CLOSES)
    with wired.open_work(actor_of(wired, make_person(wired))) as work:
        create_draft(work, call.code)
    move(wired, call, CLOSES + timedelta(hours=2))
    assert reminded(wired, clock, until=CLOSES - timedelta(days=5)) == ["13 Dec"]
    move(wired, call, CLOSES + timedelta(days=20))
    assert reminded(wired, clock, until=CLOSES + timedelta(days=30)) == ["02 Jan", "07 Jan"]


def test_what_is_submitted_is_not_reminded_of(wired: Wiring, clock: SetClock) -> None:
    call = make_call(wired, closes_at=CLOSES)
    owner = actor_of(wired, make_person(wired))
    reference = make_draft(wired, owner, call.code)
    with wired.open_work(owner) as work:
        submit(work, reference)
    assert reminded(wired, clock, until=CLOSES) == []


@pytest.mark.rule("R51")
def test_after_a_sweep_that_was_down_one_reminder_goes_out(wired: Wiring, clock: SetClock) -> None:
    call = make_call(wired, closes_at=CLOSES)
    with wired.open_work(actor_of(wired, make_person(wired))) as work:
        create_draft(work, call.code)
    clock.at = CLOSES - timedelta(days=1)
    fire_timers(wired)
    assert len([mail for mail in run_outbox(wired) if "Submit your draft by" in mail.subject]) == 1
