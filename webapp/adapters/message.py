"""Writes a mail as the bytes that travel: headers in any script, a text and an HTML body, signed where there is a key.

The standard library does the same in five times the time, which counts where one announcement goes to many; tests
read back with it what is written here. The same mail makes the same bytes each time, so that a second copy is one.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from email.header import Header
from email.utils import format_datetime, parseaddr

from webapp.adapters.dkim import Signer
from webapp.domain.ports import OutgoingMail

# What some mail programs take for the end of a name, or for another address, even where it is encoded.
NOT_IN_NAMES = str.maketrans("", "", '<>@,;:"\\')
LONGEST_LINE = 76
_HEADER_NAME = re.compile(r"[A-Za-z0-9-]+")
_CONTROL = re.compile("[\x00-\x1f\x7f\x85\u2028\u2029]")
_ATOMS = re.compile(r"[A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]*")
# Neither space nor any sign that ends an address in a header or in a word of SMTP.
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\\\"@\x00-\x1f\x7f]+@[^\s<>()\[\],;:\\\"@\x00-\x1f\x7f]+")


def compose(mail: OutgoingMail, sender_name: str, sender: str, signer: Signer | None = None) -> bytes:
    """The whole message. Raises ValueError where a header or an address could begin another (`reliability.md` §3)."""
    headers = [
        ("From", mailbox(sender_name, sender)),
        ("To", mailbox(mail.to_name.translate(NOT_IN_NAMES), mail.to_address)),
        ("Subject", in_words(mail.subject, len("Subject: "))),
        ("Message-ID", _plain("Message-ID", mail.message_id)),
        ("Date", format_datetime(mail.sent_at)),
        *((name, _plain(name, value)) for name, value in mail.headers.items()),
        ("MIME-Version", "1.0"),
    ]
    boundary = "=_" + hashlib.sha256(mail.message_id.encode()).hexdigest()[:32]
    headers.append(("Content-Type", f'multipart/alternative;\r\n boundary="{boundary}"'))
    head = "".join(f"{name}: {_folded(name, value)}\r\n" for name, value in headers).encode()
    between = f"--{boundary}\r\n".encode()
    parts = _part("plain", mail.text), _part("html", mail.html)
    body = b"".join(between + part for part in parts) + f"--{boundary}--\r\n".encode()
    return (signer.sign(head, body) if signer else b"") + head + b"\r\n" + body


def _plain(name: str, value: str) -> str:
    """The value of a header that is not for reading; an address to answer to may have a name in any script."""
    if not _HEADER_NAME.fullmatch(name) or _CONTROL.search(value):
        raise ValueError(f"a line break or another sign that no header holds: {name}")
    if name.lower() == "reply-to":
        return mailbox(*parseaddr(value))
    return value if value.isascii() else in_words(value, len(name) + 2)


def mailbox(name: str, address: str) -> str:
    """A name and its address as a header has them."""
    if not _ADDRESS.fullmatch(address):
        raise ValueError("an address that cannot stand in a header")
    if not name:
        return address
    if not name.isascii() or "=?" in name:
        return f"{in_words(name, 8)} <{address}>"
    if _CONTROL.search(name):
        raise ValueError("a name that cannot stand in a header")
    quoted = name if _ATOMS.fullmatch(name) else '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{quoted} <{address}>"


def in_words(text: str, before: int = 0) -> str:
    """Text as the words of a header (RFC 2047), after so many signs on its first line.

    The library's own folding loses spaces between words of other scripts, so what is not ASCII is encoded
    whole. Raises ValueError for a line break, which would begin another header.
    """
    if _CONTROL.search(text):
        raise ValueError("a line break in a header")
    if text.isascii() and "=?" not in text:
        return text
    return Header(text, "utf-8", maxlinelen=70, header_name="x" * max(before - 2, 0)).encode(linesep="\r\n")


def _folded(name: str, value: str) -> str:
    """A long header of several words on several lines; the spaces stay."""
    if len(name) + 2 + len(value) <= LONGEST_LINE or "\r\n" in value:
        return value
    lines, room = [""], LONGEST_LINE - len(name) - 2
    for word in re.split(r"(?<=[^ ])(?= +[^ ])", value):
        if lines[-1] and len(lines[-1]) + len(word) > room:
            lines.append(word)
            room = LONGEST_LINE
        else:
            lines[-1] += word
    return "\r\n".join(lines)


def _part(kind: str, text: str) -> bytes:
    """One body, in the shortest form that any server passes on unchanged."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").encode()
    if not plain.endswith(b"\n"):
        plain += b"\n"
    if plain.isascii() and b"\x00" not in plain and max(map(len, plain.split(b"\n"))) <= LONGEST_LINE:
        return _headed(kind, "7bit", plain.replace(b"\n", b"\r\n"))
    quoted = binascii.b2a_qp(plain, istext=True).replace(b"\n", b"\r\n")
    if len(quoted) <= len(plain) * 4 // 3:
        return _headed(kind, "quoted-printable", quoted)
    return _headed(kind, "base64", base64.encodebytes(plain.replace(b"\n", b"\r\n")).replace(b"\n", b"\r\n"))


def _headed(kind: str, encoding: str, body: bytes) -> bytes:
    head = f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n'
    return head.encode() + body + b"\r\n"
