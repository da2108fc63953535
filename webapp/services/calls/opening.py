"""Opens a call before its time, closes one before its time or a rolling one at all."""

from __future__ import annotations

from webapp.domain.calls import phase
from webapp.domain.errors import NotNow
from webapp.domain.events import Event
from webapp.services.calls.keeping import hold_call
from webapp.services.proposals.sealing import set_unsealing
from webapp.services.work import UnitOfWork


def open_call(work: UnitOfWork, code: str, *, revision: int) -> None:
    """Open an announced call now; NotNow where it is open, or over."""
    row = hold_call(work, code, revision)
    if phase(row.opens_at, row.closes_at, work.now) != "announced":
        raise NotNow("call_not_announced")
    row.opens_at = work.now
    row.revision += 1
    work.record(Event("CallOpened", "call", row.id, {"revision": row.revision}))


def close_call(work: UnitOfWork, code: str, *, revision: int) -> None:
    """Close an open call now; what arrives within its grace time still counts (R12). NotNow where it is not open."""
    row = hold_call(work, code, revision)
    if phase(row.opens_at, row.closes_at, work.now) != "open":
        raise NotNow("call_not_open")
    if row.opens_at == work.now:
        raise NotNow("call_just_opened")
    before = row.closes_at
    row.closes_at = work.now
    row.revision += 1
    set_unsealing(work, row)
    was = before.isoformat() if before else ""
    work.record(Event("CallClosed", "call", row.id, {"closes_at_before": was, "revision": row.revision}))
