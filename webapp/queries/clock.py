"""The moment at which a page is read."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.domain.ports import Clock


def read_clock(session: Session, clock: Clock) -> datetime:
    """The clock's time, else the database's, in UTC."""
    moment = clock.now() or session.scalars(select(func.clock_timestamp())).one()
    return moment.astimezone(UTC)
