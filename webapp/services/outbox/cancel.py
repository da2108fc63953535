"""Calls a row of the outbox off, for good, with a reason."""

from __future__ import annotations

from webapp.domain.errors import Invalid, NotNow
from webapp.domain.notices import CANCELLED_FROM
from webapp.domain.problems import Problem
from webapp.services.outbox.mending import judge, note
from webapp.services.work import UnitOfWork


def cancel_row(work: UnitOfWork, row_id: int, reason: str) -> None:
    """Call the row off; a second press changes nothing.

    Raises NotFound, NotAllowed; NotNow where it is out already; Invalid without a reason.
    """
    row = judge(work, row_id)
    if row.state == "cancelled":
        return
    if row.state not in CANCELLED_FROM:
        raise NotNow("outbox_under_way")
    if not reason.strip():
        raise Invalid([Problem("outbox", "reason", "outbox_reason_missing")])
    was = row.state
    row.state, row.last_error = "cancelled", f"Called off: {reason.strip()}"[:500]
    note(work, "OutboxRowCancelled", row.id, was, reason.strip())
