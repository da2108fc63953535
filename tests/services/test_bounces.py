"""Mails that came back: read from a mailbox or told by a provider, each settles its own row and nothing else (R56)."""

from __future__ import annotations

import hashlib
import hmac
import json
import mailbox
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tests.factories import make_person
from tests.post import run_outbox
from webapp.adapters.clocks import SetClock
from webapp.adapters.mailgun import MailgunReports
from webapp.adapters.returned import MaildirReturns
from webapp.domain.bounces import LARGEST, read_reports
from webapp.domain.events import Event
from webapp.domain.people import SYSTEM
from webapp.models.notices import OutboxRow, Suppression
from webapp.models.people import Person
from webapp.services.outbox.bounces import read_returned
from webapp.wiring import Wiring

pytestmark = pytest.mark.rule("R56")
KEY = "key-of-this-test"


def returned(
    message_id: str, status: str = "5.1.1", action: str = "failed", *, envelope: bool = True, whole: bool = False
) -> bytes:
    """A mail as a mail server returns it (RFC 3464)."""
    ours = f"From: desk@demo.example\nTo: gone@x.example\nMessage-ID: {message_id}\nSubject: Endorse\n"
    about = "Reporting-MTA: dns; mx.x.example\n"
    if envelope:
        about += f"Original-Envelope-Id: {message_id.strip('<>')}\n"
    kind = "message/rfc822" if whole else "text/rfc822-headers"
    lines = [
        "From: Mail Delivery System <mailer-daemon@x.example>",
        "To: bounces@demo.example",
        "Subject: Undelivered Mail Returned to Sender",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        "",
        "--b",
        "Content-Type: text/plain",
        "",
        "I could not deliver it.",
        "--b",
        "Content-Type: message/delivery-status",
        "",
        about,
        "Final-Recipient: rfc822; gone@x.example",
        f"Action: {action}",
        f"Status: {status}",
        f"Diagnostic-Code: smtp; 550 {status} <gone@x.example>:",
        "    User unknown",
        "",
        "--b",
        f"Content-Type: {kind}",
        "",
        ours,
        "--b--",
        "",
    ]
    return "\r\n".join("\r\n".join(lines).splitlines()).encode()


@pytest.fixture
def sent(wired: Wiring) -> tuple[Person, str]:
    """A person, and the Message-ID of a mail to them that the mail server took."""
    person = make_person(wired)
    with wired.open_work(SYSTEM) as work:
        work.record(Event("PasswordChanged", "person", person.id))
    (mail,) = run_outbox(wired)
    return person, mail.message_id


def _row(wired: Wiring, message_id: str) -> tuple[str, str]:
    with wired.open_reading() as session:
        row = session.scalars(select(OutboxRow).where(OutboxRow.message_id == message_id)).one()
        return row.state, row.last_error or ""


def _aside(wired: Wiring) -> list[str]:
    with wired.open_reading() as session:
        return list(session.scalars(select(Suppression.email)))


def _put(folder: Path, *mails: bytes) -> MaildirReturns:
    box = mailbox.Maildir(folder)
    for mail in mails:
        box.add(mail)
    return MaildirReturns(str(folder))


def _look(wired: Wiring, box: MaildirReturns) -> int:
    reading = replace(wired, ports=replace(wired.ports, returned=box))
    return read_returned(lambda: reading.open_work(SYSTEM))


@pytest.mark.parametrize(("envelope", "whole"), [(True, False), (False, False), (False, True)])
def test_a_returned_mail_settles_its_row_and_stops_its_address(
    wired: Wiring, sent: tuple[Person, str], tmp_path: Path, *, envelope: bool, whole: bool
) -> None:
    person, message_id = sent
    answer = EmailMessage()
    answer["Subject"] = "Re: Endorse"
    answer.set_content("Thank you.")
    box = _put(
        tmp_path / "box",
        bytes(answer),
        returned("<of-somebody-else@x.example>"),
        returned(message_id, envelope=envelope, whole=whole),
    )
    assert _look(wired, box) == 1
    assert _row(wired, message_id) == ("dead", "Returned: 5.1.1 smtp; 550 5.1.1 <gone@x.example>: User unknown")
    assert _aside(wired) == [person.email]
    with wired.open_reading() as session:
        assert session.get_one(Person, person.id).undeliverable_at is not None
    # All three were looked at, and are not looked at again.
    assert _look(wired, box) == 0
    assert [mail.get_flags() for mail in mailbox.Maildir(tmp_path / "box")] == ["S"] * 3


@pytest.mark.parametrize(
    ("status", "action", "state", "aside"),
    [
        ("5.2.2", "failed", "dead", 0),  # a full mailbox says nothing of the address
        ("5.7.1", "failed", "dead", 0),
        ("4.4.7", "failed", "dead", 0),  # given up after days
        ("4.4.1", "delayed", "sent", 0),
        ("2.0.0", "delivered", "sent", 0),
        ("5.1.10", "failed", "dead", 1),
    ],
)
def test_what_each_status_comes_to(
    wired: Wiring, sent: tuple[Person, str], tmp_path: Path, status: str, action: str, state: str, aside: int
) -> None:
    _, message_id = sent
    _look(wired, _put(tmp_path / "box", returned(message_id, status, action)))
    assert (_row(wired, message_id)[0], len(_aside(wired))) == (state, aside)


def test_a_mail_that_may_have_arrived_is_settled_by_a_report(
    wired: Wiring, sent: tuple[Person, str], tmp_path: Path
) -> None:
    _, message_id = sent
    with wired.open_work(SYSTEM) as work:
        work.session.execute(update(OutboxRow).values(state="unknown", sent_at=None))
    assert _look(wired, _put(tmp_path / "box", returned(message_id, "2.0.0", "delivered"))) == 1
    assert _row(wired, message_id)[0] == "sent"


def test_what_is_no_report_is_none() -> None:
    assert read_reports(b"Subject: hello\r\n\r\nhello") == []
    assert read_reports(b'Content-Type: multipart/report; boundary="b"\r\n\r\n--b\r\n\r\n--b--') == []
    assert read_reports(returned("<a@b>") + b"x" * LARGEST) == []
    assert read_reports(returned("", envelope=False)) == []


# Mailgun's events in the shape of its documentation ("Webhook payloads").
def mailgun(message_id: str, clock: SetClock, event: str = "failed", **more: Any) -> bytes:
    """An event as Mailgun posts it, signed."""
    stamp, token = str(int(clock.at.timestamp())), "a8ce0edb2dd8301dee6c2405235584e45aa91d1e9f979f3de0"
    signature = hmac.new(KEY.encode(), (stamp + token).encode(), hashlib.sha256).hexdigest()
    told = {
        "signature": {"timestamp": stamp, "token": token, "signature": signature},
        "event-data": {
            "account": {"id": "1234567890303a4bd1f33898"},
            "domain": {"name": "demo.example"},
            "envelope": {"sender": "desk@demo.example", "targets": "gone@x.example", "transport": "smtp"},
            "event": event,
            "flags": {"is-authenticated": True, "is-routed": False, "is-system-test": False, "is-test-mode": False},
            "id": "G9Bn5sl1TC6nu79C8C0bwg",
            "log-level": "error",
            "message": {
                "attachments": [],
                "headers": {
                    "from": "Proposal Desk <desk@demo.example>",
                    "message-id": message_id.strip("<>"),
                    "subject": "Your password was changed",
                    "to": "gone@x.example",
                },
                "size": 4867,
            },
            "recipient": "gone@x.example",
            "recipient-domain": "x.example",
            "timestamp": clock.at.timestamp(),
            **more,
        },
    }
    return json.dumps(told).encode()


STATUS = {
    "attempt-no": 1,
    "code": 550,
    "enhanced-code": "5.1.1",
    "description": "",
    "message": "5.1.1 The email account that you tried to reach does not exist.",
    "session-seconds": 0.4,
}
SUPPRESSED = {
    "attempt-no": 1,
    "code": 605,
    "message": "",
    "description": "Not delivering to previously bounced address",
}
GREYLISTED = {"attempt-no": 1, "code": 452, "message": "4.2.2 over quota", "retry-seconds": 600}


@pytest.mark.parametrize(
    ("event", "more", "state", "aside"),
    [
        ("failed", {"severity": "permanent", "reason": "bounce", "delivery-status": STATUS}, "dead", 1),
        ("failed", {"severity": "permanent", "reason": "suppress-bounce", "delivery-status": SUPPRESSED}, "dead", 1),
        ("failed", {"severity": "temporary", "reason": "generic", "delivery-status": GREYLISTED}, "sent", 0),
        ("delivered", {"delivery-status": {"code": 250, "message": "OK", "mx-host": "mx.x.example"}}, "sent", 0),
        ("complained", {}, "sent", 1),
        ("opened", {"ip": "203.0.113.9"}, "sent", 0),
    ],
)
def test_what_a_provider_reports(
    wired: Wiring,
    client: FlaskClient,
    sent: tuple[Person, str],
    clock: SetClock,
    event: str,
    more: dict[str, Any],
    state: str,
    aside: int,
) -> None:
    _, message_id = sent
    client.application.extensions["desk"] = replace(
        wired, ports=replace(wired.ports, report_readers={"mailgun": MailgunReports(KEY)})
    )
    body = mailgun(message_id, clock, event, **more)
    for _ in range(2):
        answer = client.post("/mail/reports/mailgun", data=body, content_type="application/json")
        assert (answer.status_code, answer.data) == (200, b"")
    assert (_row(wired, message_id)[0], len(_aside(wired))) == (state, aside)


def test_what_the_provider_did_not_sign_is_not_there(
    wired: Wiring, client: FlaskClient, sent: tuple[Person, str], clock: SetClock
) -> None:
    _, message_id = sent
    assert client.post("/mail/reports/mailgun", data=b"{}").status_code == 404
    client.application.extensions["desk"] = replace(
        wired, ports=replace(wired.ports, report_readers={"mailgun": MailgunReports(KEY)})
    )
    hard = {"severity": "permanent", "delivery-status": STATUS}
    body = mailgun(message_id, clock, **hard)
    late = SetClock(clock.at.replace(year=2025))
    for bad in (body.replace(b"a8ce", b"b8ce"), mailgun(message_id, late, **hard), b"[]", b"\xff", b'{"signature": 1}'):
        assert client.post("/mail/reports/mailgun", data=bad).status_code == 404
    assert client.post("/mail/reports/another", data=body).status_code == 404
    assert _row(wired, message_id)[0] == "sent"
