"""Sealed calls: nobody reads a proposal before the call has closed; opening early is an event with a reason (R77)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.browsing import Browser
from tests.drafting import make_draft
from tests.factories import actor_of, make_call, make_person, make_seat, make_secretary
from tests.post import fire_timers, run_outbox
from webapp.adapters.clocks import SetClock
from webapp.domain.errors import Invalid, NotNow
from webapp.domain.people import Actor, Role
from webapp.models.audit import EventRow
from webapp.models.calls import Call
from webapp.models.people import Person
from webapp.models.proposals import Proposal
from webapp.queries.access import visible_to
from webapp.queries.calls import read_terms
from webapp.services.calls.change import change_call
from webapp.services.calls.opening import close_call
from webapp.services.calls.sealing import unseal_early
from webapp.services.proposals.submit import submit
from webapp.wiring import Wiring

pytestmark = pytest.mark.rule("R77")
CLOSES = datetime(2026, 12, 20, 15, 0, tzinfo=UTC)


@pytest.fixture
def call(wired: Wiring) -> Call:
    return make_call(wired, closes_at=CLOSES, publication={"sealed": True})


@pytest.fixture
def secretary(wired: Wiring) -> Person:
    return make_secretary(wired)


@pytest.fixture
def owner(wired: Wiring) -> Person:
    return make_person(wired)


@pytest.fixture
def reference(wired: Wiring, owner: Person, call: Call, secretary: Person) -> str:
    reference = make_draft(wired, actor_of(wired, owner), call.code)
    with wired.open_work(actor_of(wired, owner)) as work:
        submit(work, reference)
    return reference


def readers(wired: Wiring, secretary: Person) -> list[Person]:
    auditor, point = make_person(wired), make_person(wired)
    make_seat(wired, auditor, Role.AUDITOR)
    make_seat(wired, point, Role.FOCAL_POINT, partner="KE")
    return [secretary, auditor, point]


def seen(wired: Wiring, actor: Actor) -> list[str]:
    with wired.open_reading() as session:
        return list(session.scalars(select(Proposal.reference).where(visible_to(actor))))


def told(wired: Wiring, name: str) -> list[dict[str, Any]]:
    with wired.open_reading() as session:
        return [row.payload for row in session.scalars(select(EventRow).where(EventRow.name == name))]


def test_nobody_reads_before_closing_and_no_mail_names_it(
    wired: Wiring, browse: Browser, owner: Person, secretary: Person, reference: str
) -> None:
    mails = run_outbox(wired)
    assert {mail.to for mail in mails} == {owner.email}  # the receipt alone
    for person in readers(wired, secretary):
        assert seen(wired, actor_of(wired, person)) == []
        for path in (
            f"/proposals/{reference}",
            f"/desk/proposals/{reference}",
            f"/desk/proposals/{reference}/screening",
        ):
            assert browse(person).get(path).status_code in (403, 404)
    assert browse(secretary).get(f"/desk/proposals/{reference}").status_code == 404
    assert reference not in browse(secretary).get("/desk/proposals").text
    assert browse(owner).get(f"/proposals/{reference}").status_code == 200


@pytest.mark.rule("R51")
def test_it_opens_when_the_last_that_counts_can_be_in(
    wired: Wiring, browse: Browser, secretary: Person, reference: str, clock: SetClock
) -> None:
    run_outbox(wired)
    clock.at = CLOSES + timedelta(minutes=14)
    fire_timers(wired)
    assert seen(wired, actor_of(wired, secretary)) == []
    clock.at = CLOSES + timedelta(minutes=15)
    fire_timers(wired)
    assert browse(secretary).get(f"/desk/proposals/{reference}").status_code == 200
    assert any(mail.to == secretary.email and "can be read" in mail.subject for mail in run_outbox(wired))
    with wired.open_reading() as session:
        due_at = session.scalars(select(Proposal.due_at)).one()
    assert due_at is not None and due_at > clock.at + timedelta(days=10)  # the desk's ten working days begin now
    fire_timers(wired)
    assert len(told(wired, "CallUnsealed")) == 1


def test_the_seal_follows_the_closing(
    wired: Wiring, call: Call, secretary: Person, reference: str, clock: SetClock
) -> None:
    actor = actor_of(wired, secretary)
    with wired.open_work(actor) as work:
        row = work.session.get_one(Call, call.id)
        terms = replace(read_terms(row, range(1, 21)), closes_at=CLOSES + timedelta(days=3))
        change_call(work, call.code, terms, revision=row.revision)
    clock.at = CLOSES + timedelta(days=1)
    fire_timers(wired)
    assert seen(wired, actor) == []
    with wired.open_work(actor) as work:
        close_call(work, call.code, revision=2)
    clock.at += timedelta(minutes=15)
    fire_timers(wired)
    assert seen(wired, actor) == [reference]


def test_opening_early_asks_for_a_reason_and_stays_on_record(
    wired: Wiring, browse: Browser, call: Call, owner: Person, secretary: Person, reference: str
) -> None:
    path = f"/desk/calls/{call.code}/unseal"
    visitor = browse(secretary)
    assert visitor.get(path).status_code == 200
    assert visitor.post(path, {"reason": " ", "revision": "1"}).status_code == 422
    assert seen(wired, actor_of(wired, secretary)) == []
    assert browse(owner).post(path, {"reason": "Mine", "revision": "1"}).status_code in (403, 404)
    assert visitor.post(path, {"reason": "The minister asks.", "revision": "1"}).status_code == 303
    assert seen(wired, actor_of(wired, secretary)) == [reference]
    (payload,) = told(wired, "CallUnsealedEarly")
    assert (payload["reason"], payload["proposals"]) == ("The minister asks.", 1)
    assert "The minister asks." in visitor.get(f"/desk/calls/{call.code}").text
    with pytest.raises(NotNow), wired.open_work(actor_of(wired, secretary)) as work:
        unseal_early(work, call.code, "Again", revision=2)
    # What comes in afterwards is not sealed any more.
    other = make_draft(wired, actor_of(wired, owner), call.code)
    with wired.open_work(actor_of(wired, owner)) as work:
        submit(work, other)
    assert set(seen(wired, actor_of(wired, secretary))) == {reference, other}


def test_a_sealed_call_must_close_and_stays_sealed(
    wired: Wiring, call: Call, secretary: Person, reference: str
) -> None:
    with wired.open_work(actor_of(wired, secretary)) as work:
        row = work.session.get_one(Call, call.id)
        terms = read_terms(row, range(1, 21))
        for changed in (replace(terms, sealed=False), replace(terms, closes_at=None)):
            with pytest.raises(Invalid):
                change_call(work, call.code, changed, revision=row.revision)
