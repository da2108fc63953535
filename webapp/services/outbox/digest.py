"""The task behind the daily mail: takes up what waited for it (R52)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update

from webapp.domain.events import Event
from webapp.models.notices import Notification
from webapp.models.people import Person
from webapp.services.notices.digest import TASK
from webapp.services.outbox.hooks import does
from webapp.services.work import UnitOfWork


@does(TASK)
def make_digest(work: UnitOfWork, payload: Mapping[str, Any]) -> None:
    """Take up what waits for the person's daily mail and was not read meanwhile; nothing waits, nothing is sent."""
    person_id = int(payload["person_id"])
    waiting = (
        update(Notification)
        .where(
            Notification.person_id == person_id,
            Notification.for_digest.is_(True),
            Notification.digested_at.is_(None),
        )
        .values(digested_at=work.now)
        .returning(Notification.id, Notification.read_at)
    )
    unread = sorted(row.id for row in work.session.execute(waiting) if row.read_at is None)
    open_account = select(Person.id).where(Person.id == person_id, Person.disabled_at.is_(None))
    if unread and work.session.scalar(open_account) is not None:
        work.record(Event("DigestDue", "person", person_id, {"notifications": unread}))
