"""Signing in with a second factor; adding and losing one; showing once more who one is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.browsing import Browser, Visitor
from tests.factories import actor_of, make_person, make_seat, make_secretary
from tests.post import run_outbox
from webapp.adapters.clocks import SetClock
from webapp.domain.errors import NotNow
from webapp.domain.factors import code_at, step_of
from webapp.domain.people import SYSTEM, Role
from webapp.models.audit import EventRow
from webapp.models.factors import CodeApp, RecoveryCode
from webapp.models.people import Person, SessionRow
from webapp.pages.people.devices import device_words
from webapp.services.people.factors.clearing import clear_factors
from webapp.services.people.factors.code_app import begin_code_app, confirm_code_app, open_secret
from webapp.services.people.factors.recovery_codes import make_codes
from webapp.wiring import Wiring

PASSWORD = "six green kettles on a boat"
Code = Callable[[], str]


def with_password(wired: Wiring, **given: str) -> Person:
    with wired.open_work(SYSTEM) as work:
        stored = work.ports.hasher.hash(PASSWORD)
    return make_person(wired, password_hash=stored, **given)


def current_code(wired: Wiring, person: Person, clock: SetClock) -> str:
    """What the person's app shows at the clock's time."""
    with wired.open_work(SYSTEM) as work:
        app = work.session.get_one(CodeApp, person.id)
        return code_at(open_secret(work, app), step_of(clock.at))


def enrol(wired: Wiring, person: Person, clock: SetClock) -> None:
    """Add a code app, as the page does."""
    who = actor_of(wired, person)
    with wired.open_work(who) as work:
        begin_code_app(work)
    with wired.open_work(who) as work:
        assert confirm_code_app(work, current_code(wired, person, clock), keep_token="")
    clock.at += timedelta(minutes=1)


def sign_in(visitor: Visitor, person: Person, **options: str) -> str:
    form = {"email": person.email, "password": PASSWORD}
    return visitor.post("/sign-in", form, environ_base={"REMOTE_ADDR": options.get("at", "192.0.2.1")}).location or ""


def events(wired: Wiring, person: Person) -> list[str]:
    with wired.open_reading() as session:
        found = select(EventRow.name).where(EventRow.subject_kind == "person", EventRow.subject_id == person.id)
        return list(session.scalars(found.order_by(EventRow.number)))


def require_factors(web: Flask, wired: Wiring) -> None:
    """As an installation that is no demonstration."""
    limits = replace(wired.rules.limits, second_factor_required=True)
    web.extensions["desk"] = replace(wired, rules=replace(wired.rules, limits=limits))


def test_a_code_app_is_added_and_asked_for(browse: Browser, wired: Wiring, clock: SetClock) -> None:
    person = with_password(wired, email="fatou@demo.example")
    visitor = browse(person)
    other = browse(person)
    assert visitor.post("/account/security/code-app/begin").location == "/account/security/code-app"
    page = visitor.get("/account/security/code-app").text
    assert "data:image/svg+xml" in page
    assert visitor.post("/account/security/code-app", {"code": "000000"}).status_code == 422
    done = visitor.post("/account/security/code-app", {"code": current_code(wired, person, clock)})
    assert done.location == "/account/security/recovery-codes"
    assert other.get("/account").status_code == 302  # its session is ended
    assert visitor.get("/account/security").status_code == 200
    (mail,) = run_outbox(wired)
    assert (mail.to, mail.subject) == (person.email, "A code app was added to your account")
    clock.at += timedelta(minutes=1)
    fresh = browse()
    assert sign_in(fresh, person) == "/sign-in/second"
    assert fresh.get("/account").status_code == 302  # the password alone signs nobody in
    assert fresh.get("/sign-in/second").status_code == 200
    assert fresh.post("/sign-in/second", {"code": "000000"}).status_code == 422
    assert fresh.post("/sign-in/second", {"code": current_code(wired, person, clock)}).location == "/proposals"
    assert fresh.get("/account").status_code == 200


def test_a_code_is_taken_once(browse: Browser, wired: Wiring, clock: SetClock) -> None:
    person = with_password(wired)
    enrol(wired, person, clock)
    code = current_code(wired, person, clock)
    first, second = browse(), browse()
    sign_in(first, person)
    sign_in(second, person)
    assert first.post("/sign-in/second", {"code": code}).status_code == 303
    assert second.post("/sign-in/second", {"code": code}).status_code == 422


def test_recovery_codes_let_in_once_each(browse: Browser, wired: Wiring, clock: SetClock) -> None:
    person = with_password(wired)
    enrol(wired, person, clock)
    visitor = browse(person)
    codes = re.findall(r"<li><code>([^<]+)</code>", visitor.post("/account/security/recovery-codes").text)
    assert len(set(codes)) == 10
    assert not re.findall(r"<li><code>", visitor.get("/account/security/recovery-codes").text)
    with wired.open_reading() as session:
        stored = session.scalars(select(RecoveryCode.code_hash)).all()
    assert all(code.encode() not in digest for code in codes for digest in stored)
    run_outbox(wired)
    first, second = browse(), browse()
    sign_in(first, person)
    assert first.post("/sign-in/second", {"code": codes[3].upper()}).status_code == 303
    (mail,) = run_outbox(wired)
    assert "Codes that are left: 9" in mail.text
    sign_in(second, person)
    assert second.post("/sign-in/second", {"code": codes[3]}).status_code == 422


def test_wrong_codes_ask_for_the_password_again_and_lock_nobody_out(
    browse: Browser, wired: Wiring, clock: SetClock
) -> None:
    person = with_password(wired)
    enrol(wired, person, clock)
    thief = browse()
    for _round in range(2):
        sign_in(thief, person, at="198.51.100.7")
        for _try in range(5):
            answer = thief.post("/sign-in/second", {"code": "000000"}, environ_base={"REMOTE_ADDR": "198.51.100.7"})
        assert answer.location == "/sign-in"
    assert events(wired, person).count("SecondFactorRefused") == 2
    sign_in(thief, person, at="198.51.100.7")
    late = thief.post("/sign-in/second", {"code": "000000"}, environ_base={"REMOTE_ADDR": "198.51.100.7"})
    assert late.status_code == 429
    owner = browse()
    sign_in(owner, person)
    assert owner.post("/sign-in/second", {"code": current_code(wired, person, clock)}).status_code == 303


def test_a_password_waits_ten_minutes(browse: Browser, wired: Wiring, clock: SetClock) -> None:
    person = with_password(wired)
    enrol(wired, person, clock)
    visitor = browse()
    sign_in(visitor, person)
    clock.at += timedelta(minutes=11)
    code = current_code(wired, person, clock)
    assert visitor.post("/sign-in/second", {"code": code}).location == "/sign-in"
    assert browse().get("/sign-in/second").location == "/sign-in"


def test_a_session_that_waits_is_listed_nowhere(browse: Browser, wired: Wiring, clock: SetClock) -> None:
    person = with_password(wired)
    enrol(wired, person, clock)
    sign_in(browse(), person)
    assert "End all other sessions" not in browse(person).get("/account/security").text


@pytest.mark.rule("R1")
def test_seats_wait_for_a_second_factor_where_it_is_required(
    web: Flask, browse: Browser, wired: Wiring, clock: SetClock
) -> None:
    require_factors(web, wired)
    secretary, focal = make_secretary(wired), make_person(wired)
    make_seat(wired, focal, Role.FOCAL_POINT, partner="KE")
    staff = browse(secretary)
    for page in ("/desk", "/desk/people", "/proposals"):
        answer = staff.get(page)
        assert (answer.status_code in (302, 303), answer.location) in ((True, "/account/security"), (False, None))
    assert staff.get("/desk").location == "/account/security"
    assert "Your seat asks for a second factor" in staff.get("/account/security").text
    assert browse(focal).get("/endorsements").status_code == 200
    enrol(wired, secretary, clock)
    assert browse(secretary).get("/desk").status_code == 200


def test_who_needs_a_factor_keeps_one(web: Flask, browse: Browser, wired: Wiring, clock: SetClock) -> None:
    require_factors(web, wired)
    secretary, other = make_secretary(wired), make_person(wired)
    for person in (secretary, other):
        enrol(wired, person, clock)
    refused = browse(secretary).post("/account/security/code-app/remove")
    assert refused.status_code == 409
    assert "Add another one first" in refused.text
    assert browse(other).post("/account/security/code-app/remove").status_code == 303
    assert events(wired, other)[-1] == "CodeAppRemoved"


def test_dangerous_things_ask_once_more_who_it_is(browse: Browser, wired: Wiring, clock: SetClock) -> None:
    secretary = make_secretary(wired)
    with wired.open_work(SYSTEM) as work:
        hashed = work.ports.hasher.hash(PASSWORD)
        work.session.execute(update(Person).where(Person.id == secretary.id).values(password_hash=hashed))
    staff = browse(secretary)
    assert staff.get("/desk/people/invite").status_code == 200
    clock.at += timedelta(minutes=16)
    assert staff.get("/desk/people/invite").location == "/account/step-up?next=/desk/people/invite"
    form = {"email": "new@demo.example", "role": "secretariat"}
    asked = staff.post("/desk/people/invite", form).location or ""
    assert asked.startswith("/account/step-up?next=/kept/")
    assert staff.post(asked, {"password": "not this one at all"}).status_code == 422
    kept = staff.post(asked, {"password": PASSWORD}).location or ""
    assert "new@demo.example" in staff.get(kept).text
    assert staff.post("/desk/people/invite", form).status_code == 303


def test_stepping_up_wants_the_second_factor_of_who_has_one(browse: Browser, wired: Wiring, clock: SetClock) -> None:
    person = with_password(wired)
    enrol(wired, person, clock)
    visitor = browse(person)
    clock.at += timedelta(minutes=16)
    assert (visitor.get("/account/address").location or "").startswith("/account/step-up")
    assert visitor.post("/account/step-up", {"password": PASSWORD}).status_code == 422
    for _try in range(5):
        last = visitor.post("/account/step-up", {"code": "000000"})
    assert last.location == "/sign-in?next=/account/security"
    assert visitor.get("/account").status_code == 302  # five wrong tries end this session
    again = browse(person)
    code = current_code(wired, person, clock)
    assert again.post("/account/step-up", {"code": code}).location == "/account/security"


def test_an_administrator_helps_who_has_lost_all(browse: Browser, wired: Wiring, clock: SetClock) -> None:
    person, admin, secretary = with_password(wired), make_person(wired), make_secretary(wired)
    make_seat(wired, admin, Role.ADMINISTRATOR, initiative_id=None)
    enrol(wired, person, clock)
    with wired.open_work(actor_of(wired, person)) as work:
        make_codes(work)
    page = f"/desk/people/{person.id}"
    assert "Remove the second factors" not in browse(secretary).get(page).text
    assert browse(secretary).post(f"{page}/factors/clear").status_code == 409
    assert "Remove the second factors" in browse(admin).get(page).text
    run_outbox(wired)
    assert browse(admin).post(f"{page}/factors/clear").status_code == 303
    assert [mail.to for mail in run_outbox(wired)] == [person.email]
    assert sign_in(browse(), person) == "/proposals"
    enrol(wired, admin, clock)
    with pytest.raises(NotNow), wired.open_work(actor_of(wired, admin)) as work:
        clear_factors(work, admin.id)


def test_all_other_sessions_end_at_once(browse: Browser, wired: Wiring) -> None:
    person = make_person(wired)
    here, there, third = browse(person), browse(person), browse(person)
    assert "End all other sessions" in here.get("/account/security").text
    assert here.post("/account/sessions/end").location == "/account/security"
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == third.get("/account").status_code == 302
    with wired.open_reading() as session:
        assert len(session.scalars(select(SessionRow.id)).all()) == 1


def test_the_secret_is_sealed_and_bound_to_its_person(wired: Wiring, clock: SetClock) -> None:
    first, second = make_person(wired), make_person(wired)
    for person in (first, second):
        enrol(wired, person, clock)
    with wired.open_work(SYSTEM) as work:
        one, two = work.session.get_one(CodeApp, first.id), work.session.get_one(CodeApp, second.id)
        secret = open_secret(work, one)
        assert secret not in one.sealed_secret
        one.sealed_secret = two.sealed_secret
        with pytest.raises(Exception, match="has_problems"):
            open_secret(work, one)
        work.session.rollback()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome on Linux"),
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 SamsungBrowser/26.0 Chrome/122.0",
            "Samsung Internet on Android",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iPhone"),
        ("curl/8.0", "A browser"),
    ],
)
def test_browsers_are_named_as_people_call_them(app: Flask, said: str, words: str) -> None:
    with app.test_request_context():
        assert device_words(said) == words


@pytest.mark.parametrize(
    "path", ["/desk/people/invite", "/account/address", "/account/security/passkeys", "/partners/KE/deputies/1"]
)
def test_pages_that_ask_once_more(browse: Browser, wired: Wiring, clock: SetClock, path: str) -> None:
    focal = make_person(wired)
    make_seat(wired, focal, Role.FOCAL_POINT, partner="KE")
    visitor = browse(focal)
    assert visitor.get(path).status_code in (200, 404)
    clock.at += timedelta(minutes=16)
    assert visitor.get(path).location == f"/account/step-up?next={path}"
