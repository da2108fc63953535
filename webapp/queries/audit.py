"""Questions about the audit trail: chains of events in order, and their kept heads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, aliased

from webapp.domain.audit import Head, Link, Root
from webapp.models.audit import AuditChain, AuditRoot, EventRow
from webapp.models.people import Person
from webapp.models.proposals import ProposalVersion

BATCH = 1000
NEWEST = 1000
"""So many numbers of events back, a transaction that began earlier may still add its own."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A subject's chain as kept: its head and its length."""

    subject_kind: str
    subject_id: int
    head: str
    length: int


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One event of a history, with the names of who did it and for whom; `version` is the proposal's, by number."""

    number: int
    name: str
    at: datetime
    actor: str
    acting_for: str
    payload: dict[str, Any]
    version: int | None
    hash: str


@dataclass(frozen=True, slots=True)
class Mark:
    """The newest event, and how many of the last numbers are taken; another one as soon as anything was recorded."""

    newest: int
    taken: int


def find_mark(session: Session) -> Mark:
    """How far the record goes; as long as it is the same, so is all that is counted over the proposals.

    The newest number alone would miss an event whose transaction began before that of the newest and ended after it.
    """
    newest = select(func.coalesce(func.max(EventRow.id), 0)).scalar_subquery()
    taken = select(func.count()).select_from(EventRow).where(EventRow.id > newest - NEWEST).scalar_subquery()
    return Mark(*session.execute(select(newest, taken)).one())


def iterate_chains(session: Session) -> Iterator[Chain]:
    """Every chain, in order of its subject."""
    rows = session.execute(
        select(AuditChain.subject_kind, AuditChain.subject_id, AuditChain.head, AuditChain.length)
        .order_by(AuditChain.subject_kind, AuditChain.subject_id)
        .execution_options(yield_per=BATCH)
    )
    return (Chain(*row) for row in rows)


def iterate_links(session: Session) -> Iterator[Link]:
    """Every event as its chain hashed it, in order of subject and number; in constant memory."""
    rows = session.execute(
        select(*(getattr(EventRow, name) for name in Link.__slots__))
        .order_by(EventRow.subject_kind, EventRow.subject_id, EventRow.number)
        .execution_options(yield_per=BATCH)
    )
    return (Link(*row) for row in rows)


def list_history(session: Session, subject_kind: str, subject_id: int) -> list[HistoryLine]:
    """All events of one subject, oldest first."""
    other = aliased(Person)
    rows = session.execute(
        select(EventRow, Person.name.label("actor"), other.name.label("acting_for"), ProposalVersion.number)
        .outerjoin(Person, Person.id == EventRow.actor_id)
        .outerjoin(other, other.id == EventRow.acting_for_id)
        .outerjoin(ProposalVersion, ProposalVersion.id == EventRow.version_id)
        .where(EventRow.subject_kind == subject_kind, EventRow.subject_id == subject_id)
        .order_by(EventRow.number)
    )
    return [
        HistoryLine(
            number=row.EventRow.number,
            name=row.EventRow.name,
            at=row.EventRow.at,
            actor=row.actor or "",
            acting_for=row.acting_for or "",
            payload=row.EventRow.payload,
            version=row.number,
            hash=row.EventRow.hash,
        )
        for row in rows
    ]


def find_cut(session: Session, before: datetime) -> int:
    """The id of the last event that happened before this moment; 0 where there is none."""
    found = select(EventRow.id).where(EventRow.at < before).order_by(EventRow.id.desc()).limit(1)
    return session.scalars(found).one_or_none() or 0


def iterate_heads(session: Session, cut: int) -> Iterator[Head]:
    """The last event of every chain up to this one, in order of subject; in constant memory."""
    rows = session.execute(
        select(EventRow.subject_kind, EventRow.subject_id, EventRow.number, EventRow.hash)
        .ext(distinct_on(EventRow.subject_kind, EventRow.subject_id))
        .where(EventRow.id <= cut)
        .order_by(EventRow.subject_kind, EventRow.subject_id, EventRow.number.desc())
        .execution_options(yield_per=BATCH)
    )
    return (Head(*row) for row in rows)


def list_roots(session: Session, limit: int = 31) -> list[Root]:
    """The roots that were made last, the newest first."""
    rows = session.scalars(select(AuditRoot).order_by(AuditRoot.day.desc()).limit(limit))
    return [Root(row.day, row.cut, row.chains, row.events, row.root) for row in rows]


def find_root(session: Session, day: date) -> Root | None:
    """The root of a day; None where none was made."""
    row = session.get(AuditRoot, day)
    return None if row is None else Root(row.day, row.cut, row.chains, row.events, row.root)
