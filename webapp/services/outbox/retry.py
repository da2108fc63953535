"""Sends a row again that was set aside: as new, with all its tries before it (R56)."""

from __future__ import annotations

from webapp.domain.errors import NotNow
from webapp.domain.notices import RETRIED_FROM
from webapp.services.outbox.mending import judge, note
from webapp.services.work import UnitOfWork


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
