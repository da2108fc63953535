"""Tells other systems what they wait for: one call after the other, each settled as soon as its answer is known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from time import monotonic

from sqlalchemy import select

from webapp.domain.webhooks import Called, make_body, sign, type_of
from webapp.models.audit import EventRow
from webapp.models.calls import Call
from webapp.models.notices import Webhook
from webapp.models.partners import Partner
from webapp.models.proposals import Proposal
from webapp.services.notices.webhooks import read_secret
from webapp.services.outbox.claim import Claimed, claim
from webapp.services.outbox.perform import Opener
from webapp.services.outbox.settle import finish, postpone, set_aside
from webapp.services.work import UnitOfWork


def run_webhooks(open_work: Opener, *, seconds: float) -> int:
    """Make the calls that are due, one at a time, for so long; returns how many were made."""
    until, made = monotonic() + seconds, 0
    while monotonic() < until:
        with open_work() as work:
            rows = claim(work, "webhook", 1)
        if not rows:
            break
        _call(open_work, rows[0])
        made += 1
    return made


def _call(open_work: Opener, row: Claimed) -> None:
    with open_work() as work:
        hook = work.session.get(Webhook, int(row.payload["webhook_id"]))
        if hook is None or hook.stopped_at is not None:
            set_aside(work, row, "cancelled", "It is told no more.")
            return
        kind, at, about = _told(work, int(row.payload["event_id"]))
        body = make_body(kind, at, about)
        message_id = "msg_" + row.message_id.strip("<>").partition("@")[0]
        headers = sign(read_secret(work, hook.id), message_id, work.now, body)
        caller, url = work.ports.caller, hook.url
    # No transaction is open while the other side is waited for.
    called = caller.call(url, headers, body)
    with open_work() as work:
        _settle(work, row, called)


def _told(work: UnitOfWork, event_id: int) -> tuple[str, datetime, Mapping[str, object]]:
    event = work.session.get_one(EventRow, event_id)
    columns = {"proposal": Proposal.reference, "call": Call.code, "partner": Partner.code}
    named = columns[event.subject_kind]
    name = work.session.scalar(select(named).where(named.class_.id == event.subject_id))
    about = {"event": event.id, event.subject_kind: name, "number": event.number, "version": event.version_id}
    return type_of(event.subject_kind, event.name), event.at, about


def _settle(work: UnitOfWork, row: Claimed, called: Called) -> None:
    match called.outcome:
        case "taken":
            finish(work, row, reply=called.words)
        case "gone":
            set_aside(work, row, "dead", called.words)
            hook = work.session.get_one(Webhook, int(row.payload["webhook_id"]))
            hook.stopped_at, hook.stopped_because = work.now, called.words
        case _:
            postpone(work, row, called.words)
