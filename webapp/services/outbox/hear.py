"""Tells a room what became of its mail: a task of its own, written where the mail was settled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from webapp.models.audit import EventRow
from webapp.models.base import id_in
from webapp.models.notices import Mail, OutboxRow
from webapp.services.outbox.claim import Claimed
from webapp.services.outbox.hooks import Delivery, does, find_listener
from webapp.services.work import UnitOfWork


def tell_listener(work: UnitOfWork, row: Claimed, outcome: str) -> None:
    """Oblige us to call the room's verb, if the row is a mail and its notice has one for this outcome."""
    if row.kind != "mail" or find_listener(outcome, str(row.payload["notice"])) is None:
        return
    subject = row.order_key.split("/")[0]
    work.oblige(
        "task",
        {"task": "hear_of_mail", "outbox_id": row.id, "outcome": outcome},
        key=f"hear:{row.id}:{row.lease_token}",
        order=subject,
    )


@does("hear_of_mail")
def hear_of_mail(work: UnitOfWork, payload: Mapping[str, Any]) -> None:
    """Call the verb that waits for this mail's outcome."""
    row, mail, event = work.session.execute(
        select(OutboxRow, Mail, EventRow)
        .join(Mail, Mail.outbox_id == OutboxRow.id)
        .join(EventRow, EventRow.id == id_in(OutboxRow.payload, "event_id"))
        .where(OutboxRow.id == payload["outbox_id"])
    ).one()
    verb = find_listener(str(payload["outcome"]), str(row.payload["notice"]))
    if verb is None:
        return
    verb(
        work,
        Delivery(
            notice=str(row.payload["notice"]),
            event_id=event.id,
            event=event.name,
            payload=event.payload,
            subject_kind=event.subject_kind,
            subject_id=event.subject_id,
            person_id=row.recipient_id,
            email=mail.to_address,
            at=work.now,
        ),
    )
