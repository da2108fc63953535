"""Clears away what has ended by time: sessions, kept forms, throttles, form keys, obligations done long ago."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, literal, or_

from webapp.models.audit import FormKey
from webapp.models.base import Base
from webapp.models.notices import OutboxRow
from webapp.models.people import KeptForm, SessionRow, Throttle
from webapp.services.work import UnitOfWork

# The claim looks at unsettled rows only, so these days are for people who look back, not for speed.
DONE_KEPT = timedelta(days=30)
FORM_KEYS_KEPT = timedelta(days=30)


def clear_away(work: UnitOfWork) -> dict[str, int]:
    """Remove what no longer counts; returns how many rows of each table. Mails, with their rows, are kept."""
    idle = work.now - timedelta(hours=work.rules.limits.session_idle_hours)
    long_done = work.now - DONE_KEPT
    over: tuple[tuple[type[Base], ColumnElement[bool]], ...] = (
        # An hour more, in which a form posted after the session's end still finds whose it was.
        (SessionRow, or_(SessionRow.expires_at < work.later(hours=-1), SessionRow.seen_at < idle - timedelta(hours=1))),
        (KeptForm, KeptForm.expires_at < work.now),
        (Throttle, Throttle.window_ends_at < work.now),
        (FormKey, FormKey.created_at < work.now - FORM_KEYS_KEPT),
        (
            OutboxRow,
            and_(OutboxRow.kind.in_(("event", "task")), OutboxRow.state == "sent", OutboxRow.sent_at < long_done),
        ),
    )
    return {
        table.__tablename__: len(
            work.session.execute(
                delete(table).where(ended).returning(literal(1)).execution_options(synchronize_session=False)
            ).all()
        )
        for table, ended in over
    }
