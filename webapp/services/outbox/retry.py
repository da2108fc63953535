"""Sends a row again that was set aside: as new, with all its tries before it (R56)."""

from __future__ import annotations

from collections.abc import Iterable

from webapp.domain.errors import NotNow
from webapp.domain.notices import RETRIED_FROM
from webapp.services.outbox.mending import judge, note
from webapp.services.work import UnitOfWork

MOST = 50


def retry_rows(work: UnitOfWork, row_ids: Iterable[int]) -> int:
    """Make all of these due now that are aside; how many that were. Raises NotFound, NotAllowed."""
    done = 0
    for row_id in sorted(set(row_ids))[:MOST]:
        if judge(work, row_id).state in RETRIED_FROM:
            retry_row(work, row_id)
            done += 1
    return done


def retry_row(work: UnitOfWork, row_id: int) -> None:
    """Make the row due now; a second press changes nothing. Raises NotFound, NotAllowed; NotNow where it was sent."""
    row = judge(work, row_id)
    if row.state == "pending":
        return
    if row.state not in RETRIED_FROM:
        raise NotNow("outbox_not_aside")
    was = row.state
    row.state, row.attempts, row.due_at, row.expires_at = "pending", 0, work.now, None
    note(work, "OutboxRowRetried", row.id, was)
    work.nudge("outbox.run")
