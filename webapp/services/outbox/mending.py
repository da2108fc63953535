"""Finds and locks a row of the outbox for a person who mends it, and notes in the audit trail what they did."""

from __future__ import annotations

from sqlalchemy import select

from webapp.domain.errors import NotFound
from webapp.domain.events import Event
from webapp.domain.policy import Action
from webapp.models.initiative import InitiativeRow
from webapp.models.notices import OutboxRow
from webapp.queries.notices.outbox import find_row
from webapp.services.access import allow
from webapp.services.work import UnitOfWork


def judge(work: UnitOfWork, row_id: int) -> OutboxRow:
    """The row, locked, if the actor may mend the outbox and see the row. Raises NotFound, NotAllowed."""
    if not work.actor.is_system:
        allow(work, Action.SEE_OUTBOX)
    if find_row(work.session, work.actor, row_id) is None:
        raise NotFound
    return work.session.scalars(select(OutboxRow).where(OutboxRow.id == row_id).with_for_update()).one()


def note(work: UnitOfWork, event: str, row_id: int, was: str, reason: str = "") -> None:
    """Record the event on the initiative that this installation serves."""
    initiative = work.session.scalars(select(InitiativeRow.id).order_by(InitiativeRow.id).limit(1)).one()
    payload = {"outbox_id": row_id, "was": was, **({"reason": reason} if reason else {})}
    work.record(Event(event, "initiative", initiative, payload))
