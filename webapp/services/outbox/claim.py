"""Claims rows of the outbox for one process: in order within a key, leased, counted before anything is tried."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Update, bindparam, select, update

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
    found = work.session.execute(
        _claiming(kind, tuple(tasks) if tasks is not None else None, limit),
        {
            "moment": work.now,
            "token": uuid4(),
            "until": work.now + timedelta(seconds=work.rules.limits.outbox_lease_seconds),
        },
    )
    return tuple(sorted((Claimed(**row._mapping) for row in found), key=lambda row: row.id))


@cache
def _claiming(kind: str, tasks: tuple[str, ...] | None, limit: int) -> Update:
    """The statement; kept, since a worker asks it all day and putting it together costs more than asking."""
    table = OutboxRow.metadata.tables[OutboxRow.__tablename__]
    rows, earlier = table.alias("rows"), table.alias("earlier")
    due = (
        select(rows.c.id)
        .where(
            rows.c.state == "pending",
            rows.c.due_at <= bindparam("moment"),
            rows.c.kind == kind,
            *([] if tasks is None else [rows.c.payload["task"].astext.in_(tasks)]),
            # A question for each row looked at, not a join: a join is planned by how many rows were open when the
            # table was last counted, and after a quiet time that makes each claim read all that is open.
            select(earlier.c.id)
            .where(
                earlier.c.order_key == rows.c.order_key,
                # A long or failing task holds up the tasks after it, not what people are told.
                earlier.c.kind == rows.c.kind,
                earlier.c.id < rows.c.id,
                earlier.c.state.in_(IN_WORK),
            )
            .limit(1)
            .scalar_subquery()
            .is_(None),
        )
        .order_by(rows.c.due_at, rows.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    return (
        update(table)
        .where(table.c.id == due.c.id)
        .values(
            state="sending",
            attempts=table.c.attempts + 1,
            lease_token=bindparam("token"),
            lease_until=bindparam("until"),
        )
        .returning(*(table.c[name] for name in Claimed.__slots__))
    )


def pause(work: UnitOfWork, attempts: int) -> timedelta:
    """How long to wait after so many tries, with jitter."""
    limits = work.rules.limits
    return next_try(
        attempts,
        timedelta(seconds=limits.outbox_first_pause_seconds),
        timedelta(seconds=limits.outbox_longest_pause_seconds),
        secrets.randbelow(1000) / 1000,
    )


def held(row: OutboxRow) -> Claimed:
    """The row as its holder knows it."""
    return Claimed(**{name: getattr(row, name) for name in Claimed.__slots__})
