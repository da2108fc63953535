"""Webhooks of other systems as administrators see them: where they lead, whether they work, what was sent last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.domain.webhooks import type_of
from webapp.models.audit import EventRow
from webapp.models.base import id_in
from webapp.models.notices import OutboxRow, Webhook

MESSAGES = 50


@dataclass(frozen=True, slots=True)
class WebhookLine:
    """One webhook: where it leads, what for, since when it is told nothing and why, how many messages wait."""

    id: int
    url: str
    what_for: str
    added_at: datetime
    stopped_at: datetime | None
    stopped_because: str
    waiting: int


@dataclass(frozen=True, slots=True)
class Message:
    """One message to it: what of, its state, the last answer."""

    id: int
    type: str
    state: str
    attempts: int
    at: datetime
    answer: str


def list_webhooks(session: Session) -> list[WebhookLine]:
    """All webhooks, the newest first."""
    waiting = (
        select(func.count())
        .where(
            OutboxRow.kind == "webhook",
            OutboxRow.state.in_(("pending", "sending")),
            id_in(OutboxRow.payload, "webhook_id") == Webhook.id,
        )
        .scalar_subquery()
    )
    return [_line(row, count) for row, count in session.execute(select(Webhook, waiting).order_by(Webhook.id.desc()))]


def find_webhook(session: Session, webhook_id: int) -> WebhookLine | None:
    """One webhook; None where there is none."""
    return next((line for line in list_webhooks(session) if line.id == webhook_id), None)


def list_messages(session: Session, webhook_id: int) -> list[Message]:
    """Its last messages, the newest first."""
    found = session.execute(
        select(OutboxRow, EventRow.name, EventRow.subject_kind)
        .join(EventRow, EventRow.id == id_in(OutboxRow.payload, "event_id"))
        .where(OutboxRow.kind == "webhook", id_in(OutboxRow.payload, "webhook_id") == webhook_id)
        .order_by(OutboxRow.id.desc())
        .limit(MESSAGES)
    )
    return [
        Message(
            row.id, type_of(kind, name), row.state, row.attempts, row.created_at, row.last_error or row.smtp_reply or ""
        )
        for row, name, kind in found
    ]


def _line(row: Webhook, waiting: int) -> WebhookLine:
    return WebhookLine(row.id, row.url, row.what_for, row.added_at, row.stopped_at, row.stopped_because, waiting)
