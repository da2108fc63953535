"""Works the outbox off in a test: all events told, all tasks done, all mails handed to a list instead of a server."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from tests.fakes import FakeMailer
from webapp.domain.notices import LANES
from webapp.domain.people import SYSTEM
from webapp.services.deadlines import sweep_timers
from webapp.services.outbox.run import run_lane
from webapp.services.outbox.run import run_outbox as run_usual
from webapp.services.work import OpenWork
from webapp.wiring import Wiring


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail as its reader gets it."""

    to: str
    subject: str
    text: str
    html: str
    message_id: str
    headers: Mapping[str, str]

    @property
    def links(self) -> list[str]:
        """The addresses in the text."""
        return re.findall(r"https?://[^\s)]+", self.text)


def run_outbox(wired: Wiring, mailer: FakeMailer | None = None) -> list[Sent]:
    """Do all that is due at the clock's time, in all lanes; the mails that were taken, in order."""
    mailer = mailer or FakeMailer()
    ports = replace(wired.ports, mailer=mailer)
    posting = replace(wired, ports=ports)

    def open_work() -> OpenWork:
        return posting.open_work(SYSTEM)

    while run_usual(open_work, seconds=60) + sum(run_lane(open_work, lane, seconds=60) for lane in set(LANES.values())):
        pass
    return [
        Sent(mail.to_address, mail.subject, mail.text, mail.html, mail.message_id, mail.headers)
        for mail in mailer.taken
    ]


def fire_timers(wired: Wiring) -> int:
    """Fire what is due at the clock's time; how many timers came up."""
    return sweep_timers(lambda: wired.open_work(SYSTEM), seconds=60)
