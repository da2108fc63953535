"""The demonstration's mailbox, and that it exists nowhere else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from tests.adapters.test_mailer import MAIL
from tests.browsing import Browser
from webapp.adapters.mailer import SmtpMailer
from webapp.app import create_app
from webapp.domain.people import SYSTEM
from webapp.domain.ports import OutgoingMail
from webapp.services.notices.catch import catch_mail
from webapp.wiring import Wiring


@pytest.fixture(scope="module")
def demo_app(settings: object) -> Flask:
    """The application as the demonstration runs it."""
    app = create_app(settings.model_copy(update={"demo": True}))  # type: ignore[attr-defined]
    app.config["WTF_CSRF_ENABLED"] = False
    return app


@pytest.fixture
def demo(demo_app: Flask, wired: Wiring) -> Browser:
    """Opens the demonstration's pages over the test's transaction."""
    in_demo = replace(wired, settings=wired.settings.model_copy(update={"demo": True}))
    demo_app.extensions["desk"] = in_demo
    return Browser(demo_app, in_demo)


def _catch(wired: Wiring, **changes: str) -> OutgoingMail:
    mail = replace(MAIL, **changes)
    raw = SmtpMailer("smtp://x", "Proposal Desk <desk@demo.example>", 1).compose(mail)
    with wired.open_work(SYSTEM) as work:
        catch_mail(work, mail.to_address, raw)
    return mail


LETTER = {
    "text": "Read it:\nhttp://localhost/e/7hK2?a=1\n",
    "html": (
        "<!DOCTYPE html><html><head><title>x</title></head><body>"
        '<a href="http://localhost/e/7hK2?a=1">Read it</a></body></html>'
    ),
}


def test_mails_by_person_and_one_by_one(demo: Browser, wired: Wiring) -> None:
    mail = _catch(wired, **LETTER)
    _catch(wired, to_address="Other@demo.example", subject="Another <one>")
    page = demo().get("/dev/mail")
    assert page.status_code == 200
    assert mail.subject in page.text
    assert "Another &lt;one&gt;" in page.text
    assert mail.subject not in demo().get("/dev/mail?to=other@demo.example").text

    listed = demo().get("/dev/mail.json").json
    assert [one["to"] for one in listed] == ["other@demo.example", mail.to_address]
    one = listed[1]
    assert one["subject"] == mail.subject
    assert one["text"].splitlines() == LETTER["text"].splitlines()
    assert one["html"].strip() == LETTER["html"]
    assert one["links"] == ["http://localhost/e/7hK2?a=1"]
    assert {"name": "Message-ID", "value": mail.message_id} in one["headers"]
    assert [it["id"] for it in demo().get(f"/dev/mail.json?after={one['id']}").json] == [listed[0]["id"]]

    shown = demo().get(f"/dev/mail/{one['id']}")
    assert '<a class="address" href="http://localhost/e/7hK2?a=1">' in shown.text
    html = demo().get(f"/dev/mail/{one['id']}/html")
    assert 'target="_top" href="http://localhost/e/7hK2?a=1"' in html.text
    assert "sandbox" in html.headers["Content-Security-Policy"]
    assert "script-src" not in html.headers["Content-Security-Policy"]
    assert demo().get("/dev/mail/999999").status_code == 404


def test_without_the_demonstration_there_is_no_mailbox(browse: Browser, wired: Wiring) -> None:
    _catch(wired)
    for path in ("/dev/mail", "/dev/mail.json", "/dev/mail/1", "/dev/mail/1/html"):
        assert browse().get(path).status_code == 404
