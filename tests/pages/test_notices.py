"""The bell, the outbox page, health and metrics."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from tests.browsing import Browser
from tests.counting import statements
from tests.factories import actor_of, make_call, make_person, make_proposal, make_seat
from tests.fakes import FakeMailer
from tests.notices_table import with_small_table
from tests.post import run_outbox
from webapp.domain.events import Event
from webapp.domain.notices import AUDIENCES, mute_token, parse_notices
from webapp.domain.people import SYSTEM, Role
from webapp.domain.ports import Delivery
from webapp.models.notices import Notification, OutboxRow, Suppression
from webapp.models.people import Person
from webapp.models.proposals import Proposal
from webapp.models.routing import Conflict
from webapp.pages.notices.table import AUDIENCE_WORDS
from webapp.queries.notices.bell import find_choices
from webapp.wiring import Wiring


def _told(wired: Wiring, times: int = 1) -> tuple[Person, Proposal]:
    """The owner of a draft, told of it so many times."""
    small = with_small_table(wired)
    owner = make_person(wired)
    proposal = make_proposal(wired, owner, make_call(wired), ("KE", "GM"))
    with small.open_work(SYSTEM) as work:
        for _ in range(times):
            work.record(Event("ThingHappened", "proposal", proposal.id))
    run_outbox(small)
    return owner, proposal


def _bell(text: str) -> str | None:
    found = re.search(r'<span class="count">(\d+)</span>', text)
    return found[1] if found else None


@pytest.mark.rule("R53")
def test_the_bell_counts_and_is_read(browse: Browser, wired: Wiring) -> None:
    owner, proposal = _told(wired, times=3)
    page = browse(owner).get("/alerts")
    assert page.status_code == 200
    assert _bell(page.text) == "3"
    assert page.text.count("Something happened on 24 November 2026") >= 3
    assert f'href="/proposals/{proposal.reference}"' in page.text

    with wired.open_reading() as session:
        newest = max(session.scalars(select(Notification.id)))
    answer = browse(owner).post("/alerts/read", {"id": newest})
    assert (answer.status_code, answer.location) == (303, "/alerts")
    assert _bell(browse(owner).get("/alerts").text) == "2"
    browse(owner).post("/alerts/read", {"up_to": newest})
    page = browse(owner).get("/alerts")
    assert _bell(page.text) is None
    assert "Mark all as read" not in page.text


def test_a_reader_changes_only_their_own(browse: Browser, wired: Wiring) -> None:
    owner, _ = _told(wired)
    other = make_person(wired)
    with wired.open_reading() as session:
        only = session.scalars(select(Notification.id)).one()
    browse(other).post("/alerts/read", {"id": only})
    browse(other).post("/alerts/read", {"up_to": only})
    assert _bell(browse(owner).get("/alerts").text) == "1"
    assert "Nothing has happened yet" in browse(other).get("/alerts").text


@pytest.mark.rule("R38", "R70")
def test_alerts_of_proposals_that_may_be_seen_no_more_are_gone(browse: Browser, wired: Wiring) -> None:
    small = with_small_table(wired)
    owner, staff = make_person(wired), make_person(wired)
    make_seat(wired, staff, Role.SECRETARIAT)
    proposal = make_proposal(
        wired, owner, make_call(wired), ("KE", "GM"), stage="screening", submitted_at=wired.ports.clock.now()
    )
    with small.open_work(SYSTEM) as work:
        work.record(Event("ThingHappened", "proposal", proposal.id))
    run_outbox(small)
    assert _bell(browse(staff).get("/alerts").text) == "1"
    with wired.open_work(SYSTEM) as work:
        work.session.add(
            Conflict(proposal_id=proposal.id, person_id=staff.id, kind="declared", evidence="", recorded_at=work.now)
        )
    page = browse(staff).get("/alerts")
    assert _bell(page.text) is None
    assert proposal.title not in page.text


def test_signed_out_people_have_no_bell(browse: Browser) -> None:
    assert "Alerts" not in browse().get("/sign-in").text
    assert browse().get("/alerts").location == "/sign-in?next=/alerts"


@pytest.mark.rule("R56")
def test_the_secretariat_mends_the_outbox(browse: Browser, wired: Wiring) -> None:
    small = with_small_table(wired)
    person, staff = make_person(wired), make_person(wired)
    make_seat(wired, staff, Role.SECRETARIAT)
    with small.open_work(SYSTEM) as work:
        work.record(Event("PersonNoted", "person", person.id))
    run_outbox(small, FakeMailer(lambda mail: Delivery("refused", "550 5.1.1 no <such> user")))
    with wired.open_reading() as session:
        row_id = session.scalars(select(OutboxRow.id).where(OutboxRow.kind == "mail")).one()
    visitor = browse(staff)

    page = visitor.get("/desk/outbox")
    assert page.status_code == 200
    assert "550 5.1.1 no &lt;such&gt; user" in page.text
    assert page.text.count(person.email) >= 2
    assert visitor.get("/desk/outbox?state=sent").text.count(">Done<") >= 1
    assert "No row fits “nowhere”" in visitor.get("/desk/outbox?q=nowhere").text

    answer = visitor.post("/desk/outbox/addresses/again", {"email": person.email})
    assert (answer.status_code, answer.location) == (303, "/desk/outbox")
    answer = visitor.post(f"/desk/outbox/{row_id}/cancel", {"reason": " "})
    assert answer.status_code == 422
    assert "Enter the reason" in answer.text
    assert visitor.post(f"/desk/outbox/{row_id}/retry").location == f"/desk/outbox/{row_id}"
    assert "It is due now" in visitor.get(f"/desk/outbox/{row_id}").text
    assert visitor.post(f"/desk/outbox/{row_id}/retry").status_code == 303
    assert visitor.post(f"/desk/outbox/{row_id}/cancel", {"reason": "The person left."}).status_code == 303
    assert "Called off: The person left." in visitor.get(f"/desk/outbox/{row_id}").text
    assert visitor.post("/desk/outbox/999999/retry").status_code == 404
    with wired.open_reading() as session:
        assert session.scalars(select(Suppression.email)).all() == []


@pytest.mark.rule("R1", "R2")
@pytest.mark.parametrize("role", [None, Role.AUDITOR])
def test_the_outbox_is_not_for_others(browse: Browser, wired: Wiring, role: Role | None) -> None:
    person = make_person(wired)
    if role:
        make_seat(wired, person, role)
    for path in ("/desk/outbox", "/desk/outbox/1", "/desk/notices"):
        assert browse(person).get(path).status_code == 403


def test_health(browse: Browser) -> None:
    assert browse().get("/healthz").json == {"status": "ok"}
    assert browse().get("/readyz").json == {"status": "ok"}


def test_readiness_wants_all_migrations(browse: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webapp.pages.shared.health.is_at_head", lambda connection: False)
    answer = browse().get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"status": "migrations are missing"})


def test_metrics(browse: Browser, wired: Wiring, app: Flask) -> None:
    person = make_person(wired)
    with with_small_table(wired).open_work(SYSTEM) as work:
        work.record(Event("PersonNoted", "person", person.id))
    text = browse().get("/metrics").text
    assert 'desk_outbox_rows{kind="event",state="pending"} 1.0' in text
    assert "desk_timers_late 0.0" in text
    away = {"environ_base": {"REMOTE_ADDR": "203.0.113.9"}}
    assert browse().get("/metrics", **away).status_code == 404
    assert browse().get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404
    assert browse().get("/metrics", headers={"Authorization": "Bearer "}, **away).status_code == 404
    app.extensions["desk"] = replace(wired, settings=wired.settings.model_copy(update={"metrics_token": "s3cret"}))
    assert browse().get("/metrics", headers={"Authorization": "Bearer s3cret"}, **away).status_code == 200
    assert browse().get("/metrics", headers={"Authorization": "Bearer other"}, **away).status_code == 404


@pytest.mark.rule("R35", "R55")
def test_mails_are_switched_off_by_one_press_and_on_again(
    browse: Browser, wired: Wiring, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = {"id": "to_person", "event": "PersonNoted", "audience": "person", "mandatory": False}
    in_force = replace(wired, rules=replace(wired.rules, notices=parse_notices({"notice": [row]})))
    app.extensions["desk"] = in_force
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    person = make_person(wired)
    address = f"/unsubscribe/{mute_token(wired.ports.signing_key, person.id, 'to_person')}"

    def muted() -> int:
        with wired.open_reading() as session:
            return len(find_choices(session, actor_of(wired, person)).kinds)

    assert "Stop these mails" in browse().get(address).text
    assert muted() == 0
    answer = browse().post(address, {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, answer.text, muted()) == (200, "", 1)
    assert "You get no more mails of this kind" in browse().post(address).text
    assert browse().post(address[:-1]).status_code == 404
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    assert browse(person).post("/alerts/mails", {"shown": "to_person", "kind": "to_person"}).status_code == 303
    assert muted() == 0


@pytest.mark.parametrize("path", ["/alerts", "/desk/outbox?state=sent"])
def test_longer_lists_send_no_more_statements(browse: Browser, wired: Wiring, path: str) -> None:
    owner, _ = _told(wired)
    make_seat(wired, owner, Role.SECRETARIAT)
    counts = []
    for _ in range(2):
        visitor = browse(owner)
        with statements(wired) as sent:
            assert visitor.get(path).status_code == 200
        counts.append(len(sent))
        small = with_small_table(wired)
        with small.open_work(SYSTEM) as work:
            for _ in range(2):
                work.record(Event("PersonNoted", "person", owner.id))
        run_outbox(small)
    assert counts[0] == counts[1]
    assert counts[0] <= 9


@pytest.mark.rule("R53")
def test_the_table_is_listed_on_a_page(browse: Browser, wired: Wiring) -> None:
    staff = make_person(wired)
    make_seat(wired, staff, Role.SECRETARIAT)
    page = browse(staff).get("/desk/notices")
    assert page.status_code == 200
    for notice in wired.rules.notices.notices():
        assert f">{notice.event}</th>" in page.text
    assert set(AUDIENCE_WORDS) == set(AUDIENCES)


def test_a_page_that_stays_open_asks_for_the_number_alone(browse: Browser, wired: Wiring) -> None:
    owner, _ = _told(wired, times=3)
    assert browse(owner).get("/alerts/count").text == "3"
    assert browse(make_person(wired)).get("/alerts/count").text == ""
