"""Fixtures for faults: a database with real commits and the real clock, a broker that a test may stop or kill."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from config.embedded import embedded_valkey, free_port
from config.embedded.valkey import Broker
from tests.faults.product import Product, product
from webapp.adapters.clocks import DatabaseClock
from webapp.adapters.mailer import SmtpMailer
from webapp.adapters.task_bus import CeleryBus
from webapp.wiring import Wiring


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Show a figure, also where the test passes."""

    def show(text: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n  {text}\n")

    return show


@pytest.fixture
def chance(say: Callable[[str], None]) -> random.Random:
    """Random moments from a seed that is shown, so that a failure can be had again: DESK_TEST_SEED sets it."""
    seed = int(os.environ.get("DESK_TEST_SEED") or random.randrange(1_000_000))
    say(f"seed {seed}")
    return random.Random(seed)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """A broker of the test's own."""
    tmp_path.chmod(0o755)
    with embedded_valkey(tmp_path, durable=False) as made:
        yield made


@pytest.fixture
def live(committed: Wiring, broker: Broker) -> Wiring:
    """The wiring as processes have it, with short leases and pauses."""
    changes = {
        "demo": True,
        "redis_url": broker.url,
        "dev_mail_port": free_port(),
        "outbox_sweep_seconds": 1,
        "outbox_lease_seconds": 2,
        "outbox_first_pause_seconds": 1,
    }
    settings = committed.settings.model_copy(update=changes)
    ports = replace(
        committed.ports,
        clock=DatabaseClock(),
        bus=CeleryBus(broker.url, settings.broker_patience_ms),
        mailer=SmtpMailer(f"smtp://127.0.0.1:{settings.dev_mail_port}", settings.mail_from, 5),
    )
    limits = replace(committed.rules.limits, outbox_lease_seconds=2, outbox_first_pause_seconds=1)
    return replace(committed, settings=settings, ports=ports, rules=replace(committed.rules, limits=limits))


@pytest.fixture
def running(live: Wiring, tmp_path: Path) -> Iterator[Product]:
    """The product's processes over that database and broker; none is started yet."""
    with product(live.settings, tmp_path) as made:
        yield made
