"""Pages of calls: what everybody reads, and the secretariat's forms, on good and on bad input."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.browsing import Browser, Visitor
from tests.counting import statements
from tests.factories import make_call, make_person, make_proposal, make_seat, make_secretary
from webapp.adapters.clocks import SetClock
from webapp.domain.people import Role
from webapp.queries.calls import CallPage, find_call
from webapp.wiring import Wiring

FORM: dict[str, Any] = {
    "code": "open-2027",
    "title": "Open call 2027",
    "summary": "For projects on all articles.",
    "articles": ["1", "5"],
    "time_zone": "Africa/Nairobi",
    "opens_on-day": "4",
    "opens_on-month": "1",
    "opens_on-year": "2027",
    "opens_time": "8:00",
    "closes_on-day": "31",
    "closes_on-month": "3",
    "closes_on-year": "2027",
    "closes_time": "17:00",
    "grace_minutes": "15",
    "workflow": "standard-1",
    "sections_off": ["documents"],
    "asks": "lead_and",
    "others": "2",
    "on_objection": "drop",
    "reviews_wanted": "3",
    "quorum": "2",
    "release": "at_once",
    "embargo_days": "10",
    "contacts": "y",
    "q1_label": "Who runs it afterwards?",
    "q1_kind": "long_text",
    "q1_required": "y",
}


@pytest.fixture
def secretary(browse: Browser, wired: Wiring) -> Visitor:
    return browse(make_secretary(wired))


def found(wired: Wiring, clock: SetClock, code: str = "open-2027") -> CallPage:
    with wired.open_reading() as session:
        call = find_call(session, code, clock.at)
    assert call is not None
    return call


def test_a_call_is_made_by_its_form(secretary: Visitor, wired: Wiring, clock: SetClock) -> None:
    assert "Make a call" in secretary.get("/desk/calls/new").text
    assert secretary.post("/desk/calls/new", FORM).location == "/desk/calls/open-2027"
    terms = found(wired, clock).terms
    assert (terms.title, terms.articles, terms.workflow) == ("Open call 2027", (1, 5), ("standard", 1))
    assert terms.opens_at is not None
    assert terms.closes_at is not None
    assert terms.opens_at.isoformat() == "2027-01-04T05:00:00+00:00"  # 8:00 in Nairobi
    assert terms.closes_at.isoformat() == "2027-03-31T14:00:00+00:00"
    assert (terms.asks, terms.others, terms.on_objection, terms.quorum) == ("lead_and", 2, "drop", 2)
    assert (terms.release, terms.embargo_days, terms.contacts, terms.budget) == ("at_once", 10, True, False)
    assert [(one.id, one.label, one.required) for one in terms.questions] == [("q1", "Who runs it afterwards?", True)]
    assert "17:00 in Nairobi (UTC+3)" in secretary.get("/desk/calls/open-2027").text
    assert "Open call 2027" in secretary.get("/desk/calls").text


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"code": "Open 2027"}, "Enter a code of small letters"),
        ({"code": ""}, "Enter a code for the call"),
        ({"title": ""}, "Enter the title of the call"),
        ({"title": "x" * 151}, "Shorten “Title” to 150 characters"),
        ({"title": "a\x00b"}, "They cannot be stored"),
        ({"summary": "\x07"}, "They cannot be stored"),
        ({"articles": []}, "Choose at least one article"),
        ({"articles": ["99"]}, "Choose from the list"),
        ({"time_zone": "Mars/Olympus"}, "Choose from the list"),
        ({"opens_on-day": "32"}, "that month has no day 32"),
        ({"opens_time": "25:00"}, "Write the time in 24 hours"),
        ({"opens_time": ""}, "Enter the time at which the call opens"),
        ({"closes_on-day": "1", "closes_on-month": "1"}, "Choose a closing time after the opening"),
        ({"closes_time": ""}, "Enter the time at which the call closes"),
        ({"closes_on-day": "", "closes_on-month": "", "closes_on-year": ""}, "or leave the time empty"),
        ({"grace_minutes": "many"}, "grace"),
        ({"reviews_wanted": "2", "quorum": "3"}, "Enter a number from 1 to 2"),
        ({"workflow": "other-1"}, "Choose from the list"),
        ({"sections_off": ["partners"]}, "Choose from the list"),
        ({"asks": ""}, "Choose what suffices as endorsement"),
        ({"q1_label": "x" * 301}, "Shorten “Question 1”"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(
    secretary: Visitor, wired: Wiring, clock: SetClock, given: dict[str, Any], words: str
) -> None:
    answer = secretary.post("/desk/calls/new", {**FORM, **given})
    assert answer.status_code == 422
    assert words in answer.text
    assert "Who runs it afterwards?" in answer.text or "q1_label" in given
    with wired.open_reading() as session:
        assert find_call(session, "open-2027", clock.at) is None


@pytest.mark.rule("R22", "R76")
def test_what_is_fixed_is_said_and_not_asked(secretary: Visitor, wired: Wiring, clock: SetClock) -> None:
    call = make_call(wired, code="open-2027", time_zone="Africa/Banjul")
    make_proposal(wired, make_person(wired), call, stage="screening", submitted_at=clock.at)
    page = secretary.get("/desk/calls/open-2027/change").text
    assert "Fixed, since proposals are in" in page
    assert 'name="quorum"' not in page
    changed = {**FORM, "revision": "1", "articles": [str(number) for number in range(1, 21)]}
    answer = secretary.post("/desk/calls/open-2027/change", changed)
    assert answer.location == "/desk/calls/open-2027"
    terms = found(wired, clock).terms
    assert (terms.title, terms.quorum, terms.time_zone, terms.questions) == ("Open call 2027", 3, "Africa/Banjul", ())
    fewer = secretary.post("/desk/calls/open-2027/change", {**changed, "revision": "2", "articles": ["1"]})
    assert fewer.status_code == 422
    assert "Proposals are in" in fewer.text


@pytest.mark.rule("R24")
def test_two_who_change_a_call(secretary: Visitor, wired: Wiring) -> None:
    make_call(wired, code="open-2027")
    form = {**FORM, "revision": "1"}
    assert secretary.post("/desk/calls/open-2027/change", form).status_code == 303
    answer = secretary.post("/desk/calls/open-2027/change", {**form, "title": "Mine"})
    assert answer.status_code == 409
    assert "Somebody else changed this" in answer.text


def test_a_question_keeps_its_id(secretary: Visitor, wired: Wiring, clock: SetClock) -> None:
    two = {**FORM, "q2_label": "And who pays?", "q2_kind": "text"}
    secretary.post("/desk/calls/new", two)
    secretary.post("/desk/calls/open-2027/change", {**two, "q1_label": "", "revision": "1"})
    assert [one.id for one in found(wired, clock).terms.questions] == ["q2"]
    third = {**FORM, "q1_label": "And who pays?", "q2_label": "Since when?", "q2_kind": "text", "revision": "2"}
    secretary.post("/desk/calls/open-2027/change", third)
    questions = found(wired, clock).terms.questions
    assert [(one.id, one.label) for one in questions] == [("q2", "And who pays?"), ("q1", "Since when?")]


def test_opened_and_closed_by_confirm_pages(secretary: Visitor, wired: Wiring, clock: SetClock) -> None:
    make_call(wired, code="open-2027", opens_at=clock.at + timedelta(days=1))
    assert "Open the call now?" in secretary.get("/desk/calls/open-2027/open").text
    assert found(wired, clock).phase == "announced"  # R35: opening the page changed nothing
    assert secretary.post("/desk/calls/open-2027/open", {"revision": "1"}).status_code == 303
    clock.at += timedelta(hours=1)
    assert "Close the call now?" in secretary.get("/desk/calls/open-2027/close").text
    assert secretary.post("/desk/calls/open-2027/close", {"revision": "1"}).status_code == 409
    assert secretary.post("/desk/calls/open-2027/close", {"revision": "2"}).status_code == 303
    assert found(wired, clock).phase == "closed"


@pytest.mark.rule("R1", "R2")
def test_who_may_set_up_calls(browse: Browser, wired: Wiring) -> None:
    make_call(wired, code="open-2027")
    auditor = make_person(wired)
    make_seat(wired, auditor, Role.AUDITOR)
    administrator = make_person(wired)
    make_seat(wired, administrator, Role.ADMINISTRATOR)
    for path in ("", "/new", "/open-2027", "/open-2027/change", "/open-2027/open", "/open-2027/close"):
        assert browse().get("/desk/calls" + path).status_code == 302
        assert browse(auditor).get("/desk/calls" + path).status_code == 403
        assert browse(administrator).get("/desk/calls" + path).status_code == 200
    assert browse(administrator).get("/desk/calls/unknown").status_code == 404


@pytest.mark.rule("R12")
def test_everybody_reads_calls_in_both_zones(browse: Browser, wired: Wiring, clock: SetClock) -> None:
    make_call(wired, code="open-2027", closes_at=clock.at + timedelta(days=9), time_zone="Africa/Nairobi")
    public = browse()
    assert "Closes on 3 December 2026, 12:00 in Nairobi (UTC+3)" in public.get("/calls").text
    page = public.get("/calls/open-2027").text
    assert "12:00 in Nairobi (UTC+3)" in page
    assert "For you:" not in page
    assert "grace" not in page
    reader = browse(make_person(wired, time_zone="America/Montevideo")).get("/calls/open-2027").text
    assert "For you: 3 December 2026, 06:00 in Montevideo (UTC−3)" in reader
    assert "/proposals/new?call=open-2027" in reader
    clock.at += timedelta(days=9)
    closed = public.get("/calls/open-2027").text
    assert "It takes no more proposals" in closed
    assert "/proposals/new" not in closed
    assert "No call is open now" in public.get("/calls").text
    assert public.get("/calls/unknown").status_code == 404


def test_the_number_of_statements_does_not_grow(browse: Browser, wired: Wiring) -> None:
    visitor = browse(make_secretary(wired))
    counts = []
    for more in (1, 2):
        for _ in range(more):
            make_call(wired)
        code = make_call(wired).code
        for path in ("/calls", f"/calls/{code}", "/desk/calls", f"/desk/calls/{code}", "/desk/calls/new"):
            with statements(wired) as sent:
                assert visitor.get(path).status_code == 200
            counts.append(len(sent))
    assert counts[:5] == counts[5:]
    assert max(counts) <= 5


def test_texts_of_people_stay_texts(secretary: Visitor, browse: Browser) -> None:
    title = "<b>Bold</b> & عربي"
    assert secretary.post("/desk/calls/new", {**FORM, "title": title}).status_code == 303
    assert "&lt;b&gt;Bold&lt;/b&gt; &amp; عربي" in browse().get("/calls/open-2027").text
