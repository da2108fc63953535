"""Measures how many mails leave in a second, what 100,000 of one announcement take, and the sweep of a full table.

`make bench-mails`. The mail server is a small process on this machine that takes everything; the figures are for
docs/performance.md. Nothing fails by the clock.
"""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
from sqlalchemy import text

from config.embedded import servers_folder
from config.processes import working_in
from config.settings import Settings, load_settings
from tests.bench.base import Ground, ground
from tests.bench.web import processor_seconds
from webapp import wiring
from webapp.adapters import schema
from webapp.domain.events import Event
from webapp.domain.people import SYSTEM
from webapp.services.initiative import load_initiative
from webapp.services.outbox.claim import claim
from webapp.services.outbox.run import run_outbox
from webapp.services.outbox.take_back import take_back
from webapp.wiring import Wiring

PEOPLE = (
    "INSERT INTO people (email, name, language, time_zone, confirmed_at, created_at)"
    " SELECT 'post.' || g || '@demo.example', 'Person ' || g, (ARRAY['en', 'fr', 'es', 'pt', 'zh', 'ar'])[1 + g % 6],"
    " 'UTC', now(), now() FROM generate_series(1, :count) AS g"
)
SEATS = (
    "INSERT INTO seats (person_id, role, initiative_id, granted_at) SELECT p.id, 'auditor', i.id, now()"
    " FROM people p, (SELECT min(id) AS id FROM initiatives) i"
)
SENT = (
    "INSERT INTO outbox"
    " (kind, order_key, dedupe_key, message_id, payload, state, attempts, due_at, created_at, sent_at)"
    " SELECT 'mail', 'person:' || g, 'old:' || g, '<old-' || g || '@demo.example>', '{}', 'sent', 1,"
    " now() - interval '1 day', now() - interval '1 day', now() - interval '1 day'"
    " FROM generate_series(CAST(:first AS int), CAST(:last AS int)) AS g"
)
SETTLE = (
    "UPDATE outbox SET state = 'sent', sent_at = now(), lease_token = NULL, lease_until = NULL WHERE state = 'sending'"
)
WORK = "from tests.bench.post import work; work()"


@dataclass(frozen=True, slots=True)
class Sending:
    """One measured sending: mails, seconds, processor seconds of workers, database and mail server, peak of memory."""

    mails: int
    seconds: float
    worker: float
    database: float
    sink: float
    memory_mb: float

    def line(self, name: str) -> str:
        """A row of the table."""
        each = [1000 * spent / self.mails for spent in (self.worker, self.database, self.sink)]
        return (
            f"{name:<46}{self.mails:>8}{self.mails / self.seconds:>9.0f}"
            + "".join(f"{one:>9.2f}" for one in each)
            + f"{self.memory_mb:>9.0f}"
        )


@click.command()
@click.option("--mails", default=6000, show_default=True, help="Mails of the runs with one and with two workers.")
@click.option("--announcement", default=100_000, show_default=True, help="To how many one announcement goes.")
@click.option("--sent", default=5_000_000, show_default=True, help="Rows that were sent, in the sweep of a full table.")
def main(mails: int, announcement: int, sent: int) -> None:
    """Make the databases, send, sweep, print."""
    with tempfile.TemporaryDirectory(prefix="desk-post-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with ground(folder) as made, _sink(made.mail_port) as sink:
            settings = made.settings("desk")
            schema.upgrade(settings.migration_url)
            with wiring.connected(settings) as wired:
                _fill(wired, max(mails, announcement))
                click.echo(f"{'':46}{'mails':>8}{'a second':>9}{'worker':>9}{'datab.':>9}{'server':>9}{'MB':>9}")
                for workers in (1, 2):
                    _events(wired, mails)
                    found = _send(made, settings, sink, workers, mails)
                    click.echo(found.line(f"an event each, {workers} worker{'s' if workers > 1 else ''}"))
                for count, workers in ((announcement // 10, 1), (announcement, 1), (announcement, 2)):
                    _announce(wired, count)
                    found = _send(made, settings, sink, workers, count)
                    click.echo(found.line(f"one announcement, {workers} worker{'s' if workers > 1 else ''}"))
                _sweeps(made, settings, wired, sent)
    click.echo(
        f"\nMilliseconds of processor time a mail. Load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors."
    )


def work() -> None:
    """A worker's process: works the outbox off; prints its peak of memory in MB and its processor seconds."""
    with wiring.connected(load_settings()) as wired:
        sys.stdin.readline()
        began = time.process_time()
        while run_outbox(lambda: wired.open_work(SYSTEM), seconds=60):
            pass
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        sys.stdout.write(f"{peak} {time.process_time() - began}\n")


def _fill(wired: Wiring, count: int) -> None:
    with wired.open_work(SYSTEM) as work:
        load_initiative(work, wired.rules.initiative)
        work.session.execute(text(PEOPLE), {"count": count})


def _events(wired: Wiring, count: int) -> None:
    with wired.open_work(SYSTEM) as work:
        for person_id in work.session.scalars(
            text("SELECT id FROM people ORDER BY id LIMIT :count"), {"count": count}
        ).all():
            work.record(Event("PasswordChanged", "person", person_id))


def _announce(wired: Wiring, count: int) -> None:
    with wired.open_work(SYSTEM) as work:
        work.session.execute(text("DELETE FROM seats WHERE role = 'auditor'"))
        work.session.execute(text(f"{SEATS} WHERE p.id <= :last"), {"last": count})
        initiative = work.session.scalars(text("SELECT min(id) FROM initiatives")).one()
        work.record(
            Event(
                "AuditRootMade",
                "initiative",
                initiative,
                {"day": "2026-11-23", "root": "0" * 64, "chains": 9, "events": 99},
            )
        )


def _send(made: Ground, settings: Settings, sink: int, workers: int, mails: int) -> Sending:
    given = {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "SECRET_KEY": settings.secret_key,
        "BASE_URL": settings.base_url,
        "MAIL_URL": settings.mail_url,
        "MAIL_FROM": settings.mail_from,
        "DATA_DIR": str(settings.data_dir),
        "LOG_LEVEL": "WARNING",
    }
    env = {**os.environ, **{f"DESK_{name}": value for name, value in given.items()}}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    started = [subprocess.Popen([sys.executable, "-c", WORK], env=env, text=True, **pipes) for _ in range(workers)]
    database = min(working_in(servers_folder(made.folder / "servers") / "postgres", "postgres"))
    time.sleep(6)  # until they have read the product
    before = processor_seconds(database), processor_seconds(sink)
    began = time.perf_counter()
    for one in started:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    said = [[float(word) for word in one.communicate()[0].split()] for one in started]
    seconds = time.perf_counter() - began
    spent = processor_seconds(database) - before[0], processor_seconds(sink) - before[1]
    return Sending(mails, seconds, sum(cpu for _, cpu in said), *spent, max(peak for peak, _ in said))


def _sweeps(made: Ground, settings: Settings, wired: Wiring, sent: int) -> None:
    """What an empty sweep and a claim of 50 cost with few and with many rows that were sent."""
    found = []
    with wired.open_work(SYSTEM) as work:
        work.session.execute(text("DELETE FROM mails"))
        work.session.execute(text("DELETE FROM outbox"))
    first = 1
    for count in (5_000, sent):
        owner = made.owner("desk")
        while first <= count:
            with owner.begin() as connection:
                connection.execute(text(SENT), {"first": first, "last": min(first + 499_999, count)})
            first = min(first + 500_000, count + 1)
        with owner.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("VACUUM (ANALYZE) outbox"))
        found.append((count, _timed(wired, 0), _timed(wired, 50)))
    for count, empty, full in found:
        click.echo(f"{count:>9,} sent rows: a sweep that finds nothing {empty:.2f} ms, a claim of 50 {full:.2f} ms")
    (_, few_empty, few_full), (_, many_empty, many_full) = found
    click.echo(f"larger/smaller: {many_empty / few_empty:.2f} and {many_full / few_full:.2f}")


def _timed(wired: Wiring, rows: int, times: int = 41) -> float:
    """The median of several sweeps, in milliseconds."""
    took = []
    for number in range(times):
        with wired.open_work(SYSTEM) as work:
            for row in range(rows):
                work.oblige("mail", {}, key=f"new:{number}:{row}:{time.time()}", order=f"new:{row}")
        began = time.perf_counter()
        with wired.open_work(SYSTEM) as work:
            take_back(work)
            claimed = claim(work, "mail", 50)
        took.append(1000 * (time.perf_counter() - began))
        assert len(claimed) == rows
        with wired.open_work(SYSTEM) as work:
            work.session.execute(text(SETTLE))
    return sorted(took)[times // 2]


@contextmanager
def _sink(port: int) -> Iterator[int]:
    """The mail server's process number."""
    process = subprocess.Popen([sys.executable, "-m", "tests.sink", str(port)])
    try:
        for _ in range(200):
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield process.pid
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
