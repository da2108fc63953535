"""Sending by SMTP to a real server: one connection a batch, and what each misbehaviour is taken for."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import compat32
from email.utils import parseaddr
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.adapters.smtp import OK, Server, smtp_server
from webapp.adapters.mailer import SmtpMailer
from webapp.domain.ports import OutgoingMail

MAIL = OutgoingMail(
    message_id="<one@demo.example>",
    sent_at=datetime(2026, 11, 24, 9, 0, tzinfo=UTC),
    to_address="focal.ke@demo.example",
    to_name="Wanjikũ Kamau",
    subject="[PD-2026-00042-7] Répondez avant le 14 mai — 请答复",
    text="Dear Wanjikũ,\n.a line that begins with a dot\n",
    html="<p>Dear Wanjikũ</p>",
    headers={"Auto-Submitted": "auto-generated", "References": "<root@demo.example>"},
)


def _mailer(port: int, seconds: float = 5) -> SmtpMailer:
    return SmtpMailer(f"smtp://127.0.0.1:{port}", "Proposal Desk <desk@demo.example>", seconds)


def _send(server: Server, *mails: OutgoingMail) -> list[tuple[str, str]]:
    """(outcome, the reply's first words) of each."""
    return [(delivery.outcome, delivery.reply.split(" ")[0]) for _, delivery in _mailer(server.port, 0.5).send(mails)]


def _many(*addresses: str) -> list[OutgoingMail]:
    return [
        replace(MAIL, to_address=address, message_id=f"<{number}@demo.example>")
        for number, address in enumerate(addresses)
    ]


def test_a_mail_arrives_as_it_was_written() -> None:
    with smtp_server() as server:
        assert _send(server, MAIL) == [("sent", "250")]
        (came,) = server.mails
    assert came["From"] == "Proposal Desk <desk@demo.example>"
    assert came["To"].addresses[0].display_name == "Wanjikũ Kamau"
    assert came["To"].addresses[0].addr_spec == MAIL.to_address
    assert came["Subject"] == MAIL.subject
    assert came["Message-ID"] == MAIL.message_id
    assert came["Date"].datetime == MAIL.sent_at
    assert came["Auto-Submitted"] == "auto-generated"
    text, html = came.get_body(("plain",)), came.get_body(("html",))
    assert text is not None
    assert text.get_content().splitlines() == MAIL.text.splitlines()
    assert html is not None
    assert html.get_content().strip() == MAIL.html


@pytest.mark.parametrize(
    ("name", "shown", "subject"),
    [
        ("", "", "[PD-2026-00042-7] Please endorse by 14 May 2026"),
        ('Kamau, "Jo" <evil@x.example>', "Kamau Jo evilx.example", "Re: =?utf-8?b?QmNj?= " + "long words " * 12),
        ("Dr. A. (Ann) O'Hara", "Dr. A. (Ann) O'Hara", "Plain"),
        ("Ана Мария де ла Крус Иванова Петрова", "Ана Мария де ла Крус Иванова Петрова", "请 在 五月 前 批准 " * 12),
        ("ወርቅነህ, ገብረ ኢየሱስ", "ወርቅነህ ገብረ ኢየሱስ", "يرجى التأييد قبل ١٤ مايو ٢٠٢٦ " * 4),
    ],
)
def test_headers_in_any_script_keep_every_letter(name: str, shown: str, subject: str) -> None:
    with smtp_server() as server:
        assert _send(server, replace(MAIL, to_name=name, subject=subject.strip())) == [("sent", "250")]
        # As mail programs read it: first taken apart, then decoded.
        came = message_from_bytes(server.raw[0], policy=compat32)
    to_name, to_address = parseaddr(str(came["To"]))
    assert (str(make_header(decode_header(to_name))), to_address) == (shown, MAIL.to_address)
    assert str(make_header(decode_header(str(came["Subject"])))) == subject.strip()


def test_one_connection_serves_a_batch_also_past_refusals() -> None:
    refused = {"b@x.example": "550 5.1.1 no such user", "c@x.example": "451 4.7.1 greylisted"}
    with smtp_server(Server(rcpt=lambda address: refused.get(address, OK))) as server:
        outcomes = _send(server, *_many("a@x.example", "b@x.example", "c@x.example", "d@x.example"))
        assert server.connections == 1
        assert [mail["To"].addresses[0].addr_spec for mail in server.mails] == ["a@x.example", "d@x.example"]
    assert outcomes == [("sent", "250"), ("refused", "550"), ("later", "451"), ("sent", "250")]


@pytest.mark.parametrize(
    ("answer", "outcome"), [("554 5.6.0 no", "rejected"), ("452 4.3.1 full", "later"), ("", "lost")]
)
def test_answers_after_the_content(answer: str, outcome: str) -> None:
    with smtp_server(Server(data=lambda number: answer if number == 1 else OK)) as server:
        first, second = _send(server, *_many("a@x.example", "b@x.example"))
    assert first[0] == outcome
    assert second == ("sent", "250")


def test_a_line_that_breaks_before_the_content_lost_nothing() -> None:
    with smtp_server(Server(rcpt=lambda address: "" if address.startswith("a") else OK)) as server:
        first, second = _send(server, *_many("a@x.example", "b@x.example"))
        assert [mail["To"].addresses[0].addr_spec for mail in server.mails] == ["b@x.example"]
    assert first[0] == "later"
    assert second == ("sent", "250")


def test_a_server_that_is_not_there_is_asked_once() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    outcomes = [delivery.outcome for _, delivery in _mailer(port).send(_many("a@x.example", "b@x.example"))]
    assert outcomes == ["unreachable", "unreachable"]


def test_a_server_that_says_nothing_is_not_waited_for_long() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        (one,) = _mailer(port, 0.2).send([MAIL])
    assert one[1].outcome == "unreachable"


@pytest.mark.parametrize("word", ["to_name", "subject", "to_address"])
def test_a_line_break_makes_no_header(word: str) -> None:
    evil = replace(MAIL, **{word: f"{getattr(MAIL, word)}\r\nBcc: everybody@x.example"})
    with smtp_server() as server:
        first, second = _send(server, evil, MAIL)
        assert all(mail["Bcc"] is None for mail in server.mails)
        assert len(server.mails) == 1
    assert first[0] == "rejected"
    assert second == ("sent", "250")


def test_an_address_in_another_script() -> None:
    with smtp_server() as server:
        assert _send(server, replace(MAIL, to_address="用户@例子.example")) == [("sent", "250")]


def _papers(folder: Path) -> Path:
    """A key and a certificate that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "papers.pem"
    file.write_bytes(text + made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    return file


def test_a_server_whose_certificate_nobody_vouches_for_gets_no_mail(tmp_path: Path) -> None:
    """Who stands between could read the links that set passwords."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_papers(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def greet() -> None:
            call, _from = listening.accept()
            with suppress(OSError), context.wrap_socket(call, server_side=True) as line:
                line.sendall(b"220 here\r\n")

        answering = threading.Thread(target=greet)
        answering.start()
        url = f"smtps://localhost:{listening.getsockname()[1]}"
        ((_mail, delivery),) = SmtpMailer(url, "Proposal Desk <desk@demo.example>", 2).send([MAIL])
        answering.join()
    assert delivery.outcome == "unreachable"
    assert "CERTIFICATE_VERIFY_FAILED" in delivery.reply
