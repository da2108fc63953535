"""A message by hand: to whom a filter fits and no others, once, with its progress; the outbox by age, in bulk (R56)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.browsing import Browser
from tests.factories import actor_of, make_call, make_person, make_proposal, make_seat
from tests.fakes import FakeMailer
from tests.post import run_outbox
from webapp.adapters.clocks import SetClock
from webapp.domain.errors import Invalid, NotAllowed
from webapp.domain.people import SYSTEM, Role
from webapp.domain.ports import Delivery
from webapp.models.people import Person
from webapp.models.routing import Conflict
from webapp.queries.notices.messages import find_fitting, find_message, find_progress
from webapp.services.notices.messages import send_message
from webapp.services.notices.wishes import choose_kinds
from webapp.wiring import Wiring

pytestmark = pytest.mark.rule("R56")
SUBMITTED = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture
def staff(wired: Wiring) -> Person:
    """A member of the secretariat."""
    person = make_person(wired, name="Staff")
    make_seat(wired, person, Role.SECRETARIAT)
    return person


def _send(wired: Wiring, who: Person, key: str = "k", text: str = "One.\n\nTwo <b>.", **audience: object) -> int:
    with wired.open_work(actor_of(wired, who)) as work:
        return send_message(work, "A week more", text, audience, form_key=key)


def test_it_reaches_whom_the_filter_fits_once_and_says_how_far_it_came(wired: Wiring, staff: Person) -> None:
    kenya, gambia = make_person(wired, name="Kamau"), make_person(wired, name="Awa")
    make_seat(wired, kenya, Role.FOCAL_POINT, partner="KE")
    make_seat(wired, gambia, Role.FOCAL_POINT, partner="GM")
    made = _send(wired, staff, circles=["focal_points"], partner="KE")
    assert _send(wired, staff, circles=["focal_points"], partner="KE") == made, "a second press sends once"
    (mail,) = run_outbox(wired)
    assert (mail.to, mail.subject) == (kenya.email, "A week more")
    assert "One.\n\nTwo <b>." in mail.text
    assert "Two <b>" not in mail.html
    assert "List-Unsubscribe" in mail.headers
    with wired.open_reading() as session:
        line = find_message(session, made)
        assert line is not None
        assert line.people == 1
        assert find_progress(session, line.event_id).by_state == {"sent": 1}


def test_who_switched_it_off_sees_it_under_alerts(wired: Wiring, staff: Person) -> None:
    with wired.open_work(actor_of(wired, staff)) as work:
        choose_kinds(work, ["message_by_hand"], [])
    made = _send(wired, staff, circles=["secretariat"])
    assert run_outbox(wired) == []
    with wired.open_reading() as session:
        line = find_message(session, made)
        assert line is not None
        assert find_progress(session, line.event_id).told == 1


@pytest.mark.rule("R70")
def test_applicants_are_those_of_proposals_that_the_writer_may_know(wired: Wiring, staff: Person) -> None:
    call = make_call(wired)
    people = {name: make_person(wired, name=name) for name in ("known", "draft", "sealed", "conflict")}
    for name, owner in people.items():
        given = {} if name == "draft" else {"stage": "screening", "submitted_at": SUBMITTED}
        made = make_proposal(
            wired, owner, call, ("GM", "KE"), **given, **({"is_sealed": True} if name == "sealed" else {})
        )
        if name == "conflict":
            with wired.open_work(SYSTEM) as work:
                work.session.add(
                    Conflict(
                        proposal_id=made.id, person_id=staff.id, kind="declared", evidence="", recorded_at=work.now
                    )
                )
    with wired.open_reading() as session:
        fitting = find_fitting(session, {"circles": ["applicants"], "writer": staff.id, "call": call.code})
    assert [who.split(" <")[0] for who in fitting.sample] == ["known"]
    assert fitting.count == 1


def test_nobody_no_words_and_others_are_refused(wired: Wiring, staff: Person) -> None:
    for given in ({"circles": ["reviewers"]}, {"circles": []}, {"circles": ["secretariat"], "text": " "}):
        with pytest.raises(Invalid):
            _send(wired, staff, **given)
    with pytest.raises(NotAllowed):
        _send(wired, make_person(wired), circles=["secretariat"])


def test_the_pages_ask_before_they_send(browse: Browser, wired: Wiring, staff: Person) -> None:
    visitor = browse(staff)
    form = {"circles": "secretariat", "subject": "A week more", "text": "The call closes later."}
    checked = visitor.post("/desk/messages/new", form)
    assert "Send it to one person" in checked.text
    assert run_outbox(wired) == []
    assert "The call closes later." in visitor.post("/desk/messages/letter", form).text
    assert 'value="A week more"' in visitor.post("/desk/messages/new", {**form, "change": "y"}).text
    assert "Nobody fits" in visitor.post("/desk/messages/new", {**form, "circles": "reviewers"}).text
    sent = visitor.post("/desk/messages", {**form, "form_key": "once"})
    page = visitor.get(sent.location)
    assert "Told: 0 of 1" in page.text
    assert page.headers["Refresh"] == "5"
    run_outbox(wired, FakeMailer(lambda mail: Delivery("refused", "550 5.1.1 no such person")))
    page = visitor.get(sent.location)
    assert "Told: 1 of 1" in page.text
    assert "550 5.1.1" in page.text
    assert "Refresh" not in page.headers
    assert "A week more" in visitor.get("/desk/messages").text


def test_the_outbox_by_age_as_csv_and_again_in_bulk(
    browse: Browser, wired: Wiring, staff: Person, clock: SetClock
) -> None:
    _send(wired, staff, circles=["secretariat"])
    run_outbox(wired, FakeMailer(lambda mail: Delivery("refused", "=550 5.1.1 gone")))
    visitor = browse(staff)
    assert "A week more" not in visitor.get("/desk/outbox?age=hour").text
    clock.at += timedelta(hours=2)
    visitor = browse(staff)
    page = visitor.get("/desk/outbox?age=hour").text
    assert "A week more" in page
    exported = visitor.get("/desk/outbox.csv").text
    assert "A week more" in exported
    assert ",=550" not in exported
    row = page.split('name="row" value="')[1].split('"')[0]
    assert visitor.post("/desk/outbox/retry", {"row": row}).status_code == 303
    assert [mail.subject for mail in run_outbox(wired)] == ["A week more"]
