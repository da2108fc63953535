"""Opens pages as people do, without scripts; each HTML answer is parsed strictly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import html5lib
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from webapp.domain.people import SYSTEM
from webapp.models.people import Person
from webapp.pages.shared.guard import SESSION_COOKIE
from webapp.services import sessions
from webapp.wiring import Wiring


@dataclass(frozen=True, slots=True)
class Visitor:
    """One person's browser."""

    client: FlaskClient

    def get(self, path: str, **options: Any) -> TestResponse:
        """Open a page."""
        return strictly(self.client.get(path, **options))

    def post(self, path: str, form: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        """Send a form."""
        return strictly(self.client.post(path, data=form or {}, **options))


@dataclass(frozen=True, slots=True)
class Browser:
    """Signs people in by a session row, as the sign-in page does after the password."""

    app: Flask
    wired: Wiring

    def __call__(self, person: Person | int | None = None) -> Visitor:
        """A browser in which this person is signed in; without a person, the public's."""
        client = self.app.test_client()
        if person is not None:
            with self.wired.open_work(SYSTEM) as work:
                found = work.session.get_one(Person, person if isinstance(person, int) else person.id)
                token = sessions.open_session(work, found, device="test", shared=False)
            client.set_cookie(SESSION_COOKIE, token)
        return Visitor(client)


def strictly(answer: TestResponse) -> TestResponse:
    """The answer, after its HTML, a page or a part of one, was parsed by the standard's rules without an error."""
    if answer.mimetype == "text/html" and answer.status_code not in (301, 302, 303):
        text, parser = answer.get_data(as_text=True), html5lib.HTMLParser(strict=True)
        parser.parse(text) if text.lstrip().lower().startswith("<!doctype") else parser.parseFragment(text)
    return answer
