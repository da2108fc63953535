"""The desk's numbers are kept until something was recorded or falls due, and no longer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.browsing import Browser
from tests.counting import statements
from tests.factories import make_call, make_person, make_proposal, make_secretary
from webapp.adapters.clocks import SetClock
from webapp.domain.events import Event
from webapp.domain.people import SYSTEM
from webapp.queries.audit import find_mark
from webapp.wiring import Wiring


@pytest.mark.rule("R27")
def test_the_numbers_follow_the_record_and_the_clock(browse: Browser, wired: Wiring, clock: SetClock) -> None:
    secretary = browse(make_secretary(wired))
    call, owner = make_call(wired), make_person(wired)

    def another() -> int:
        times = {"submitted_at": clock.at, "due_at": clock.at + timedelta(minutes=9)}
        return make_proposal(wired, owner, call, ("KE",), stage="screening", **times).id

    another()
    with statements(wired) as first:
        assert "0 are overdue" in secretary.get("/desk").text
    with statements(wired) as again:
        assert "1 proposals are open" in secretary.get("/desk").text
    assert len(again) == len(first) - 2
    clock.at += timedelta(minutes=9, seconds=1)
    assert "1 are overdue" in secretary.get("/desk").text
    one = another()
    assert "1 proposals are open" in secretary.get("/desk").text
    with wired.open_work(SYSTEM) as work:
        work.record(Event("ProposalSubmitted", "proposal", one, {}))
    assert "2 proposals are open. 2 wait for the secretariat. 1 are overdue." in secretary.get("/desk").text


def test_an_event_that_ends_after_a_newer_one_changes_the_mark(committed: Wiring) -> None:
    """Its number was given earlier than the newest's, its row is seen later."""
    call, owner = make_call(committed), make_person(committed)
    slow, quick = (make_proposal(committed, owner, call).id for _ in range(2))
    with committed.open_work(SYSTEM) as late:
        late.record(Event("ProposalSubmitted", "proposal", slow, {}))
        late.session.flush()
        with committed.open_work(SYSTEM) as work:
            work.record(Event("ProposalSubmitted", "proposal", quick, {}))
        with committed.open_reading() as session:
            before = find_mark(session)
    with committed.open_reading() as session:
        after = find_mark(session)
    assert after.newest == before.newest
    assert after != before
