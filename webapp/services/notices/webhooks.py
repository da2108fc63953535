"""Webhooks of other systems: adding, stopping and calling them, and sending again what they missed (R66)."""

from __future__ import annotations

import secrets

from sqlalchemy import select

from webapp.domain.errors import Invalid, NotFound, NotNow
from webapp.domain.events import Event
from webapp.domain.policy import Action
from webapp.domain.problems import Problem
from webapp.domain.webhooks import SECRET_BYTES, is_url
from webapp.models.base import id_in
from webapp.models.initiative import InitiativeRow
from webapp.models.notices import OutboxRow, Webhook
from webapp.services.access import allow
from webapp.services.work import UnitOfWork

MOST = 20


def add_webhook(work: UnitOfWork, url: str, what_for: str) -> int:
    """Tell another system of every event of proposals, calls and partners from now on. Raises Invalid, NotAllowed."""
    allow(work, Action.MANAGE_WEBHOOKS)
    if not is_url(url):
        raise Invalid([Problem("webhook", "url", "webhook_url")])
    if len(work.session.scalars(select(Webhook.id).limit(MOST)).all()) >= MOST:
        raise NotNow("webhooks_many")
    row = Webhook(url=url, what_for=what_for.strip(), secret=b"", added_by_id=work.actor.person_id, added_at=work.now)
    work.session.add(row)
    work.session.flush()
    row.secret = work.ports.sealer.seal(secrets.token_bytes(SECRET_BYTES), about=_about(row.id))
    _note(work, "WebhookAdded", row.id)
    return row.id


def read_secret(work: UnitOfWork, webhook_id: int) -> bytes:
    """The secret by which the other system knows us. Raises NotFound, NotAllowed."""
    if not work.actor.is_system:
        allow(work, Action.MANAGE_WEBHOOKS)
    row = _find(work, webhook_id)
    return work.ports.sealer.open(row.secret, about=_about(row.id))


def stop_webhook(work: UnitOfWork, webhook_id: int) -> None:
    """Tell it no more; what waits for it is called off when its turn comes."""
    allow(work, Action.MANAGE_WEBHOOKS)
    row = _find(work, webhook_id)
    if row.stopped_at is None:
        row.stopped_at, row.stopped_because = work.now, ""
        _note(work, "WebhookStopped", row.id)


def resume_webhook(work: UnitOfWork, webhook_id: int) -> None:
    """Tell it again, from now on."""
    allow(work, Action.MANAGE_WEBHOOKS)
    row = _find(work, webhook_id)
    if row.stopped_at is not None:
        row.stopped_at, row.stopped_because = None, ""
        _note(work, "WebhookResumed", row.id)


def send_again(work: UnitOfWork, webhook_id: int, row_id: int) -> None:
    """Send a message again under the same id, also one that was taken. Raises NotFound, NotAllowed; NotNow."""
    allow(work, Action.MANAGE_WEBHOOKS)
    hook = _find(work, webhook_id)
    row = work.session.scalars(
        select(OutboxRow)
        .where(OutboxRow.id == row_id, OutboxRow.kind == "webhook", id_in(OutboxRow.payload, "webhook_id") == hook.id)
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound
    if hook.stopped_at is not None or row.state == "sending":
        raise NotNow("outbox_not_aside")
    row.state, row.attempts, row.due_at, row.sent_at = "pending", 0, work.now, None
    _note(work, "WebhookSentAgain", hook.id)
    work.nudge("webhooks.run")


def _find(work: UnitOfWork, webhook_id: int) -> Webhook:
    row = work.session.scalars(select(Webhook).where(Webhook.id == webhook_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound
    return row


def _about(webhook_id: int) -> str:
    return f"webhook:{webhook_id}"


def _note(work: UnitOfWork, event: str, webhook_id: int) -> None:
    initiative = work.session.scalars(select(InitiativeRow.id).order_by(InitiativeRow.id).limit(1)).one()
    work.record(Event(event, "initiative", initiative, {"webhook_id": webhook_id}))
