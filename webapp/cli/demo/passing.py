"""The demonstration's past, and how time passes in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy import Engine, event, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session

from webapp.adapters.clocks import SetClock
from webapp.adapters.task_bus import QuietBus
from webapp.cli.demo.mailbox import PastMailer
from webapp.domain.notices import LANES
from webapp.models.deadlines import TimerRow
from webapp.models.notices import OutboxRow
from webapp.services.deadlines import sweep_timers
from webapp.services.outbox.run import run_lane, run_outbox
from webapp.services.work import UnitOfWork
from webapp.wiring import Wiring

LONG = 600.0
Opener = Callable[[], AbstractContextManager[UnitOfWork]]


@contextmanager
def past_of(wired: Wiring, clock: SetClock) -> Iterator[Wiring]:
    """The same installation at another time: no worker is nudged, and mails go to the mailbox at once.

    All of it goes over one connection, which need not be tried out anew for each unit of work.
    """
    with wired.open_reading() as session:
        engine = session.get_bind()
    assert isinstance(engine, Engine)  # noqa: S101 - commands connect by an engine
    with engine.connect() as connection:
        new_session = partial(Session, connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
        past = replace(wired, new_session=new_session, ports=replace(wired.ports, clock=clock, bus=QuietBus()))
        yield replace(past, ports=replace(past.ports, mailer=PastMailer(past, clock)))


def is_due(wired: Wiring, at: datetime) -> bool:
    """Whether a timer or a row of the outbox is due."""
    timers = select(TimerRow.id).where(TimerRow.done_at.is_(None), TimerRow.due_at <= at)
    rows = select(OutboxRow.id).where(OutboxRow.state == "pending", OutboxRow.due_at <= at)
    with wired.open_reading() as session:
        return any(session.scalars(found.limit(1)).first() is not None for found in (timers, rows))


def act_once(open_work: Opener) -> None:
    """Fire, tell, do and send what is due until nothing more is found."""
    sweep_timers(open_work, seconds=LONG)
    run_outbox(open_work, seconds=LONG)
    for lane in sorted(set(LANES.values())):
        run_lane(open_work, lane, seconds=LONG)


def at_ease(wired: Wiring) -> None:
    """From now on a commit does not wait for the disk: a load that a crash cuts short is begun anew anyway."""
    with wired.open_reading() as session:
        event.listen(session.get_bind(), "connect", _do_not_wait)


def _do_not_wait(connection: DBAPIConnection, _: object) -> None:
    connection.autocommit = True  # in a transaction it would be undone with it
    connection.cursor().execute("SET synchronous_commit = off")
    connection.autocommit = False
