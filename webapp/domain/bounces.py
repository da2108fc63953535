"""Reports that a mail did not arrive: read from mails (RFC 3464), judged by their status (RFC 3463)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

from webapp.domain.notices import is_hard_bounce

LARGEST = 1_000_000
"""A report larger than this many bytes is not read: it is none, or holds far more than it must."""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one mail after a server had taken it.

    `outcome`: "delivered"; "delayed" (it is still tried); "failed" (it will not arrive); "unwanted" (its reader
    called it spam). `is_hard`: the address itself is bad, so that nothing else should go there.
    """

    message_id: str
    outcome: str
    is_hard: bool
    words: str


def read_reports(raw: bytes) -> list[Report]:
    """The reports that a returned mail holds, one for each recipient; none where it is another kind of mail."""
    if len(raw) > LARGEST:
        return []
    mail = message_from_bytes(raw)
    if mail.get_content_type() != "multipart/report":
        return []
    status = next((part for part in mail.walk() if part.get_content_type() == "message/delivery-status"), None)
    if status is None or not status.is_multipart():
        return []
    about, *recipients = [block for block in status.get_payload() if isinstance(block, Message)]
    message_id = _message_id(mail, about)
    return [report for block in recipients for report in _of_recipient(message_id, block)] if message_id else []


def _message_id(mail: Message, about: Message) -> str:
    """Which of our mails it is: by the id it was handed over with, or by what is returned of it."""
    envelope = _line(about, "Original-Envelope-Id")
    if envelope:
        return f"<{envelope.strip('<>')}>"
    for part in mail.walk():
        if part.get_content_type() == "text/rfc822-headers":
            held = part.get_payload(decode=True)
            return _line(message_from_bytes(held if isinstance(held, bytes) else b""), "Message-ID")
        if part.get_content_type() == "message/rfc822" and part.is_multipart():
            inner = part.get_payload()
            return _line(inner[0], "Message-ID") if isinstance(inner, list) and isinstance(inner[0], Message) else ""
    return ""


def _of_recipient(message_id: str, block: Message) -> Iterator[Report]:
    action, status = _line(block, "Action").lower(), _line(block, "Status").split(" ")[0]
    said = _line(block, "Diagnostic-Code")
    words = f"{status} {said}".strip()[:500]
    outcome = {"failed": "failed", "delayed": "delayed", "delivered": "delivered", "relayed": "delivered"}.get(action)
    if outcome == "failed" and not status.startswith("5"):
        # Given up after many tries: the address may be right.
        yield Report(message_id, "failed", is_hard=False, words=words)
    elif outcome:
        yield Report(message_id, outcome, is_hard=outcome == "failed" and is_hard_bounce(f"550 {status} "), words=words)


def _line(block: Message, name: str) -> str:
    return " ".join(str(block.get(name, "")).split())
