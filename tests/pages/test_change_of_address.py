"""A new address: confirmed from the new one, told to the old one, undone from there for some days."""

from __future__ import annotations

from datetime import timedelta

from tests.browsing import Browser
from tests.factories import make_person
from tests.post import Sent, run_outbox
from webapp.adapters.clocks import SetClock
from webapp.domain.people import SYSTEM
from webapp.models.people import Person
from webapp.wiring import Wiring

PASSWORD = "six green kettles on a boat"
OLD, NEW = "old@demo.example", "new@demo.example"


def make(wired: Wiring) -> Person:
    with wired.open_work(SYSTEM) as work:
        stored = work.ports.hasher.hash(PASSWORD)
    return make_person(wired, email=OLD, password_hash=stored)


def email_of(wired: Wiring, person: Person) -> str:
    with wired.open_reading() as session:
        return session.get_one(Person, person.id).email


def link_in(mails: list[Sent], to: str, subject: str) -> str:
    (mail,) = [mail for mail in mails if mail.to == to and mail.subject == subject]
    return mail.links[0].removeprefix("http://localhost")


def change(browse: Browser, wired: Wiring, person: Person) -> list[Sent]:
    """Ask and confirm; the mails that the confirmation sends."""
    visitor = browse(person)
    assert visitor.post("/account/address", {"email": f" {NEW.upper()} "}).status_code == 303
    asked = run_outbox(wired)
    assert {mail.to for mail in asked} == {OLD, NEW}
    link = link_in(asked, NEW, "Confirm your new address")
    assert visitor.get(link).status_code == 200
    assert email_of(wired, person) == OLD
    assert visitor.post(link).location == "/account/security"
    assert email_of(wired, person) == NEW
    return run_outbox(wired)


def test_confirmed_from_the_new_address(browse: Browser, wired: Wiring) -> None:
    person = make(wired)
    told = change(browse, wired, person)
    assert {(mail.to, mail.subject) for mail in told} == {
        (NEW, "Your address is changed"),
        (OLD, "The address of your account was changed"),
    }
    assert browse().post("/sign-in", {"email": NEW, "password": PASSWORD}).location == "/proposals"
    assert browse().post("/sign-in", {"email": OLD, "password": PASSWORD}).status_code == 422


def test_only_the_account_s_person_confirms(browse: Browser, wired: Wiring) -> None:
    person = make(wired)
    browse(person).post("/account/address", {"email": NEW})
    link = link_in(run_outbox(wired), NEW, "Confirm your new address")
    assert (browse().get(link).location or "").startswith("/sign-in")
    other = browse(make_person(wired))
    assert "This link is for another account" in other.get(link).text
    assert other.post(link).status_code == 403
    assert email_of(wired, person) == OLD


def test_undone_from_the_old_address(browse: Browser, wired: Wiring) -> None:
    """Somebody took the account over and changed its address: its owner has it back, and they are out."""
    person = make(wired)
    thief = browse(person)
    link = link_in(change(browse, wired, person), OLD, "The address of your account was changed")
    owner = browse()
    assert owner.get(link).status_code == 200
    assert owner.post(link, {"email": ""}).status_code == 422
    assert owner.post(link, {"email": NEW}).status_code == 422  # a program that presses buttons does nothing
    assert email_of(wired, person) == NEW
    assert owner.post(link, {"email": OLD}).location == "/sign-in"
    assert email_of(wired, person) == OLD
    assert thief.get("/account").status_code == 302
    assert browse().post("/sign-in", {"email": OLD, "password": PASSWORD}).status_code == 422
    subjects = {(mail.to, mail.subject) for mail in run_outbox(wired)}
    assert (OLD, "Your account has its old address back") in subjects
    assert owner.get(link).status_code == 409


def test_it_can_be_undone_for_seven_days(browse: Browser, wired: Wiring, clock: SetClock) -> None:
    person = make(wired)
    link = link_in(change(browse, wired, person), OLD, "The address of your account was changed")
    clock.at += timedelta(days=7, minutes=1)
    assert browse().post(link, {"email": OLD}).status_code == 409
    assert email_of(wired, person) == NEW


def test_nobody_takes_the_old_address_meanwhile(browse: Browser, wired: Wiring) -> None:
    person = make(wired)
    link = link_in(change(browse, wired, person), OLD, "The address of your account was changed")
    form = {"name": "Somebody", "email": OLD, "password": "the other side knows this one"}
    assert browse().post("/sign-up", form).location == "/sign-up/sent"
    second = make_person(wired)
    browse(second).post("/account/address", {"email": OLD})
    assert [mail.to for mail in run_outbox(wired)] == [second.email]
    assert browse().post(link, {"email": OLD}).status_code == 303
    assert email_of(wired, person) == OLD


def test_an_address_that_has_an_account_is_told_and_not_given(browse: Browser, wired: Wiring) -> None:
    person, other = make(wired), make_person(wired, email=NEW)
    answer = browse(person).post("/account/address", {"email": NEW})
    assert answer.location == "/account/security"
    mails = {mail.to: mail.subject for mail in run_outbox(wired)}
    assert set(mails) == {OLD, other.email}
    assert "Confirm your new address" not in mails.values()


def test_the_same_address_is_no_change(browse: Browser, wired: Wiring) -> None:
    assert browse(make(wired)).post("/account/address", {"email": OLD}).status_code == 422
