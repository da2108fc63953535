"""Marks notifications as read."""

from __future__ import annotations

from sqlalchemy import update

from webapp.domain.policy import Action
from webapp.models.notices import Notification
from webapp.services.access import allow
from webapp.services.work import UnitOfWork


def mark_read(work: UnitOfWork, *, only: int | None = None, up_to: int | None = None) -> None:
    """Mark one of the actor's notifications as read, or all up to the newest one that they saw."""
    allow(work, Action.USE_ACCOUNT)
    chosen = Notification.id == only if only is not None else Notification.id <= (up_to or 0)
    work.session.execute(
        update(Notification)
        .where(Notification.person_id == work.actor.person_id, Notification.read_at.is_(None), chosen)
        .values(read_at=work.now)
        .execution_options(synchronize_session=False)
    )
