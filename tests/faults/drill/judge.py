"""Writes obligations by the real unit of work while faults strike, and judges afterwards what became of each."""

from __future__ import annotations

import random
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from tests.faults.drill.world import World, people
from tests.faults.product import wait_until
from webapp.domain.events import Event
from webapp.domain.people import SYSTEM
from webapp.models.audit import EventRow
from webapp.models.notices import Notification
from webapp.services.audit import verify

WRITERS = 2
PATIENCE = 60
EVENT = "PasswordChanged"


@dataclass
class Told:
    """What was promised in one run: by the address of whom it is to be told."""

    promised: dict[str, int] = field(default_factory=dict)
    in_doubt: dict[str, int] = field(default_factory=dict)
    first_mail: int = 0
    threads: list[threading.Thread] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the judge found: obligations, how many were told to nobody, told under two ids, second copies."""

    obligations: int
    untold: int
    twice: int
    copies: int
    seconds: float


def begin(world: World, chance: random.Random, count: int, seconds: float) -> Told:
    """Begin to write `count` obligations within so many seconds, each to another person, from several threads."""
    told, everybody = Told(first_mail=len(world.mail.came)), list(people(world.wired, count).items())
    pauses = [chance.uniform(0, 2 * seconds * WRITERS / count) for _ in everybody]

    def write(part: int) -> None:
        for (person_id, email), pause in list(zip(everybody, pauses, strict=True))[part::WRITERS]:
            told.stop.wait(pause)
            try:
                with world.wired.open_work(SYSTEM) as work:
                    work.record(Event(EVENT, "person", person_id))
                told.promised[email] = person_id
            except SQLAlchemyError:
                # The line broke: whether it was committed is what the database says afterwards.
                told.in_doubt[email] = person_id

    told.threads = [threading.Thread(target=write, args=(part,)) for part in range(WRITERS)]
    for thread in told.threads:
        thread.start()
    return told


def judge(world: World, told: Told) -> Verdict:
    """Wait until all is settled, then count. The mails are counted by the mail server, not by the product."""
    for thread in told.threads:
        thread.join()
    began = time.monotonic()
    assert wait_until(lambda: _is_settled(world), PATIENCE, every=0.1), f"not settled\n{world.log()}"
    seconds = time.monotonic() - began
    wanted = {**told.promised, **told.in_doubt}
    with world.wired.open_reading() as session:
        rows = session.execute(
            select(EventRow.subject_id, func.count()).where(EventRow.name == EVENT).group_by(EventRow.subject_id)
        )
        committed = {row[0]: row[1] for row in rows}
        rows = session.execute(select(Notification.person_id, func.count()).group_by(Notification.person_id))
        alerts = {row[0]: row[1] for row in rows}
        assert not verify(session).breaks
    # What was said to be committed is there, and once.
    assert all(committed.get(person) == 1 for person in told.promised.values())
    ids: dict[str, set[str]] = defaultdict(set)
    came = world.mail.came[told.first_mail :]
    for message_id, address in came:
        ids[address].add(message_id)
    due = {email: person for email, person in wanted.items() if person in committed}
    assert set(ids) <= set(due), "somebody was told of what was not committed"
    return Verdict(
        obligations=len(due),
        untold=sum(1 for email, person in due.items() if not ids[email] or alerts.get(person) != 1),
        twice=sum(1 for found in ids.values() if len(found) > 1),
        copies=len(came) - sum(len(found) for found in ids.values()),
        seconds=seconds,
    )


def _is_settled(world: World) -> bool:
    world.mind()
    return world.unsettled() == 0
