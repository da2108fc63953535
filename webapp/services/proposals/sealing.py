"""Proposals under a sealed call: nobody reads them before it has closed (R77)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from webapp.domain.deadlines import Timer, TimerKind, stage_due
from webapp.domain.events import Event
from webapp.domain.workflow import find_stage
from webapp.models.calls import Call
from webapp.models.proposals import Proposal
from webapp.services.calendars import call_calendar
from webapp.services.deadlines import MOVED_ON, Fired, fires
from webapp.services.transitions import set_due
from webapp.services.work import UnitOfWork

SEALED = "sealed"


def set_unsealing(work: UnitOfWork, call: Call) -> None:
    """Set the time at which a sealed call opens its proposals: when the last that counts can be in."""
    opens_at = _opens_at(call)
    if opens_at is not None:
        work.set_timers([Timer(TimerKind.CALL_UNSEAL, opens_at, SEALED, opens_at)], "call", call.id)


@fires(TimerKind.CALL_UNSEAL)
def unseal_when_closed(work: UnitOfWork, fired: Fired) -> str:
    """Open the proposals once the call has closed, unless its closing was moved or it was opened early."""
    row = work.session.scalars(select(Call).where(Call.id == fired.subject_id).with_for_update()).one()
    if not is_sealed(row) or _opens_at(row) != fired.timer.for_due_at:
        return MOVED_ON
    unseal(work, row, "CallUnsealed")
    return "unsealed"


def is_sealed(call: Call) -> bool:
    """Whether what is submitted under the call now is under seal."""
    return bool(call.publication.get("sealed")) and not call.publication.get("unsealed_at")


def _opens_at(call: Call) -> datetime | None:
    if not is_sealed(call) or call.closes_at is None:
        return None
    return call.closes_at + timedelta(minutes=call.grace_minutes)


def unseal(work: UnitOfWork, call: Call, event: str, **details: str) -> None:
    """From now on they are read; the time of whoever they wait for begins now."""
    call.publication = {**call.publication, "unsealed_at": work.now.isoformat(), **details}
    rows = work.session.scalars(
        select(Proposal).where(Proposal.call_id == call.id, Proposal.is_sealed).order_by(Proposal.id).with_for_update()
    ).all()
    for row in rows:
        row.is_sealed = False
        stage = find_stage(work.rules.workflow((row.workflow, row.workflow_version)), row.stage)
        if stage.kind == "live" and stage.due_from == "stage":
            set_due(work, row, stage_due(stage, work.now, call_calendar(call)))
    payload = {"code": call.code, "title": call.title, "proposals": len(rows), **details}
    work.record(Event(event, "call", call.id, payload))
