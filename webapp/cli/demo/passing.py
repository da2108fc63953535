"""How time passes in the demonstration's past: what is due is done by two processes, as on a real machine."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection

from sqlalchemy import event, select
from sqlalchemy.engine.interfaces import DBAPIConnection

from config.settings import Settings
from webapp import wiring
from webapp.adapters.clocks import SetClock
from webapp.adapters.task_bus import QuietBus
from webapp.cli.demo.mailbox import PastMailer
from webapp.domain.notices import LANES
from webapp.domain.people import SYSTEM
from webapp.models.deadlines import TimerRow
from webapp.models.notices import OutboxRow
from webapp.services.deadlines import sweep_timers
from webapp.services.outbox.run import run_lane, run_outbox
from webapp.services.work import UnitOfWork
from webapp.wiring import Wiring

LONG = 600.0
Opener = Callable[[], AbstractContextManager[UnitOfWork]]


def past_of(wired: Wiring, clock: SetClock) -> Wiring:
    """The same installation at another time: no worker is nudged, and mails go to the mailbox at once."""
    past = replace(wired, ports=replace(wired.ports, clock=clock, bus=QuietBus()))
    return replace(past, ports=replace(past.ports, mailer=PastMailer(past, clock)))


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


class Second:
    """The second process, at the other end of a pipe."""

    def __init__(self, pipe: Connection | None) -> None:
        self._pipe = pipe

    @contextmanager
    def at_work(self, at: datetime) -> Iterator[None]:
        """The second process does what is due at that time while the block runs. Raises RuntimeError if it fails."""
        if self._pipe is not None:
            self._pipe.send(at)
        yield
        if self._pipe is not None and (failed := self._pipe.recv()):
            raise RuntimeError(failed)


@contextmanager
def second_process(settings: Settings | None) -> Iterator[Second]:
    """A second process with connections of its own; without settings there is none, and one does it all."""
    if settings is None:
        yield Second(None)
        return
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, settings), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Second(ours)
    finally:
        ours.close()
        process.join()


def _serve(pipe: Connection, settings: Settings) -> None:
    with wiring.connected(settings) as wired:
        at_ease(wired)
        gc.freeze()
        while True:
            try:
                clock = SetClock(pipe.recv())
            except EOFError:
                return
            try:
                act_once(partial(past_of(wired, clock).open_work, SYSTEM))
            except Exception as error:  # noqa: BLE001 - told at the other end, which stops the whole
                pipe.send(f"{type(error).__name__}: {error}")
            else:
                pipe.send("")


def at_ease(wired: Wiring) -> None:
    """From now on a commit does not wait for the disk: a load that a crash cuts short is begun anew anyway."""
    with wired.open_reading() as session:
        event.listen(session.get_bind(), "connect", _do_not_wait)


def _do_not_wait(connection: DBAPIConnection, _: object) -> None:
    connection.autocommit = True  # in a transaction it would be undone with it
    connection.cursor().execute("SET synchronous_commit = off")
    connection.autocommit = False
