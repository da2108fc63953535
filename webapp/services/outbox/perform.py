"""Tells events and does tasks: each inside our own database, in the transaction that marks its row done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

import structlog

from webapp.domain.errors import Refusal
from webapp.services.notices.tell import tell_event
from webapp.services.outbox.claim import Claimed, claim
from webapp.services.outbox.hooks import find_task
from webapp.services.outbox.settle import finish, go_on, postpone, set_aside
from webapp.services.work import UnitOfWork

Opener = Callable[[], AbstractContextManager[UnitOfWork]]
log = structlog.get_logger(__name__)


def perform_due(open_work: Opener, kind: str, lane: str, *, limit: int, tasks: Sequence[str] | None = None) -> int:
    """Claim up to `limit` rows of a kind and do them one by one; returns how many were claimed.

    `lane` is the one that this process goes on looking through.
    """
    with open_work() as work:
        rows = claim(work, kind, limit, tasks=tasks)
    for row in rows:
        _perform(open_work, lane, row)
    return len(rows)


def _perform(open_work: Opener, lane: str, row: Claimed) -> None:
    try:
        with open_work() as work:
            work.see_to(lane)
            if finish(work, row):
                _act(work, row)
    except Exception as error:  # noqa: BLE001 - whatever it was, it is written down and the other rows go on
        with open_work() as work:
            _settle_failed(work, row, error)


def _settle_failed(work: UnitOfWork, row: Claimed, error: Exception) -> None:
    """Whatever was begun is undone. A refused task no longer applies; any other fault is tried again."""
    if row.kind == "task" and isinstance(error, Refusal):
        set_aside(work, row, "cancelled", f"No longer applies: {error.code}")
        return
    log.error("outbox_row_failed", row=row.id, kind=row.kind, exc_info=error)
    postpone(work, row, f"{type(error).__name__}: {error}")


def _act(work: UnitOfWork, row: Claimed) -> None:
    if row.kind == "event":
        reached = tell_event(work, int(row.payload["event_id"]), row.payload.get("reached"))
        if reached is not None:
            go_on(work, row, {**row.payload, "reached": dict(reached)})
        return
    verb = find_task(str(row.payload["task"]))
    if verb is None:
        raise LookupError(f"no verb does {row.payload['task']}")
    verb(work, row.payload)
