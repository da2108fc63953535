"""Every form of the product, fed with what no form expects: never a fault, and what was typed is still there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus, urlsplit

import pytest
from flask import Flask
from html5lib.html5parser import ParseError
from sqlalchemy import Connection
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from tests.browsing import Browser, Visitor, strictly
from tests.factories import make_person, make_secretary
from tests.forms_seen import SeenForm, SeenPage, read_page
from tests.pages.test_policy_table import fill
from tests.policy_table import TABLE
from tests.scenes import Scene, make_scene
from webapp.adapters.clocks import SetClock
from webapp.pages.shared.guard import SESSION_COOKIE
from webapp.wiring import Wiring

POISONS: dict[str, bytes] = {
    "nothing": b"",
    "100,000 characters": b"x" * 100_000,
    "words": b"twelve",
    "control characters": quote("a\x01\x0b\x1b\x7fz").encode(),
    "NUL": b"a%00z",
    "HTML": quote_plus("<script>alert(1)</script>\"'>").encode(),
    "right to left": quote("\u202eabc \u0645\u0631\u062d\u0628\u0627 \u2067").encode(),
    "half a pair": b"a%ED%A0%80z",
    "bytes that are no UTF-8": b"%FF%FE%C3%28",
    "a huge number": b"9" * 40,
    "a number below nought": b"-1",
    "figures that are no digits": quote("²½٣").encode(),
}
# Fed to one field at a time, the others as they stand: the rest must come back.
SINGLE = ("control characters",)
# Those that could break a page which shows them again.
SHOWN = ("control characters", "HTML", "right to left")
PER_PLACE = 3
# At least so many forms are met by walking; a scene that leads nowhere would prove nothing.
FORMS_MET = 60
# What the verbs behind the forms read, and what is put there.
FORGED = (
    "act", "answer", "base_version", "call", "code", "condition_due", "copy_of", "designation", "disabled", "email",
    "form_key", "hash", "id", "in_place_of", "language", "name", "next", "outcome", "partner", "passkey", "password",
    "person_id", "reason", "reference", "revision", "role", "step", "text", "then", "up_to", "version", "word",
)  # fmt: skip
FORGERIES = ("NUL", "half a pair", "a huge number")
URLENCODED = "application/x-www-form-urlencoded"
KEPT_PARTS = ("section", "kind", "word", "move_id")


@dataclass
class Walk:
    """One person's way through the product: the pages seen, the forms found."""

    app: Flask
    visitor: Visitor
    places: Counter[tuple[str, ...]]
    wrong: list[str]
    seen: set[str] = field(default_factory=set)

    def place(self, path: str, method: str) -> tuple[str, ...]:
        """The route that the address belongs to, with those parts that name a kind of page."""
        try:
            rule, parts = self.app.url_map.bind("localhost").match(urlsplit(path).path, method, return_rule=True)
        except HTTPException:
            return ()
        return (rule.rule, *(str(parts[name]) for name in KEPT_PARTS if name in parts))

    def pages(self, starts: list[str]) -> Iterator[SeenPage]:
        """Each page that the person comes to from these addresses; one that is no good is noted."""
        ahead = list(starts)
        while ahead:
            path = ahead.pop(0)
            if path in self.seen or not path.startswith("/") or (path not in starts and self._often(path)):
                continue
            self.seen.add(path)
            answer = self.visitor.client.get(path)
            if answer.status_code in (302, 303) and answer.location:
                ahead.append(answer.location)
            if answer.status_code >= 500:
                self.wrong.append(f"{answer.status_code} {path}")
            elif answer.mimetype == "text/html" and answer.status_code == 200:
                try:
                    page = read_page(answer.text, path)
                except ParseError as error:
                    self.wrong.append(f"{error} {path}")
                    continue
                ahead += page.links
                yield page

    def _often(self, path: str) -> bool:
        place = self.place(path, "GET")
        self.places[place] += 1
        return not place or self.places[place] > PER_PLACE or place[0].startswith(("/static", "/dev"))


def forms_of(app: Flask, browse: Browser, scene: Scene, wrong: list[str]) -> Iterator[tuple[Visitor, SeenForm, str]]:
    """Each form that somebody is shown, once: (who sees it, the form, the route it is sent to)."""
    known, places = set(), Counter[tuple[str, ...]]()
    for person, starts in scene.starts:
        walk = Walk(app, browse(person), places, wrong)
        for page in walk.pages(starts):
            for form in page.forms:
                place = walk.place(form.action, form.method.upper())
                key = (form.method, place, form.names)
                if place and key not in known and not place[0].startswith("/dev"):
                    known.add(key)
                    yield walk.visitor, form, place[0]


class Feeder:
    """Sends forms; whatever they did is undone, so that the next one meets the same world."""

    def __init__(self, app: Flask, connection: Connection) -> None:
        self.app, self.connection = app, connection
        self.wrong: list[str] = []

    def feed(self, visitor: Visitor, form: SeenForm, poison: str, only: str = "") -> TestResponse:
        """Send the form with the poison in this field, or in all of them."""
        pairs = [(name, value) for name, value, kind in form.controls if kind != "file"]
        pairs += [(name, value) for name, value in form.buttons if name not in form.names]
        body = b"&".join(
            quote_plus(name).encode() + b"=" + (POISONS[poison] if only in ("", name) else quote_plus(value).encode())
            for name, value in pairs
            if name != "csrf_token"
        )
        answer = self.send(visitor, form, body)
        where = f"{form.method} {form.action} (on {form.page}) {only or 'all'}: {poison}"
        self.judge(answer, poison, where)
        return answer

    def send(self, visitor: Visitor, form: SeenForm, body: bytes) -> TestResponse:
        """Send a form of any shape as a browser does; what it writes is undone."""
        cookie = visitor.client.get_cookie(SESSION_COOKIE)
        step = self.connection.begin_nested()
        try:
            if form.method == "get":
                return visitor.client.get(f"{urlsplit(form.action).path}?{body.decode('ascii')}")
            return visitor.client.post(form.action, data=body, content_type=URLENCODED)
        finally:
            step.rollback()
            if cookie is not None:
                visitor.client.set_cookie(SESSION_COOKIE, cookie.value)

    def judge(self, answer: TestResponse, poison: str, where: str) -> None:
        """No fault, nothing of the poison as markup."""
        if answer.status_code >= 500:
            self.wrong.append(f"{answer.status_code} {where}")
        if answer.mimetype == "text/html" and "<script>alert(1)" in answer.text:
            self.wrong.append(f"markup {where}")
        if poison in SHOWN:
            try:
                strictly(answer)
            except ParseError as error:
                self.wrong.append(f"{error} {where}")


def keeps(form: SeenForm, answer: TestResponse, poisoned: str) -> list[str]:
    """The fields that a refused form has lost."""
    shown = [one for one in read_page(answer.text, form.page).forms if set(form.texts()) <= set(one.names)]
    if not shown:
        return ["the whole form"]
    now = shown[0].texts()
    return [name for name, value in form.texts().items() if name != poisoned and now.get(name) != value]


@pytest.fixture
def feeder(app: Flask, connection: Connection) -> Feeder:
    return Feeder(app, connection)


@pytest.fixture
def scene(wired: Wiring, clock: SetClock, browse: Browser) -> Scene:
    return make_scene(wired, clock, browse)


@pytest.mark.rule("R5", "R9")
def test_no_form_fails_whatever_it_is_fed(app: Flask, browse: Browser, scene: Scene, feeder: Feeder) -> None:
    met = set()
    for visitor, form, place in forms_of(app, browse, scene, feeder.wrong):
        met.add(f"{form.method.upper()} {place}")
        for poison in POISONS:
            feeder.feed(visitor, form, poison)
        for name in form.texts():
            for poison in SINGLE:
                answer = feeder.feed(visitor, form, poison, only=name)
                lost = keeps(form, answer, name) if answer.status_code == 422 else []
                if lost:
                    feeder.wrong.append(f"lost {lost}: {form.action} {name}: {poison}")
    assert "\n".join(feeder.wrong) == ""
    assert len(met) > FORMS_MET


@pytest.mark.rule("R2", "R9")
def test_no_address_fails_whatever_is_sent_to_it(app: Flask, browse: Browser, wired: Wiring, feeder: Feeder) -> None:
    """Forged forms: fields that no page offers, sent to things that are not there or are none of theirs."""
    visitors = [browse(make_person(wired)), browse(make_secretary(wired))]
    for entry in TABLE:
        method, rule = entry.split(" ", 1)
        if method != "POST" or rule.startswith("/dev"):
            continue
        controls = [(name, "", "hidden") for name in FORGED]
        form = SeenForm(page="nowhere", action=fill(rule), method="post", takes_files=False, controls=controls)
        for visitor in visitors:
            for poison in FORGERIES:
                feeder.feed(visitor, form, poison)
    assert "\n".join(feeder.wrong) == ""
