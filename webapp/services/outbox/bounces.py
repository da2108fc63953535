"""Takes reports of what became of mails that a server had taken: from returned mails and from a provider (R56)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from uuid import uuid4

import structlog
from sqlalchemy import select

from webapp.domain.bounces import Report, read_reports
from webapp.domain.errors import NotFound
from webapp.models.notices import Mail, OutboxRow
from webapp.services.notices.addresses import set_address_aside
from webapp.services.outbox import hooks
from webapp.services.outbox.claim import held
from webapp.services.outbox.hear import tell_listener
from webapp.services.work import UnitOfWork

Opener = Callable[[], AbstractContextManager[UnitOfWork]]
AT_ONCE = 200
log = structlog.get_logger(__name__)


def read_returned(open_work: Opener, limit: int = AT_ONCE) -> int:
    """Look through the mailbox of returned mails; how many reports of ours were taken.

    A mail is marked as read only once what it says is committed: read twice, it says the same.
    """
    with open_work() as work:
        returned = work.ports.returned
    taken = 0

    def look(raw: bytes) -> None:
        nonlocal taken
        with open_work() as work:
            taken += sum(take_report(work, report) for report in read_reports(raw))

    if returned is not None:
        returned.each(look, limit)
    return taken


def take_provider_report(work: UnitOfWork, provider: str, body: bytes) -> None:
    """Take what a provider reports. Raises NotFound for one that is not set up, and for what it did not sign."""
    reader = work.ports.report_readers.get(provider)
    reports = reader(body, work.now) if reader else None
    if reports is None:
        raise NotFound
    for report in reports:
        take_report(work, report)


def take_report(work: UnitOfWork, report: Report) -> bool:
    """Settle the mail that a report is about; False where it is none of ours, or is settled so already.

    A Message-ID of ours cannot be guessed: who names one has had the mail in hand.
    """
    found = work.session.execute(
        select(OutboxRow, Mail.to_address)
        .join(Mail, Mail.outbox_id == OutboxRow.id)
        .where(OutboxRow.message_id == report.message_id)
        .with_for_update(of=OutboxRow)
    ).one_or_none()
    if found is None:
        return False
    row, address = found
    match report.outcome:
        case "delivered" if row.state == "unknown":
            row.state, row.sent_at, row.smtp_reply = "sent", work.now, report.words[:500] or None
        case "failed" if row.state in ("sent", "unknown"):
            row.state, row.sent_at, row.last_error = "dead", None, f"Returned: {report.words}"[:500]
            if report.is_hard:
                set_address_aside(work, address, report.words)
            tell_listener(work, replace(held(row), lease_token=uuid4()), hooks.BOUNCED)
        case "unwanted":
            set_address_aside(work, address, "Its reader reported a mail as unwanted.")
        case _:
            return False
    log.info("mail_reported", row=row.id, outcome=report.outcome, hard=report.is_hard)
    return True
