"""Accounts through their pages: from a mail to a session, kept forms, invitations, nobody is told who is known."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from tests.browsing import Browser
from tests.factories import make_person, make_seat
from tests.post import run_outbox
from webapp.adapters.clocks import SetClock
from webapp.domain.people import SYSTEM, Role
from webapp.models.people import KeptForm, Person, SeatRow, SessionRow
from webapp.wiring import Wiring

PASSWORD = "six green kettles on a boat"
SIGN_UP = {"name": "Fatou Ceesay", "email": "Fatou@Demo.Example", "password": PASSWORD}


def count(wired: Wiring, table: type) -> int:
    with wired.open_reading() as session:
        return session.scalars(select(func.count()).select_from(table)).one()


def path_of(link: str) -> str:
    return link.removeprefix("http://localhost")


def test_from_signing_up_to_signed_in(browse: Browser, wired: Wiring) -> None:
    visitor = browse()
    assert visitor.post("/sign-up", SIGN_UP).location == "/sign-up/sent"
    (mail,) = run_outbox(wired)
    assert mail.to == "fatou@demo.example"
    link = path_of(mail.links[0])
    assert "Confirm" in visitor.get(link).text
    with wired.open_reading() as session:
        assert session.scalars(select(Person.confirmed_at)).one() is None  # opening changed nothing
    assert visitor.post(link).location == f"/sign-in?next={link}"
    answer = visitor.post("/sign-in", {"email": "fatou@demo.example", "password": PASSWORD})
    assert answer.location == "/proposals"
    assert visitor.post(link).location == "/proposals"
    with wired.open_reading() as session:
        assert session.scalars(select(Person.confirmed_at)).one() is not None
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert "Fatou Ceesay" in visitor.get("/account").text


def test_a_known_address_gets_the_same_words(browse: Browser, wired: Wiring) -> None:
    known = make_person(wired, email="known@demo.example")
    answer = browse().post("/sign-up", {**SIGN_UP, "email": known.email})
    assert answer.location == "/sign-up/sent"
    assert count(wired, Person) == 1
    (mail,) = run_outbox(wired)
    assert "account already" in mail.subject


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short", "15 characters or more"),
        ("aaaaaaaaaaaaaaaaaaaa", "Many people use this password"),
        ("abcdefghijklmnopqrst", "Many people use this password"),
        ("fatouceesayfatou123", "made of your name"),
        ("", "Choose a password"),
    ],
)
def test_weak_passwords(browse: Browser, wired: Wiring, password: str, words: str) -> None:
    answer = browse().post("/sign-up", {**SIGN_UP, "password": password})
    assert answer.status_code == 422
    assert words in answer.text
    assert "Fatou Ceesay" in answer.text  # the rest of the form is kept
    assert count(wired, Person) == 0


@pytest.mark.parametrize("name", ["", "x" * 300, "a\x00b", "<script>alert(1)</script>", "\u202eabc", "a\nb"])
def test_ugly_names(browse: Browser, name: str) -> None:
    answer = browse().post("/sign-up", {**SIGN_UP, "name": name})
    assert answer.status_code in (303, 422)
    assert "<script>alert" not in answer.text


def test_wrong_passwords_are_slowed_down_but_never_lock(browse: Browser, wired: Wiring, clock: SetClock) -> None:
    with wired.open_work(SYSTEM) as work:
        stored = work.ports.hasher.hash(PASSWORD)
    make_person(wired, email="fatou@demo.example", password_hash=stored)
    visitor = browse()
    wrong = {"email": "fatou@demo.example", "password": "not the right password"}
    unknown = {"email": "nobody@demo.example", "password": "not the right password"}
    assert _error(visitor.post("/sign-in", wrong).text) == _error(visitor.post("/sign-in", unknown).text)
    for _ in range(12):
        answer = visitor.post("/sign-in", wrong)
    assert answer.status_code == 429
    clock.at = clock.at.replace(hour=clock.at.hour + 1)
    assert visitor.post("/sign-in", {**wrong, "password": PASSWORD}).status_code == 303


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:a(1)"])
def test_next_stays_inside(browse: Browser, wired: Wiring, wanted: str) -> None:
    with wired.open_work(SYSTEM) as work:
        stored = work.ports.hasher.hash(PASSWORD)
    make_person(wired, email="fatou@demo.example", password_hash=stored)
    form = {"email": "fatou@demo.example", "password": PASSWORD}
    assert browse().post("/sign-in", form, query_string={"next": wanted}).location == "/proposals"


def test_a_session_ends_by_idleness(browse: Browser, wired: Wiring, clock: SetClock) -> None:
    visitor = browse(make_person(wired))
    assert visitor.get("/account").status_code == 200
    clock.at = clock.at.replace(hour=clock.at.hour + 3)
    assert visitor.get("/account").status_code == 302


@pytest.mark.rule("R5")
def test_a_form_of_an_ended_session_is_kept(browse: Browser, wired: Wiring, clock: SetClock) -> None:
    person = make_person(wired)
    visitor = browse(person)
    clock.at = clock.at.replace(hour=clock.at.hour + 3)
    form = {"name": "A new name", "language": "en", "time_zone": "UTC"}
    answer = visitor.post("/account", form)
    assert answer.status_code == 303
    assert count(wired, KeptForm) == 1
    with wired.open_reading() as session:
        assert b"A new name" not in session.scalars(select(KeptForm.sealed)).one()
    kept = answer.location.split("next=")[1].replace("%2F", "/")
    assert "A new name" in browse(person).get(kept).text
    assert browse(make_person(wired)).get(kept).status_code == 404
    for _ in range(12):
        visitor.post("/account", form)
    assert count(wired, KeptForm) == 10


def test_a_new_password_by_mail_ends_sessions(browse: Browser, wired: Wiring) -> None:
    person = make_person(wired)
    browse(person)
    visitor = browse()
    assert visitor.post("/password/forgotten", {"email": person.email}).location == "/password/sent"
    assert visitor.post("/password/forgotten", {"email": "nobody@demo.example"}).location == "/password/sent"
    (mail,) = run_outbox(wired)
    link = path_of(mail.links[0])
    assert visitor.get(link).status_code == 200
    assert count(wired, SessionRow) == 1
    assert visitor.post(link, {"password": PASSWORD}).location == "/sign-in"
    assert count(wired, SessionRow) == 0
    assert visitor.post(link, {"password": PASSWORD}).status_code == 409  # used
    assert visitor.get("/password/1-forged").status_code == 404
    assert visitor.get("/password/²-x").status_code == 404


def test_an_invited_focal_point(browse: Browser, wired: Wiring) -> None:
    secretary = make_person(wired)
    make_seat(wired, secretary, Role.SECRETARIAT)
    form = {"email": "new.focal@demo.example", "role": "focal_point", "partner": "KE"}
    assert browse(secretary).post("/desk/people/invite", form).status_code == 303
    (mail,) = run_outbox(wired)
    link = path_of(mail.links[0])
    visitor = browse()
    assert "Kenya" in visitor.get(link).text
    assert visitor.post(link, {"name": "Wanjiru Kamau", "password": PASSWORD}).status_code == 303
    with wired.open_reading() as session:
        (role,) = session.scalars(
            select(SeatRow.role).join(Person, Person.id == SeatRow.person_id).where(Person.name == "Wanjiru Kamau")
        )
    assert role == "focal_point"


@pytest.mark.rule("R1")
@pytest.mark.parametrize("role", ["secretariat", "administrator", "auditor", "reviewer"])
def test_a_focal_point_hands_out_only_their_partners_seats(browse: Browser, wired: Wiring, role: str) -> None:
    focal = make_person(wired)
    make_seat(wired, focal, Role.FOCAL_POINT, partner="KE")
    form = {"email": "friend@demo.example", "role": role, "partner": "KE", "call": ""}
    assert browse(focal).post("/desk/people/invite", form).status_code in (403, 404, 409, 422)
    other = {"email": "friend@demo.example", "role": "focal_point", "partner": "GM"}
    assert browse(focal).post("/desk/people/invite", other).status_code == 403
    own = {"email": "friend@demo.example", "role": "deputy", "partner": "KE"}
    assert browse(focal).post("/desk/people/invite", own).status_code == 303


def test_ending_a_seat_ends_sessions(browse: Browser, wired: Wiring) -> None:
    secretary, other = make_person(wired), make_person(wired)
    make_seat(wired, secretary, Role.SECRETARIAT)
    seat = make_seat(wired, other, Role.SECRETARIAT)
    theirs = browse(other)
    assert theirs.get("/desk/people").status_code == 200
    assert browse(secretary).post(f"/desk/people/seats/{seat.id}/end").status_code == 303
    assert theirs.get("/desk/people").status_code == 302


def _error(page: str) -> str:
    _before, mark, after = page.partition('class="error"')
    return after.partition("</p>")[0] if mark else page


@pytest.mark.parametrize(
    ("role", "scope", "offered"),
    [
        (Role.ADMINISTRATOR, {"initiative_id": None}, set(Role)),
        (Role.SECRETARIAT, {}, set(Role) - {Role.ADMINISTRATOR}),
        (Role.FOCAL_POINT, {"partner": "KE"}, {Role.FOCAL_POINT, Role.DEPUTY}),
    ],
)
def test_only_roles_that_the_person_may_hand_out_are_offered(
    browse: Browser, wired: Wiring, role: Role, scope: dict[str, object], offered: set[Role]
) -> None:
    person = make_person(wired)
    make_seat(wired, person, role, **scope)
    page = browse(person).get("/desk/people/invite").text
    assert {each for each in Role if f'value="{each}"' in page} == offered
