"""The demonstration's mailbox: what was caught, taken apart for reading."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.models.notices import CaughtMail
from webapp.models.people import Person

LINK = re.compile(r"https?://[^\s<>\"')\]]+")


@dataclass(frozen=True, slots=True)
class CaughtSummary:
    """A caught mail in a list."""

    id: int
    to: str
    name: str
    subject: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Caught:
    """A caught mail, its bodies decoded, with the addresses that its text holds."""

    id: int
    to: str
    subject: str
    text: str
    html: str
    headers: tuple[tuple[str, str], ...]
    links: tuple[str, ...]
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Box:
    """One address that got mail."""

    address: str
    name: str
    count: int


def list_boxes(session: Session) -> list[Box]:
    """The addresses that got mail, by address."""
    found = (
        select(CaughtMail.to_address, func.max(Person.name), func.count(CaughtMail.id.distinct()))
        .outerjoin(Person, Person.email == CaughtMail.to_address)
        .group_by(CaughtMail.to_address)
        .order_by(CaughtMail.to_address)
    )
    return [Box(address, name or "", count) for address, name, count in session.execute(found)]


def list_summaries(
    session: Session, *, to: str = "", before: int | None = None, limit: int = 50
) -> list[CaughtSummary]:
    """Caught mails, newest first, without their bodies."""
    found = (
        select(CaughtMail.id, CaughtMail.to_address, Person.name, CaughtMail.subject, CaughtMail.received_at)
        .outerjoin(Person, Person.email == CaughtMail.to_address)
        .order_by(CaughtMail.id.desc())
        .limit(limit)
    )
    if to:
        found = found.where(CaughtMail.to_address == to.lower())
    if before is not None:
        found = found.where(CaughtMail.id < before)
    return [
        CaughtSummary(row_id, address, name or "", subject, at)
        for row_id, address, name, subject, at in session.execute(found)
    ]


def list_caught(session: Session, *, to: str = "", after: int = 0, limit: int = 200) -> list[Caught]:
    """Caught mails with everything in them, newest first, those after an id."""
    found = select(CaughtMail).where(CaughtMail.id > after).order_by(CaughtMail.id.desc()).limit(limit)
    if to:
        found = found.where(CaughtMail.to_address == to.lower())
    return [_read(row) for row in session.scalars(found)]


def find_caught(session: Session, mail_id: int) -> Caught | None:
    """One caught mail; None where there is none."""
    row = session.get(CaughtMail, mail_id)
    return _read(row) if row else None


def _read(row: CaughtMail) -> Caught:
    message = message_from_bytes(row.raw, policy=default)
    text = _body(message, "plain")
    return Caught(
        id=row.id,
        to=row.to_address,
        subject=row.subject,
        text=text,
        html=_body(message, "html"),
        headers=tuple((name, str(value)) for name, value in message.items()),
        links=tuple(dict.fromkeys(LINK.findall(text))),
        received_at=row.received_at,
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else ""
