"""The bytes of a mail: read back by the standard library they say what was meant, and nothing typed makes a header."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import compat32, default
from email.utils import parseaddr

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.adapters.dkim import Signer, read_signer
from webapp.adapters.message import NOT_IN_NAMES, compose
from webapp.domain.ports import OutgoingMail

pytestmark = pytest.mark.rule("R55")
HEADERS = {
    "Auto-Submitted": "auto-generated",
    "List-Id": "Proposal Desk <notices.demo.example>",
    "References": "<pd-2026-00042-7@demo.example>",
}
MAIL = OutgoingMail(
    message_id="<one@demo.example>",
    sent_at=datetime(2026, 11, 24, 9, 0, tzinfo=UTC),
    to_address="focal.ke@demo.example",
    to_name="Wanjikũ Kamau",
    subject="[PD-2026-00042-7] Please endorse by 14 May 2026",
    text="Dear Wanjikũ,\n.a line that begins with a dot\n",
    html="<p>Dear Wanjikũ</p>",
    headers=HEADERS,
)
ONCE = {"from", "to", "subject", "message-id", "date", "mime-version", "content-type", *map(str.lower, HEADERS)}
# Words of the six languages, of names in them, and whatever else people type; no control characters.
PRINTED = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=120)
SIGNS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def _made(mail: OutgoingMail, signer: Signer | None = None) -> bytes:
    return compose(mail, "Proposal Desk", "desk@demo.example", signer)


def _read(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=default)


def _shown(header: str) -> str:
    return str(make_header(decode_header(header)))


@pytest.mark.parametrize(
    "subject",
    [
        "[PD-2026-00042-7] Please endorse by 14 May 2026",
        "[PD-2026-00042-7] Veuillez répondre à la demande d'adhésion avant le 14 mai 2026 : c'est déjà l'été à Thiès",
        "[PD-2026-00042-7] Su propuesta está en evaluación: ¿qué pasa mañana, señora Núñez?",
        "[PD-2026-00042-7] A sua proposta está em avaliação até às 17 horas, São Tomé e Príncipe",
        "[PD-2026-00042-7] 请在2026年5月14日之前对这份提案作出答复。我们需要您的意见，谢谢您。" * 2,
        "[PD-2026-00042-7] يرجى الرد على طلب التأييد قبل ١٤ مايو ٢٠٢٦ بتوقيت القاهرة " + "شكرا جزيلا لكم " * 5,
    ],
    ids=["en", "fr", "es", "pt", "zh", "ar"],
)
def test_each_language_arrives_whole(subject: str) -> None:
    body = f"{subject}\n\n.\nFrom here on = trailing \n{'x' * 2000}\n"
    raw = _made(replace(MAIL, subject=subject.strip(), text=body, html=f"<p>{subject}</p>"))
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    assert b"\n" not in raw.replace(b"\r\n", b"")
    came = message_from_bytes(raw, policy=compat32)
    assert _shown(str(came["Subject"])) == subject.strip()
    text, html = _read(raw).get_body(("plain",)), _read(raw).get_body(("html",))
    assert text is not None and html is not None
    assert text.get_content().splitlines() == body.splitlines()
    assert html.get_content().strip() == f"<p>{subject}</p>".strip()


@settings(max_examples=300, deadline=None)
@given(name=PRINTED, subject=PRINTED, text=PRINTED)
def test_whatever_people_write_is_read_as_written(name: str, subject: str, text: str) -> None:
    raw = _made(replace(MAIL, to_name=name, subject=subject, text=text, html=text))
    came = message_from_bytes(raw, policy=compat32)
    assert [key.lower() for key in came] == [*dict.fromkeys(key.lower() for key in came)]
    assert {key.lower() for key in came} == ONCE
    assert _shown(str(came["Subject"])).split() == subject.split()
    shown, address = parseaddr(str(came["To"]))
    assert address == MAIL.to_address
    assert _shown(shown).split() == name.translate(NOT_IN_NAMES).split()
    body = _read(raw).get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines() == (text or "\n").splitlines()


@settings(max_examples=300, deadline=None)
@given(
    where=st.sampled_from(["to_name", "subject", "to_address", "message_id", "header"]),
    before=SIGNS,
    broken=st.sampled_from(["\r\n", "\n", "\r", "\x00", "\x0b", "\x0c", "\x85", "\u2028", "\r\n "]),
    after=st.sampled_from(["Bcc: everybody@x.example", "\r\n\r\nAnother body", "RCPT TO:<x@x.example>"]),
)
def test_a_line_break_makes_no_header(where: str, before: str, broken: str, after: str) -> None:
    evil = before + broken + after
    changed = {"headers": {**HEADERS, "List-Id": evil}} if where == "header" else {where: evil}
    if where == "to_address":
        changed = {where: f"a@x.example{evil}"}
    with pytest.raises(ValueError, match=r"header"):
        _made(replace(MAIL, **changed))  # type: ignore[arg-type]


@settings(max_examples=200, deadline=None)
@given(address=SIGNS)
def test_an_address_is_one_address(address: str) -> None:
    try:
        raw = _made(replace(MAIL, to_address=address))
    except ValueError:
        return
    came = message_from_bytes(raw, policy=compat32)
    assert {key.lower() for key in came} == ONCE
    assert len(str(came["To"]).split("@")) == 2


def test_the_same_mail_makes_the_same_bytes() -> None:
    assert _made(MAIL) == _made(MAIL)


def _pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def test_a_signature_holds_until_something_is_changed() -> None:
    signer = read_signer("demo.example", "desk", _pem(rsa.generate_private_key(65537, 2048)))
    name, record = signer.record()
    asked: list[bytes] = []

    def find_record(asked_for: bytes, timeout: int = 5) -> bytes:
        asked.append(asked_for)
        return record.encode()

    raw = _made(replace(MAIL, subject="Répondez  avant " + "le 14 mai " * 12, text="a \n\n\n"), signer)
    assert dkim.verify(raw, dnsfunc=find_record)
    assert asked == [f"{name}.".encode()]
    # What servers do on the way changes nothing; what a stranger does is seen.
    assert dkim.verify(raw.replace(b"Auto-Submitted: ", b"Auto-Submitted:  "), dnsfunc=find_record)
    assert not dkim.verify(raw.replace(b"focal.ke@", b"other@"), dnsfunc=find_record)
    assert not dkim.verify(raw.replace(b"From: ", b"From: evil@x.example\r\nFrom: ", 1), dnsfunc=find_record)
    assert not dkim.verify(raw + b"more\r\n", dnsfunc=find_record)
    assert not dkim.verify(raw.replace(b"Subject: ", b"Subject: a\r\nSubject: ", 1), dnsfunc=find_record)


def test_a_key_that_receivers_do_not_believe_is_not_taken() -> None:
    with pytest.raises(ValueError, match="not an RSA key"):
        read_signer("demo.example", "desk", _pem(ec.generate_private_key(ec.SECP256R1())))
    with pytest.raises(ValueError, match="fewer than 2048 bits"):
        read_signer("demo.example", "desk", _pem(rsa.generate_private_key(65537, 1024)))  # noqa: S505
