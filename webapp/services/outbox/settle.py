"""Settles a claimed row: done, again later, or out of the way; only by the process that still holds its lease."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import structlog
from sqlalchemy import Update, bindparam, func, update

from webapp.models.notices import OutboxRow
from webapp.services.outbox import hooks
from webapp.services.outbox.claim import Claimed, pause
from webapp.services.outbox.hear import tell_listener
from webapp.services.work import UnitOfWork

log = structlog.get_logger(__name__)
NOT_ARRIVING = ("dead", "suppressed")


def finish(work: UnitOfWork, row: Claimed, *, reply: str = "") -> bool:
    """Mark the row as done; False when the lease was lost to somebody else (then do nothing)."""
    return _put(work, row, state="sent", sent_at=work.known_now, smtp_reply=reply or None, last_error=None)


def go_on(work: UnitOfWork, row: Claimed, payload: Mapping[str, Any]) -> None:
    """Put back, due at once, the row that was just finished: a part of it was done, and the payload says how far."""
    work.session.execute(
        update(OutboxRow)
        .where(OutboxRow.id == row.id, OutboxRow.state == "sent")
        .values(state="pending", sent_at=None, attempts=0, payload=dict(payload))
        .execution_options(synchronize_session=False)
    )


def postpone(work: UnitOfWork, row: Claimed, error: str, *, at_last: str = "dead") -> bool:
    """Try again after a growing pause; `at_last` is the state after the last try."""
    if row.attempts >= row.max_attempts:
        return set_aside(work, row, at_last, error)
    return _put(work, row, state="pending", due_at=work.now + pause(work, row.attempts), last_error=error[:500])


def give_back(work: UnitOfWork, row: Claimed, error: str = "", *, wait: bool = False) -> bool:
    """Let the row go as it was before the claim, since it was not tried; due at once, or after a pause."""
    due_at = work.now + pause(work, 1) if wait else work.now
    return _put(work, row, state="pending", due_at=due_at, attempts=row.attempts - 1, last_error=error[:500] or None)


def set_aside(work: UnitOfWork, row: Claimed, state: str, error: str) -> bool:
    """End the row as dead, unknown, suppressed or cancelled, with the reason; False as in `finish`.

    The room whose letter will not arrive hears of it.
    """
    if not _put(work, row, state=state, last_error=error[:500]):
        return False
    if state in NOT_ARRIVING:
        tell_listener(work, row, hooks.BOUNCED)
    return True


def _put(work: UnitOfWork, row: Claimed, **values: Any) -> bool:
    kept = work.session.execute(_putting(tuple(values)), {"row": row.id, "token": row.lease_token, **values}).first()
    if kept is None:
        log.warning("outbox_fenced_out", row=row.id)
    return kept is not None


@cache
def _putting(names: tuple[str, ...]) -> Update:
    """The statement; kept, since there is one for each mail and putting it together costs more than asking."""
    table = OutboxRow.metadata.tables[OutboxRow.__tablename__]
    new: dict[str, Any] = {name: bindparam(name) for name in names}
    found: list[Any] = [table.c.id]
    if "sent_at" in names:
        new["sent_at"] = func.coalesce(new["sent_at"], func.clock_timestamp())
        # Not waiting for the disk: a mark that a crash of the database loses brings the same mail a second time.
        found.append(func.set_config("synchronous_commit", "off", True))
    return (
        update(table)
        .where(table.c.id == bindparam("row"), table.c.state == "sending", table.c.lease_token == bindparam("token"))
        .values(lease_token=None, lease_until=None, **new)
        .returning(*found)
    )
