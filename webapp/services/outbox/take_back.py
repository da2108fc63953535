"""Frees the rows whose holder let its lease run out: again later, or dead after the last try."""

from __future__ import annotations

from sqlalchemy import select

from webapp.models.notices import OutboxRow
from webapp.services.outbox.claim import held
from webapp.services.outbox.settle import postpone
from webapp.services.work import UnitOfWork


def take_back(work: UnitOfWork, limit: int = 1000) -> int:
    """Free what processes that were killed, or took too long, held; returns how many rows these were."""
    rows = work.session.scalars(
        select(OutboxRow)
        .where(OutboxRow.state == "sending", OutboxRow.lease_until < work.now)
        .order_by(OutboxRow.lease_until)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for row in [held(row) for row in rows]:
        postpone(work, row, "The process that had it ended, or took too long.")
    return len(rows)
