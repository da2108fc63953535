"""Events told and mails sent in a second: the outbox that the deeds filled, worked off to a server that takes all."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from config.settings import Settings
from webapp import wiring
from webapp.domain.notices import USUAL_LANE
from webapp.domain.people import SYSTEM
from webapp.services.outbox.deliver import deliver_due
from webapp.services.outbox.perform import perform_due
from webapp.services.work import OpenWork


@dataclass(frozen=True, slots=True)
class Posted:
    """How many events were told and mails sent by one process, and in how many seconds."""

    events: int
    telling: float
    mails: int
    sending: float


def post_all(settings: Settings, mail_port: int) -> Posted:
    """Tell all events that are due, then send all mails."""
    with _sink(mail_port), wiring.connected(settings) as wired:

        def open_work() -> OpenWork:
            return wired.open_work(SYSTEM)

        batch = settings.outbox_batch
        began = time.perf_counter()
        events = mails = 0
        while done := perform_due(open_work, "event", USUAL_LANE, limit=batch):
            events += done
        told = time.perf_counter()
        while done := deliver_due(open_work, limit=batch):
            mails += done
        return Posted(events, told - began, mails, time.perf_counter() - told)


@contextmanager
def _sink(port: int) -> Iterator[None]:
    """A mail server in a process of its own."""
    command = [sys.executable, "-W", "ignore", "-m", "aiosmtpd", "-n", "-c", "aiosmtpd.handlers.Sink"]
    process = subprocess.Popen([*command, "-l", f"127.0.0.1:{port}"])
    try:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait()
