"""Calls are made, changed, opened and closed by the secretariat; what proposals stand on stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.factories import actor_of, make_person, make_proposal, make_seat, make_secretary
from webapp.adapters.clocks import SetClock
from webapp.domain.calls import Terms
from webapp.domain.errors import Invalid, NotAllowed, NotFound, NotNow, Stale
from webapp.domain.people import Actor, Role
from webapp.models.calls import Call
from webapp.queries.audit import list_history
from webapp.queries.calls import CallPage, find_call, list_calls, list_open
from webapp.services.calls.change import change_call
from webapp.services.calls.create import create_call
from webapp.services.calls.opening import close_call, open_call
from webapp.wiring import Wiring


@pytest.fixture
def secretary(wired: Wiring) -> Actor:
    return actor_of(wired, make_secretary(wired))


@pytest.fixture
def terms(clock: SetClock) -> Terms:
    return Terms("Open call", "For some.", (1, 5), clock.at + timedelta(days=1), clock.at + timedelta(days=60))


def create(wired: Wiring, actor: Actor, terms: Terms, code: str = "open-2027") -> Call:
    with wired.open_work(actor) as work:
        return create_call(work, code, terms)


def change(wired: Wiring, actor: Actor, terms: Terms, revision: int = 1) -> tuple[str, ...]:
    with wired.open_work(actor) as work:
        return change_call(work, "open-2027", terms, revision=revision)


def look(wired: Wiring, clock: SetClock) -> CallPage:
    with wired.open_reading() as session:
        found = find_call(session, "open-2027", clock.at)
    assert found is not None
    return found


def events(wired: Wiring, call: int) -> list[str]:
    with wired.open_reading() as session:
        return [line.name for line in list_history(session, "call", call)]


def test_a_call_keeps_all_that_was_said(wired: Wiring, clock: SetClock, secretary: Actor, terms: Terms) -> None:
    whole = replace(terms, asks="lead_and", others=2, embargo_days=10, contacts=True, sections_off=("budget",))
    call = create(wired, secretary, whole)
    found = look(wired, clock)
    assert (found.terms, found.phase, found.in_flight) == (whole, "announced", False)
    assert events(wired, call.id) == ["CallCreated"]


@pytest.mark.rule("R1")
def test_only_those_who_manage_calls(wired: Wiring, secretary: Actor, terms: Terms) -> None:
    stranger = actor_of(wired, make_person(wired))
    auditor = make_person(wired)
    make_seat(wired, auditor, Role.AUDITOR)
    create(wired, secretary, terms)
    for actor in (stranger, actor_of(wired, auditor)):
        with pytest.raises(NotAllowed):
            create(wired, actor, terms, "another")
        with pytest.raises(NotAllowed):
            change(wired, actor, terms)


def test_a_code_is_given_once(wired: Wiring, secretary: Actor, terms: Terms) -> None:
    create(wired, secretary, terms)
    for code, problem in (("open-2027", "call_code_taken"), ("Open 2027", "call_code_unfit")):
        with pytest.raises(Invalid) as refused:
            create(wired, secretary, terms, code)
        assert [one.code for one in refused.value.problems] == [problem]


def test_a_change_says_what_is_different(wired: Wiring, clock: SetClock, secretary: Actor, terms: Terms) -> None:
    call = create(wired, secretary, terms)
    assert change(wired, secretary, terms) == ()
    assert events(wired, call.id) == ["CallCreated"]
    assert change(wired, secretary, replace(terms, title="New", articles=(5, 7))) == ("title", "articles")
    assert look(wired, clock).terms.articles == (5, 7)
    with pytest.raises(Stale):
        change(wired, secretary, terms, revision=1)
    with pytest.raises(NotFound), wired.open_work(secretary) as work:
        change_call(work, "unknown", terms, revision=1)


@pytest.mark.rule("R22", "R76")
def test_proposals_in_flight_fix_it(wired: Wiring, clock: SetClock, secretary: Actor, terms: Terms) -> None:
    call = create(wired, secretary, terms)
    make_proposal(wired, make_person(wired), call)
    assert change(wired, secretary, replace(terms, quorum=2)) == ("quorum",)  # a draft fixes nothing
    make_proposal(wired, make_person(wired), call, stage="screening", submitted_at=clock.at)
    with pytest.raises(Invalid) as refused:
        change(wired, secretary, replace(terms, quorum=1, articles=(5,)), revision=2)
    assert [(one.field, one.code) for one in refused.value.problems] == [
        ("quorum", "call_frozen"),
        ("articles", "call_frozen"),
    ]
    later = replace(terms, quorum=2, closes_at=clock.at + timedelta(days=90))
    assert change(wired, secretary, later, revision=2) == ("closes_at",)


@pytest.mark.rule("R12")
def test_opened_and_closed_at_once(wired: Wiring, clock: SetClock, secretary: Actor, terms: Terms) -> None:
    call = create(wired, secretary, terms)
    with pytest.raises(NotNow), wired.open_work(secretary) as work:
        close_call(work, "open-2027", revision=1)
    with wired.open_work(secretary) as work:
        open_call(work, "open-2027", revision=1)
    assert look(wired, clock).phase == "open"
    with pytest.raises(NotNow), wired.open_work(secretary) as work:
        open_call(work, "open-2027", revision=2)
    clock.at += timedelta(hours=1)
    with wired.open_work(secretary) as work:
        close_call(work, "open-2027", revision=2)
    assert look(wired, clock).phase == "closed"
    assert events(wired, call.id) == ["CallCreated", "CallOpened", "CallClosed"]


@pytest.mark.rule("R70")
def test_lists(wired: Wiring, clock: SetClock, secretary: Actor, terms: Terms) -> None:
    call = create(wired, secretary, terms)
    create(wired, secretary, replace(terms, opens_at=clock.at, closes_at=None), "rolling")
    create(wired, secretary, replace(terms, opens_at=clock.at, closes_at=clock.at + timedelta(days=2)), "soon")
    owner = make_person(wired)
    make_proposal(wired, owner, call)
    make_proposal(wired, owner, call, stage="screening", submitted_at=clock.at)
    with wired.open_reading() as session:
        assert [one.code for one in list_open(session, clock.at)] == ["soon", "rolling", "open-2027"]
        assert [one.code for one in list_open(session, clock.at + timedelta(days=3))] == ["open-2027", "rolling"]
        seen = {one.code: one.proposals for one in list_calls(session, secretary, clock.at)}
    assert seen == {"open-2027": 1, "rolling": 0, "soon": 0}
