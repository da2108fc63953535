"""The world of a drill: PostgreSQL, Valkey, a mail server, and the product's processes, each of which can be hit."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import psycopg
from sqlalchemy import make_url, select, text

from config.embedded import free_port
from config.embedded.postgres import embedded_postgres
from config.embedded.valkey import embedded_valkey
from config.launch.parts import WEB
from config.processes import send, start_tied, working_in
from config.settings import Settings, load_settings
from tests.faults.product import PARTS, Product, product, wait_until
from tests.sink import Sink, sink
from webapp import wiring
from webapp.adapters import schema
from webapp.adapters.task_bus import CeleryBus
from webapp.domain.people import SYSTEM
from webapp.models.notices import OutboxRow
from webapp.services.initiative import load_initiative
from webapp.wiring import Wiring

PARTS.setdefault(WEB.name, WEB)
SECRET = "drill-only-0123456789-abcdefghijklmnop"


@dataclass
class Server:
    """A server's process: it can be killed, with all its children, stopped, and begun again as it was."""

    process: subprocess.Popen[bytes]
    command: list[str]
    folder: str
    user: int

    @staticmethod
    def of(process: subprocess.Popen[bytes]) -> Server:
        """The server that runs as this process."""
        place = Path(f"/proc/{process.pid}")
        words = (place / "cmdline").read_bytes().rstrip(b"\0").split(b"\0")
        return Server(process, [word.decode() for word in words], str((place / "cwd").readlink()), place.stat().st_uid)

    def signal(self, number: int) -> None:
        """Send a signal to the server and its children."""
        name = Path(f"/proc/{self.process.pid}/comm").read_text().strip()
        send(working_in(Path(self.folder), name), number)

    def kill(self) -> None:
        """Kill it, as a power cut would."""
        self.signal(signal.SIGKILL)
        self.process.wait()

    def begin(self) -> None:
        """Start it again."""
        user = None if self.user == os.getuid() else self.user
        log = Path(self.folder).parent / "again.log"
        self.process = start_tied(self.command, log=log, user=user, cwd=Path(self.folder))


@dataclass
class World:
    """All of it."""

    folder: Path
    settings: Settings
    database: Server
    broker: Server
    mail: Sink
    product: Product
    wired: Wiring
    fallen: list[str] = field(default_factory=list)

    def start(self, *names: str) -> None:
        """Start parts of the product; a name may have a number: worker2."""
        for name in names:
            part = PARTS[name.rstrip("0123456789")]
            if name not in self.product.running:
                self.product.start(name, list(part.arguments))

    def mind(self) -> None:
        """Start again what ended by itself, as a supervisor does."""
        for name, process in list(self.product.running.items()):
            if process.poll() is not None:
                del self.product.running[name]
                self.fallen.append(name)
                self.start(name)

    def restart_database(self) -> None:
        """Start PostgreSQL after it was killed, and wait until it has recovered."""
        url = make_url(self.settings.database_url).set(drivername="postgresql").render_as_string(hide_password=False)

        def answers() -> bool:
            if self.database.process.poll() is not None:
                self.database.begin()
            try:
                psycopg.connect(url, connect_timeout=2).close()
            except psycopg.OperationalError:
                return False
            return True

        assert wait_until(answers, 60, every=0.2), "PostgreSQL did not come back"

    def unsettled(self) -> int:
        """How many obligations are still open."""
        with self.wired.open_reading() as session:
            open_ones = select(OutboxRow.id).where(OutboxRow.state.in_(("pending", "sending")))
            return len(session.scalars(open_ones).all())

    def log(self) -> str:
        """The ends of all logs."""
        return "\n".join(
            f"{file.name}: {file.read_text(errors='replace')[-3000:]}" for file in self.folder.glob("*.log")
        )


@contextmanager
def world(folder: Path, *, durable: bool) -> Iterator[World]:
    """Servers with an initiative in them; no part of the product runs yet."""
    servers: list[Server] = []
    try:
        with (
            embedded_postgres(folder / "servers", durable=durable) as database,
            embedded_valkey(folder / "servers", durable=False) as broker,
            sink() as mail,
        ):
            servers += [Server.of(database.process), Server.of(broker.process)]
            settings = _settings(folder, database.application_url, database.owner_url, broker.url, mail.port)
            schema.upgrade(settings.migration_url)
            with wiring.connected(settings) as wired, product(settings, folder) as made:
                made.changes |= {"MAIL_URL": settings.mail_url, "PORT": str(settings.port), "MAIL_TIMEOUT_SECONDS": "1"}
                made.changes |= {"OUTBOX_LONGEST_PAUSE_SECONDS": "1", "OUTBOX_MAX_ATTEMPTS": "50", "WEB_WORKERS": "1"}
                with wired.open_work(SYSTEM) as work:
                    load_initiative(work, wired.rules.initiative)
                kept = replace(wired, ports=replace(wired.ports, bus=CeleryBus(broker.url)))
                yield World(folder, settings, *servers, mail, made, kept)
    finally:
        for server in servers:
            server.process.wait(10)  # one that was begun anew is stopped with the others


def people(wired: Wiring, count: int) -> dict[int, str]:
    """So many more people, by their ids: their addresses."""
    more = text(
        "INSERT INTO people (email, name, confirmed_at, created_at)"
        " SELECT 'drill.' || nextval('people_id_seq') || '@demo.example', 'Person ' || n, now(), now()"
        " FROM generate_series(1, :count) AS n RETURNING id, email"
    )
    with wired.open_work(SYSTEM) as work:
        return {row.id: row.email for row in work.session.execute(more, {"count": count})}


def _settings(folder: Path, database: str, owner: str, broker: str, mail_port: int) -> Settings:
    port = free_port()
    return load_settings(
        demo=True,
        database_url=database,
        migration_url=owner,
        redis_url=broker,
        secret_key=SECRET,
        port=port,
        base_url=f"http://127.0.0.1:{port}",
        mail_url=f"smtp://127.0.0.1:{mail_port}",
        mail_from="Proposal Desk <desk@demo.example>",
        mail_timeout_seconds=1,
        data_dir=folder / "data",
        log_level="WARNING",
        outbox_sweep_seconds=1,
        outbox_lease_seconds=2,
        outbox_first_pause_seconds=1,
        outbox_longest_pause_seconds=1,
        outbox_max_attempts=50,
    )
