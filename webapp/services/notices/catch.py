"""Keeps a mail that the demonstration's built-in mailbox received."""

from __future__ import annotations

from email.parser import BytesParser
from email.policy import default

from webapp.models.notices import CaughtMail
from webapp.services.work import UnitOfWork


def catch_mail(work: UnitOfWork, to_address: str, raw: bytes) -> None:
    """Store the mail as it came; the server answers 250 only once this is committed."""
    message = BytesParser(policy=default).parsebytes(raw, headersonly=True)
    work.session.add(
        CaughtMail(
            message_id=str(message["Message-ID"] or ""),
            to_address=to_address.lower(),
            subject=str(message["Subject"] or ""),
            raw=raw,
            received_at=work.now,
        )
    )
