"""The world of the long run: people by name, the product with real commits, its mails, and what was counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from tests.fakes import TAKEN, FakeMailer
from tests.soak.memory import Memory
from webapp.adapters.clocks import SetClock
from webapp.domain.notices import LANES
from webapp.domain.people import SYSTEM, Actor
from webapp.domain.ports import Delivery, OutgoingMail
from webapp.queries.people import find_actor
from webapp.services.deadlines import sweep_timers
from webapp.services.outbox.run import run_lane, run_outbox
from webapp.services.work import OpenWork
from webapp.wiring import Wiring

BOUNCED = Delivery("refused", "550 5.1.1 no such mailbox")
LONG = 60.0


@dataclass
class Tally:
    """How often each act succeeded, and with which code it was refused; how often each rule was looked at."""

    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    strangers: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    drawn: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    lives: int = 0
    steps: int = 0


@dataclass
class World:
    """One small installation at the clock's time. `bounces` are addresses that the mail server refuses.

    `turns` counts acts, for the keys of forms; `latest` is the latest time that the clock has shown.
    """

    wired: Wiring
    clock: SetClock
    ids: dict[str, int]
    tally: Tally
    bounces: set[str] = field(default_factory=set)
    memory: Memory = field(default_factory=Memory)
    stale: int = 0
    turns: int = 0
    steps: int = 0
    latest: datetime = datetime(2026, 1, 1, tzinfo=UTC)

    def seen(self, revision: int) -> int:
        """The revision that a person's form names: an older one while `stale` says so."""
        return revision - self.stale

    @property
    def now(self) -> datetime:
        """The clock's time."""
        return self.clock.at

    def actor(self, person_id: int) -> Actor:
        """The person as they act today."""
        with self.wired.open_reading() as session:
            found = find_actor(session, person_id, self.now)
        assert found is not None
        return found

    def open_as(self, person_id: int) -> OpenWork:
        """A unit of work of this person."""
        return self.wired.open_work(self.actor(person_id))

    def sweep_timers(self) -> int:
        """Fire what is due; how many timers came up."""
        return sweep_timers(lambda: self.wired.open_work(SYSTEM), seconds=LONG)

    def work_off(self) -> int:
        """Tell, do and send what is due, once through all lanes; how many rows were claimed."""
        ports = replace(self.wired.ports, mailer=FakeMailer(self._answer))
        posting = replace(self.wired, ports=ports)

        def open_work() -> OpenWork:
            return posting.open_work(SYSTEM)

        usual = run_outbox(open_work, seconds=LONG)
        return usual + sum(run_lane(open_work, lane, seconds=LONG) for lane in sorted(set(LANES.values())))

    def settle(self) -> None:
        """Work off until nothing is left."""
        while self.work_off():
            pass

    def _answer(self, mail: OutgoingMail) -> Delivery:
        return BOUNCED if mail.to_address in self.bounces else TAKEN
