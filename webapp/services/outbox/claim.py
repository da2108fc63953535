"""Claims rows of the outbox for one process: in order within a key, leased, counted before anything is tried."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import aliased

from webapp.domain.notices import next_try
from webapp.models.notices import OutboxRow
from webapp.services.work import UnitOfWork

IN_WORK = ("pending", "sending")


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that this process holds until its lease is over."""

    id: int
    kind: str
    order_key: str
    message_id: str
    recipient_id: int | None
    payload: Mapping[str, Any]
    attempts: int
    max_attempts: int
    created_at: datetime
    expires_at: datetime | None
    lease_token: UUID


def claim(work: UnitOfWork, kind: str, limit: int, *, tasks: Sequence[str] | None = None) -> tuple[Claimed, ...]:
    """Take up to `limit` due rows of a kind (of `tasks` only, where given), oldest first.

    Never a row before which another of its kind and order key is unsettled. `attempts` rises here, so that a
    payload that kills its process ends as dead and not as a loop; the caller commits before it acts.
    """
    earlier = aliased(OutboxRow)
    due = (
        select(OutboxRow.id)
        .where(
            OutboxRow.state == "pending",
            OutboxRow.due_at <= work.now,
            OutboxRow.kind == kind,
            *_of_tasks(tasks),
            ~exists().where(
                earlier.order_key == OutboxRow.order_key,
                # A long or failing task holds up the tasks after it, not what people are told.
                earlier.kind == OutboxRow.kind,
                earlier.id < OutboxRow.id,
                earlier.state.in_(IN_WORK),
            ),
        )
        .order_by(OutboxRow.due_at, OutboxRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    rows = work.session.scalars(
        update(OutboxRow)
        .where(OutboxRow.id == due.c.id)
        .values(
            state="sending",
            attempts=OutboxRow.attempts + 1,
            lease_token=uuid4(),
            lease_until=work.now + timedelta(seconds=work.rules.limits.outbox_lease_seconds),
        )
        .returning(OutboxRow)
        .execution_options(synchronize_session=False, populate_existing=True)
    ).all()
    return tuple(held(row) for row in sorted(rows, key=lambda row: row.id))


def pause(work: UnitOfWork, attempts: int) -> timedelta:
    """How long to wait after so many tries, with jitter."""
    limits = work.rules.limits
    return next_try(
        attempts,
        timedelta(seconds=limits.outbox_first_pause_seconds),
        timedelta(seconds=limits.outbox_longest_pause_seconds),
        secrets.randbelow(1000) / 1000,
    )


def _of_tasks(tasks: Sequence[str] | None) -> list[ColumnElement[bool]]:
    return [] if tasks is None else [OutboxRow.payload["task"].astext.in_(tasks)]


def held(row: OutboxRow) -> Claimed:
    """The row as its holder knows it."""
    return Claimed(**{name: getattr(row, name) for name in Claimed.__slots__})
