"""What keeps an account its owner's: mailed links, throttles, addresses that somebody else signed up with."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.browsing import Browser, Visitor
from tests.counting import statements
from tests.factories import make_person, make_seat
from tests.post import run_outbox
from webapp.adapters.clocks import SetClock
from webapp.domain.people import SYSTEM, Role
from webapp.models.people import MailedLink, Person
from webapp.services.people.throttle import network_of
from webapp.wiring import Wiring

PASSWORD = "six green kettles on a boat"
THEIRS = "the other side knows this one"
SIGN_UP = {"name": "Fatou Ceesay", "email": "fatou@demo.example", "password": PASSWORD}


def confirmed(wired: Wiring, email: str) -> bool:
    with wired.open_reading() as session:
        return session.scalars(select(Person.confirmed_at).where(Person.email == email)).one() is not None


def sign_in(visitor: Visitor, password: str, **options: str) -> int:
    form = {"email": SIGN_UP["email"], "password": password}
    return visitor.post("/sign-in", form, environ_base={"REMOTE_ADDR": options.get("at", "192.0.2.1")}).status_code


def with_password(wired: Wiring, password: str, **given: str) -> Person:
    with wired.open_work(SYSTEM) as work:
        stored = work.ports.hasher.hash(password)
    return make_person(wired, password_hash=stored, **given)


@pytest.mark.rule("R35")
def test_looking_at_a_mailed_link_changes_nothing(browse: Browser, wired: Wiring) -> None:
    visitor = browse()
    visitor.post("/sign-up", SIGN_UP)
    (mail,) = run_outbox(wired)
    link = mail.links[0].removeprefix("http://localhost")
    sign_in(visitor, PASSWORD)
    assert visitor.client.head(link).status_code == 200
    assert not confirmed(wired, SIGN_UP["email"])


def test_an_address_is_confirmed_only_by_who_knows_its_password(browse: Browser, wired: Wiring) -> None:
    """Somebody signs up with another's address and waits; its owner presses the button in the mail."""
    browse().post("/sign-up", {**SIGN_UP, "password": THEIRS})
    browse().post("/sign-up", SIGN_UP)
    link = run_outbox(wired)[-1].links[0].removeprefix("http://localhost")
    owner = browse()
    assert "Sign in as fatou@demo.example" in owner.get(link).text
    assert owner.post(link).location == f"/sign-in?next={link}"
    other = browse(make_person(wired))
    assert other.post(link).status_code == 403
    assert not confirmed(wired, SIGN_UP["email"])


def test_wrong_old_passwords_are_counted(browse: Browser, wired: Wiring) -> None:
    person = with_password(wired, PASSWORD)
    visitor = browse(person)
    wrong = {"old_password": "not the right password", "password": "seven blue kettles on a raft"}
    answers = [visitor.post("/account/password", wrong).status_code for _ in range(12)]
    assert answers == [422] * 10 + [409] * 2
    assert visitor.post("/account/password", {**wrong, "old_password": PASSWORD}).status_code == 409


def test_who_guesses_from_elsewhere_keeps_nobody_out(browse: Browser, wired: Wiring) -> None:
    with_password(wired, PASSWORD, email=SIGN_UP["email"])
    visitor = browse()
    guesses = [sign_in(visitor, f"guess {number} of a stranger", at="198.51.100.7") for number in range(11)]
    assert guesses[-1] == 429
    assert sign_in(visitor, PASSWORD, at="192.0.2.1") == 303


def test_guesses_from_everywhere_are_slowed_down_together(browse: Browser, wired: Wiring) -> None:
    with_password(wired, PASSWORD, email=SIGN_UP["email"])
    visitor = browse()
    for network in range(12):
        for number in range(9):
            sign_in(visitor, f"guess {number} of a stranger", at=f"198.51.{network}.7")
    assert sign_in(visitor, "one guess more of a stranger", at="198.51.3.7") == 429
    assert sign_in(visitor, PASSWORD, at="192.0.2.1") == 303


def test_a_network_makes_only_so_many_accounts_and_asks_for_so_many_links(browse: Browser) -> None:
    visitor = browse()
    for path, form in (("/sign-up", SIGN_UP), ("/password/forgotten", {"email": ""})):
        answers = [
            visitor.post(path, {**form, "email": f"person.{number}@demo.example"}).status_code for number in range(102)
        ]
        assert answers[-1] == 409, path
        assert answers[:100] == [303] * 100, path


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_a_network_of_the_new_addresses_is_counted_as_one(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.rule("R1")
def test_the_secretariat_keeps_no_administrator_out(browse: Browser, wired: Wiring) -> None:
    secretary, admin = make_person(wired), make_person(wired)
    make_seat(wired, secretary, Role.SECRETARIAT)
    make_seat(wired, admin, Role.ADMINISTRATOR, initiative_id=None)
    answer = browse(secretary).post(f"/desk/people/{admin.id}/disable", {"disabled": "1"})
    assert answer.status_code == 409
    assert browse(admin).get("/desk/people").status_code == 200


@pytest.mark.parametrize(
    "path", ["/desk/people?page=99999999999999999999", "/desk/people/99999999999999999999", "/desk/people?page=-7"]
)
def test_numbers_that_no_row_has(browse: Browser, wired: Wiring, path: str) -> None:
    secretary = make_person(wired)
    make_seat(wired, secretary, Role.SECRETARIAT)
    assert browse(secretary).get(path).status_code in (200, 404)


@pytest.mark.parametrize(
    ("shared", "step", "minutes"), [("", 25, 12 * 60), ("y", 15, 2 * 60), ("", 121, 121), ("y", 21, 21)]
)
def test_a_session_on_a_shared_computer_ends_sooner(
    browse: Browser, wired: Wiring, clock: SetClock, shared: str, step: int, minutes: int
) -> None:
    """Without a pause in all; or with one pause that is too long."""
    owner = with_password(wired, PASSWORD)
    visitor = browse()
    visitor.post("/sign-in", {"email": owner.email, "password": PASSWORD, "shared": shared})
    began = clock.at
    while visitor.get("/account").status_code == 200:
        assert clock.at - began < timedelta(hours=13)
        clock.at += timedelta(minutes=step)
    assert timedelta(0) <= clock.at - began - timedelta(minutes=minutes) < timedelta(minutes=step)


def test_nothing_is_kept_in_the_browser_of_a_shared_computer(browse: Browser, wired: Wiring) -> None:
    owner = with_password(wired, PASSWORD)
    for shared in ("", "y"):
        visitor = browse()
        answer = visitor.post("/sign-in", {"email": owner.email, "password": PASSWORD, "shared": shared})
        cookie = answer.headers["Set-Cookie"]
        assert "Expires" not in cookie and "Max-Age" not in cookie
        assert ("data-shared" in visitor.get("/account").text) is bool(shared)


def test_a_reset_is_asked_for_by_the_same_statements_for_every_address(browse: Browser, wired: Wiring) -> None:
    known = make_person(wired)
    browse().post("/password/forgotten", {"email": "first@demo.example"})  # what is asked once a process
    sent = []
    for email in (known.email, "nobody@demo.example"):
        with statements(wired) as asked:
            browse().post("/password/forgotten", {"email": email})
        sent.append(asked)
    assert sent[0] == sent[1]
    (mail,) = run_outbox(wired)
    assert mail.to == known.email
    with wired.open_reading() as session:
        assert session.scalars(select(func.count(MailedLink.id))).one() == 1
