"""A worker is killed while it sends: nothing committed goes untold, nobody is told twice under two ids."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from tests.factories import make_person
from tests.faults.product import Product, listens, wait_until
from webapp.domain.events import Event
from webapp.domain.people import SYSTEM
from webapp.models.notices import CaughtMail, OutboxRow
from webapp.wiring import Wiring

MAILS = 200


def oblige_mails(wired: Wiring, count: int) -> None:
    """As many people, each of whom is to be told of one event."""
    people = [make_person(wired) for _ in range(count)]
    with wired.open_work(SYSTEM) as work:
        for person in people:
            work.record(Event("PasswordChanged", "person", person.id))


def caught(wired: Wiring) -> int:
    """How many mails the mailbox holds, second copies counted."""
    with wired.open_reading() as session:
        return session.scalars(select(func.count(CaughtMail.id))).one()


def unsettled(wired: Wiring) -> int:
    """How many obligations are still open."""
    with wired.open_reading() as session:
        return session.scalars(select(func.count(OutboxRow.id)).where(OutboxRow.state != "sent")).one()


def message_ids(wired: Wiring) -> tuple[list[str], list[str]]:
    """The Message-IDs that were to be sent, and those that came, with second copies."""
    with wired.open_reading() as session:
        wanted = session.scalars(select(OutboxRow.message_id).where(OutboxRow.kind == "mail")).all()
        came = session.scalars(select(CaughtMail.message_id)).all()
    return list(wanted), list(came)


@pytest.mark.rule("R54")
@pytest.mark.slow
def test_no_mail_is_lost_when_the_worker_is_killed(
    live: Wiring, running: Product, chance: random.Random, say: Callable[[str], None]
) -> None:
    oblige_mails(live, MAILS)
    for name in ("mailbox", "worker", "beat"):
        running.start(name)
    moment = chance.randint(10, MAILS - 60)
    assert wait_until(lambda: caught(live) >= moment, 40, every=0.005), running.log("worker")
    running.kill("worker")
    at_kill = caught(live)
    assert at_kill < MAILS, "the kill came too late to show anything"

    began = time.monotonic()
    running.start("worker")
    assert wait_until(lambda: unsettled(live) == 0, 60), running.log("worker")
    seconds = time.monotonic() - began

    wanted, came = message_ids(live)
    copies = len(came) - len(set(came))
    say(f"killed after {at_kill} of {MAILS}; a new worker sent the rest in {seconds:.1f} s; second copies: {copies}")
    assert len(wanted) == MAILS
    assert sorted(set(came)) == sorted(wanted)
    # A second copy can only be of the one mail that each killed process had in hand.
    assert copies <= live.settings.worker_processes


@pytest.mark.slow
def test_the_harness_sees_a_loss(
    live: Wiring, running: Product, chance: random.Random, say: Callable[[str], None]
) -> None:
    """The same kill without the outbox, mails as mere tasks of the broker: some never come."""
    celery = ["-m", "celery", "-A", "tests.faults.naive"]
    running.start("mailbox")
    assert wait_until(lambda: listens(live.settings.dev_mail_port), 20), running.log("mailbox")
    running.start("naive", [*celery, "worker", "--concurrency", "2", "--without-mingle", "--without-gossip"])
    running.start("asking", ["-m", "tests.faults.naive", str(MAILS)])
    moment = chance.randint(10, MAILS - 60)
    assert wait_until(lambda: caught(live) >= moment, 40, every=0.005), running.log("naive") + running.log("asking")
    running.kill("naive")
    running.start("naive", [*celery, "worker", "--concurrency", "2", "--without-mingle", "--without-gossip"])
    wait_until(lambda: caught(live) >= MAILS, 5)
    with live.open_reading() as session:
        came = set(session.scalars(select(CaughtMail.message_id)))
    missing = {f"<naive-{number}@demo.example>" for number in range(MAILS)} - came
    say(f"without the outbox {len(missing)} of {MAILS} never came")
    assert missing
