"""Many sweeps at once, replies that get lost, a mailbox that is killed: each obligation is met once."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from tests.adapters.smtp import OK, Server, smtp_server
from tests.factories import make_call, make_person, make_proposal
from tests.fakes import FakeMailer
from tests.faults.product import Product, listens, wait_until
from tests.faults.test_worker_killed import message_ids, oblige_mails, unsettled
from webapp.adapters.mailer import SmtpMailer
from webapp.domain.deadlines import Timer, TimerKind
from webapp.domain.people import SYSTEM
from webapp.models.notices import CaughtMail, Notification, OutboxRow
from webapp.services import deadlines
from webapp.services.deadlines import Fired, sweep_timers
from webapp.services.outbox.run import run_outbox
from webapp.services.work import UnitOfWork
from webapp.wiring import Wiring

pytestmark = pytest.mark.rule("R54")
SWEEPS = 4


def _at_once(act: Callable[[], object], times: int = SWEEPS) -> None:
    """Do the same in several threads that begin together; what one raises is raised here."""
    gate, raised = threading.Barrier(times), list[BaseException]()

    def run() -> None:
        gate.wait()
        try:
            act()
        except BaseException as error:  # noqa: BLE001 - raised again below, in the thread of the test
            raised.append(error)

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]


def test_sweeps_at_once_send_each_mail_once(live: Wiring) -> None:
    oblige_mails(live, 60)
    mailer = FakeMailer()
    limits = replace(live.rules.limits, outbox_batch=7, outbox_lease_seconds=60)
    rules = replace(live.rules, limits=limits)
    posting = replace(live, ports=replace(live.ports, mailer=mailer), rules=rules)
    _at_once(lambda: run_outbox(lambda: posting.open_work(SYSTEM), seconds=60))
    assert unsettled(live) == 0
    wanted, _ = message_ids(live)
    assert Counter(mail.message_id for mail in mailer.offered) == Counter(wanted)
    with live.open_reading() as session:
        assert session.scalars(select(func.count(Notification.id))).one() == 60


@pytest.mark.rule("R51")
def test_sweeps_at_once_fire_each_timer_once(live: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    fired: list[int] = []

    def verb(work: UnitOfWork, it: Fired) -> str:
        fired.append(it.id)
        return "done"

    monkeypatch.setitem(deadlines._verbs, TimerKind.STAGE_LATE, verb)
    owner, call = make_person(live), make_call(live)
    for _ in range(20):
        proposal = make_proposal(live, owner, call)
        with live.open_work(SYSTEM) as work:
            timers = [Timer(TimerKind.STAGE_LATE, work.later(hours=-hour), "draft", work.now) for hour in (1, 2)]
            work.set_timers(timers, "proposal", proposal.id, proposal_id=proposal.id)
    _at_once(lambda: sweep_timers(lambda: live.open_work(SYSTEM), seconds=60))
    # Whom another sweep had in hand is left to the next.
    sweep_timers(lambda: live.open_work(SYSTEM), seconds=60)
    assert Counter(Counter(fired).values()) == {1: 40}


def test_lost_replies_bring_second_copies_of_the_same_mail(live: Wiring, say: Callable[[str], None]) -> None:
    oblige_mails(live, 20)
    lost = {2, 3, 11, 21}
    with smtp_server(Server(data=lambda number: "" if number in lost else OK)) as server:
        mailer = SmtpMailer(f"smtp://127.0.0.1:{server.port}", live.settings.mail_from, 5)
        posting = replace(live, ports=replace(live.ports, mailer=mailer))

        def all_sent() -> bool:
            run_outbox(lambda: posting.open_work(SYSTEM), seconds=10)
            return unsettled(live) == 0

        assert wait_until(all_sent, 30, every=0.2)
        came = server.mails
    wanted, _ = message_ids(live)
    copies = Counter(str(mail["Message-ID"]) for mail in came)
    assert set(copies) == set(wanted)
    assert sum(copies.values()) == 20 + len(lost)
    dates = {str(mail["Message-ID"]): str(mail["Date"]) for mail in came}
    assert all(str(mail["Date"]) == dates[str(mail["Message-ID"])] for mail in came)
    say(f"{len(lost)} lost replies of 20 brought {len(lost)} second copies, none under another id")


@pytest.mark.slow
def test_a_killed_mailbox_has_kept_what_it_answered_for(
    live: Wiring, running: Product, chance: random.Random, say: Callable[[str], None]
) -> None:
    oblige_mails(live, 120)
    running.start("mailbox")
    assert wait_until(lambda: listens(live.settings.dev_mail_port), 20), running.log("mailbox")
    stop = threading.Event()

    def send_on() -> None:
        while not stop.is_set() and unsettled(live):
            run_outbox(lambda: live.open_work(SYSTEM), seconds=5)
            stop.wait(0.1)

    sender = threading.Thread(target=send_on)
    sender.start()
    try:
        for _ in range(3):
            reached = _sent(live) + chance.randint(5, 25)
            assert wait_until(lambda reached=reached: _sent(live) >= reached, 30, every=0.005)
            running.kill("mailbox")
            answered, kept = _ids(live)
            assert answered <= kept
            running.start("mailbox")
        assert wait_until(lambda: unsettled(live) == 0, 60, every=0.1), running.log("mailbox")
    finally:
        stop.set()
        sender.join()
    wanted, came = message_ids(live)
    assert set(came) == set(wanted)
    say(f"mailbox killed 3 times, 120 mails, second copies: {len(came) - 120}")


def _sent(wired: Wiring) -> int:
    with wired.open_reading() as session:
        sent = select(func.count(OutboxRow.id)).where(OutboxRow.kind == "mail", OutboxRow.state == "sent")
        return session.scalars(sent).one()


def _ids(wired: Wiring) -> tuple[set[str], set[str]]:
    """Message-IDs that were answered with 250, and those that the mailbox holds."""
    with wired.open_reading() as session:
        sent = select(OutboxRow.message_id).where(OutboxRow.kind == "mail", OutboxRow.state == "sent")
        return set(session.scalars(sent)), set(session.scalars(select(CaughtMail.message_id)))
