"""Numbers on pages stay quick where there is much to count, and true where something changes."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from tests.asked import make_asked
from tests.browsing import Browser
from tests.counting import statements
from tests.factories import make_call, make_person, make_proposal, make_version
from webapp.adapters.clocks import SetClock
from webapp.domain.people import SYSTEM
from webapp.models.audit import EventRow
from webapp.models.notices import Notification
from webapp.models.people import Person
from webapp.models.proposals import Proposal
from webapp.queries.endorsements import queue as endorsements_queue
from webapp.wiring import Wiring


def publish(wired: Wiring, clock: SetClock, owner: Person, target: str) -> Proposal:
    moments = {"submitted_at": clock.at, "published_at": clock.at, "stage": "published", "sector": "health"}
    proposal = make_proposal(wired, owner, make_call(wired), ("KE", "CN"), **moments)
    make_version(wired, proposal, {"results": {"indicators": {"5.services": {"target": target}}}})
    return proposal


@pytest.mark.rule("R58")
def test_what_is_counted_over_the_register_is_kept_until_it_changes(
    browse: Browser, wired: Wiring, clock: SetClock
) -> None:
    owner = make_person(wired)
    first = publish(wired, clock, owner, "120")
    visitor = browse()

    def shown() -> str:
        return visitor.get("/register").text

    assert ">120<" in shown()
    with statements(wired) as kept:
        assert ">120<" in shown()
    assert 'value="energy"' not in shown()
    publish(wired, clock, owner, "30")
    with statements(wired) as anew:
        assert ">150<" in shown()
    assert len(anew) > len(kept)
    with wired.open_work(SYSTEM) as work:
        work.session.get_one(Proposal, first.id).sector = "energy"
    assert 'value="energy"' in shown()


@pytest.mark.rule("R53")
@pytest.mark.parametrize(("number", "bell"), [(99, "99"), (100, "99+"), (130, "99+")])
def test_the_bell_stops_counting(browse: Browser, wired: Wiring, clock: SetClock, number: int, bell: str) -> None:
    made = make_asked(wired, clock)
    with wired.open_work(SYSTEM) as work:
        events = list(work.session.scalars(select(EventRow.id).limit(1)))
        work.session.add_all(
            Notification(
                event_id=events[0],
                notice=f"notice_{one}",
                person_id=made.secretary.id,
                sentence="Something happened.",
                path="/",
                created_at=work.now,
            )
            for one in range(number)
        )
        for row in work.session.scalars(select(Notification).where(~Notification.notice.startswith("notice_"))):
            row.read_at = work.now
    found = re.search(r'<span class="count">([^<]+)</span>', browse(made.secretary).get("/account").text)
    assert found and found[1] == bell


@pytest.mark.rule("R35")
def test_a_long_queue_is_not_counted_to_its_end(
    browse: Browser, wired: Wiring, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_asked(wired, clock)
    visitor = browse(made.points["KE"])
    assert "1+" not in visitor.get("/endorsements").text
    monkeypatch.setattr(endorsements_queue, "COUNTED_AT_MOST", 1)
    monkeypatch.setattr("webapp.pages.endorsements.reading.COUNTED_AT_MOST", 1)
    assert "<b>0+</b>" in visitor.get("/endorsements").text
    with wired.open_reading() as session:
        found = endorsements_queue.list_queue(session, made.actor("KE"), "waiting")
    assert (found.counts["waiting"], found.counts["answered"], len(found.rows)) == (1, 0, 1)
