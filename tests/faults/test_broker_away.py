"""The broker stops or dies: a page does not wait for it, and what was obliged goes out afterwards."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from config.embedded import embedded_valkey
from config.embedded.valkey import Broker
from tests.faults.product import Product, product, wait_until
from tests.faults.test_worker_killed import caught, oblige_mails, unsettled
from webapp.wiring import Wiring

# A nudge waits for nothing; this is room for a busy machine.
AT_MOST = 0.1


def _slowest_nudge(wired: Wiring) -> float:
    """The longest of several nudges, in seconds; each after the rest that a lost one brings."""
    longest = 0.0
    for _ in range(3):
        wired.ports.bus._rests_until = 0.0  # type: ignore[attr-defined]
        began = time.monotonic()
        wired.ports.bus.nudge("outbox.run")
        longest = max(longest, time.monotonic() - began)
    return longest


@pytest.mark.slow
def test_a_stopped_broker_costs_a_page_nothing_and_mails_leave_after(
    live: Wiring, broker: Broker, running: Product, say: Callable[[str], None]
) -> None:
    for name in ("mailbox", "worker", "beat"):
        running.start(name)
    oblige_mails(live, 1)
    assert wait_until(lambda: caught(live) == 1, 30), running.log("worker")
    broker.process.send_signal(signal.SIGSTOP)
    try:
        oblige_mails(live, 3)
        slowest = _slowest_nudge(live)
    finally:
        broker.process.send_signal(signal.SIGCONT)
    say(f"the slowest nudge of a stopped broker took {slowest * 1000:.0f} ms")
    assert slowest < AT_MOST
    assert wait_until(lambda: caught(live) == 4 and unsettled(live) == 0, 40), running.log("worker")


@pytest.mark.slow
def test_a_dead_broker_loses_nothing(live: Wiring, broker: Broker, tmp_path: Path, say: Callable[[str], None]) -> None:
    with product(live.settings, tmp_path) as before:
        before.start("mailbox")
        before.start("worker")
        broker.process.kill()
        broker.process.wait()
        oblige_mails(live, 3)
        slowest = _slowest_nudge(live)
    say(f"the slowest nudge of a dead broker took {slowest * 1000:.0f} ms")
    assert slowest < AT_MOST
    # Another broker, that knows nothing: what is to be done stands in the database.
    (folder := tmp_path / "new").mkdir(mode=0o755)
    with embedded_valkey(folder, durable=False) as empty:
        settings = live.settings.model_copy(update={"redis_url": empty.url})
        with product(settings, folder) as after:
            for name in ("mailbox", "worker", "beat"):
                after.start(name)
            after_broker = replace(live, settings=settings)
            assert wait_until(lambda: caught(after_broker) == 3 and unsettled(live) == 0, 40), after.log("worker")
