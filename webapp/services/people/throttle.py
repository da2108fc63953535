"""Counts tries in a window, in the database, so that it holds without Redis and across processes."""

from __future__ import annotations

import ipaddress

from sqlalchemy import case, delete, select
from sqlalchemy.dialects.postgresql import insert

from webapp.models.people import Throttle
from webapp.services.work import UnitOfWork

WINDOW_MINUTES = 15


def network_of(address: str) -> str:
    """What counts as one network: an IPv4 address, the first half of an IPv6 one; other texts as they are."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False).network_address)


def count_try(work: UnitOfWork, key: str) -> int:
    """Count one try under a key; returns how many there were in the running window, this one included."""
    ends = work.later(minutes=WINDOW_MINUTES)
    fresh = Throttle.window_ends_at <= work.now
    statement = insert(Throttle).values(key=key, count=1, window_ends_at=ends)
    return work.session.execute(
        statement.on_conflict_do_update(
            index_elements=["key"],
            set_={
                "count": case((fresh, 1), else_=Throttle.count + 1),
                "window_ends_at": case((fresh, ends), else_=Throttle.window_ends_at),
            },
        ).returning(Throttle.count)
    ).scalar_one()


def tries(work: UnitOfWork, key: str) -> int:
    """How many tries were counted under a key in the running window."""
    found = select(Throttle.count).where(Throttle.key == key, Throttle.window_ends_at > work.now)
    return work.session.scalars(found).one_or_none() or 0


def forget_tries(work: UnitOfWork, key: str) -> None:
    """Start counting anew, after a success."""
    work.session.execute(delete(Throttle).where(Throttle.key == key))
