"""Makes claimed mails ready to send: as rendered, or anew where a mail carries a secret; drops what must not go."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from sqlalchemy import select

from webapp.domain.ports import OutgoingMail
from webapp.models.notices import Mail, Suppression
from webapp.services.notices.compose import compose_anew
from webapp.services.outbox.claim import Claimed
from webapp.services.outbox.perform import Opener
from webapp.services.outbox.settle import postpone, set_aside
from webapp.services.work import UnitOfWork

log = structlog.get_logger(__name__)


def prepare(open_work: Opener, rows: Sequence[Claimed]) -> list[OutgoingMail]:
    """The mails to send, in the rows' order; those that expired, may not go or cannot be rendered are settled."""
    with open_work() as work:
        ids = [row.id for row in rows]
        mails = {mail.outbox_id: mail for mail in work.session.scalars(select(Mail).where(Mail.outbox_id.in_(ids)))}
        stopped = set(
            work.session.scalars(
                select(Suppression.email).where(Suppression.email.in_([mail.to_address for mail in mails.values()]))
            )
        )
        ready = [row for row in rows if not _is_over(work, row, mails[row.id], stopped)]
    outgoing: list[OutgoingMail] = []
    for row in ready:
        mail = mails[row.id]
        if mail.text is not None and mail.html is not None:
            outgoing.append(_outgoing(row, mail, mail.text, mail.html))
            continue
        try:
            with open_work() as work:
                letter = compose_anew(work, row.payload)
            outgoing.append(_outgoing(row, mail, letter.text, letter.html))
        except Exception as error:
            log.exception("letter_failed", row=row.id)
            with open_work() as work:
                postpone(work, row, f"{type(error).__name__}: {error}")
    return outgoing


def _is_over(work: UnitOfWork, row: Claimed, mail: Mail, stopped: set[str]) -> bool:
    if row.expires_at is not None and row.expires_at <= work.now:
        set_aside(work, row, "cancelled", "Its time was over before it could be sent.")
        return True
    if mail.to_address in stopped:
        set_aside(work, row, "suppressed", "No mail goes to this address since a server refused it for good.")
        return True
    return False


def _outgoing(row: Claimed, mail: Mail, text: str, html: str) -> OutgoingMail:
    return OutgoingMail(
        message_id=row.message_id,
        sent_at=row.created_at,
        to_address=mail.to_address,
        to_name=mail.to_name,
        subject=mail.subject,
        text=text,
        html=html,
        headers=mail.headers,
    )
