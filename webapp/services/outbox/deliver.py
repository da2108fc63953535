"""Hands the due mails to the mail server, over one connection, and settles each as soon as its answer is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from time import monotonic

import structlog

from webapp.domain.notices import is_hard_bounce
from webapp.domain.ports import Delivery, Mailer, OutgoingMail
from webapp.services.notices.addresses import set_address_aside
from webapp.services.outbox import hooks
from webapp.services.outbox.claim import Claimed, claim
from webapp.services.outbox.hear import tell_listener
from webapp.services.outbox.perform import Opener
from webapp.services.outbox.prepare import prepare
from webapp.services.outbox.settle import finish, give_back, postpone, set_aside
from webapp.services.work import UnitOfWork

log = structlog.get_logger(__name__)


def deliver_due(open_work: Opener, *, limit: int) -> int:
    """Claim up to `limit` mails and send them; returns how many were claimed.

    What is not reached within half of the lease goes back untried, so that no mail is sent by two.
    """
    with open_work() as work:
        rows = claim(work, "mail", limit)
        mailer, lease = work.ports.mailer, work.rules.limits.outbox_lease_seconds
    if rows:
        until = monotonic() + lease / 2
        _deliver(open_work, mailer, rows, until)
    return len(rows)


def _deliver(open_work: Opener, mailer: Mailer, rows: Sequence[Claimed], until: float) -> None:
    waiting = {row.message_id: row for row in rows}
    tried: set[str] = set()
    try:
        mails = prepare(open_work, rows)
        for message_id in waiting.keys() - {mail.message_id for mail in mails}:
            del waiting[message_id]  # settled while it was prepared
        for mail, delivery in mailer.send(_in_time(mails, until, tried)):
            row = waiting.pop(mail.message_id)
            with open_work() as work:
                settle_delivery(work, row, mail, delivery)
    finally:
        # A mail that was in the server's hands when something broke stays leased: it may have been taken.
        for message_id, row in waiting.items():
            if message_id not in tried:
                with open_work() as work:
                    give_back(work, row)


def _in_time(mails: Sequence[OutgoingMail], until: float, tried: set[str]) -> Iterator[OutgoingMail]:
    for mail in mails:
        if monotonic() > until:
            return
        tried.add(mail.message_id)
        yield mail


def settle_delivery(work: UnitOfWork, row: Claimed, mail: OutgoingMail, delivery: Delivery) -> None:
    """Write down what the server said, and tell the room that waits for it."""
    match delivery.outcome:
        case "sent":
            if finish(work, row, reply=delivery.reply):
                tell_listener(work, row, hooks.DELIVERED)
        case "refused":
            if set_aside(work, row, "dead", delivery.reply) and is_hard_bounce(delivery.reply):
                set_address_aside(work, mail.to_address, delivery.reply)
        case "rejected":
            set_aside(work, row, "dead", delivery.reply)
        case "lost":
            # Sent again under the same Message-ID and Date; after the last try nobody knows.
            postpone(work, row, delivery.reply, at_last="unknown")
        case "unreachable":
            give_back(work, row, delivery.reply, wait=True)
        case _:
            postpone(work, row, delivery.reply)
