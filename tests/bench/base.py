"""The database that all sizes are made from: the demonstration, carried to its stages by the real verbs, and a draft.

Servers, settings and databases of the bench live in one temporary folder.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, make_url, select, text
from sqlalchemy.pool import NullPool

from config.embedded import Servers, embedded_servers, free_port
from config.settings import Settings, load_settings
from tests.drafting import make_draft
from tests.pages.filling import example
from webapp import wiring
from webapp.adapters import schema
from webapp.cli.demo.load import load_demo
from webapp.domain.people import SYSTEM
from webapp.models.calls import Call
from webapp.models.people import Person
from webapp.queries.clock import read_clock
from webapp.queries.people import find_actor
from webapp.services.initiative import load_initiative

DEMO_PROPOSALS = 26
DRAFTER = "applicant@demo.example"
WHOLE_DRAFT = "Ready to be submitted"
SECRET = "bench-only-0123456789-abcdefghijklmnop"


@dataclass(frozen=True, slots=True)
class Ground:
    """Running servers, the port of the pages and that of the mail sink."""

    folder: Path
    servers: Servers
    port: int
    mail_port: int

    def settings(self, database: str) -> Settings:
        """Settings of an installation, not of the demonstration, over this database."""
        return load_settings(
            database_url=_named(self.servers.database_url, database),
            migration_url=_named(self.servers.migration_url, database),
            redis_url=self.servers.redis_url,
            secret_key=SECRET,
            base_url=f"http://127.0.0.1:{self.port}",
            port=self.port,
            mail_url=f"smtp://127.0.0.1:{self.mail_port}",
            mail_from="Proposal Desk <desk@demo.example>",
            data_dir=self.folder / "data",
            log_level="WARNING",
            second_factor="offered",
        )

    def owner(self, database: str) -> Engine:
        """An engine as the role that owns the tables."""
        return create_engine(_named(self.servers.migration_url, database), poolclass=NullPool)

    def copy_database(self, name: str, source: str) -> None:
        """Make a database from another."""
        with self._commands() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY file_copy'))

    def drop_database(self, name: str) -> None:
        """Remove a database that was made here."""
        with self._commands() as connection:
            connection.execute(text(f'DROP DATABASE "{name}"'))

    @contextmanager
    def _commands(self) -> Iterator[Connection]:
        engine = self.owner("postgres").execution_options(isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            yield connection


@contextmanager
def ground(folder: Path) -> Iterator[Ground]:
    """Real servers, as durable as in production, while the block lasts."""
    with embedded_servers(folder / "servers") as servers:
        yield Ground(folder, servers, free_port(), free_port())


def make_base(ground: Ground) -> None:
    """Fill the database `desk`."""
    settings = ground.settings("desk")
    schema.upgrade(settings.migration_url)
    with wiring.connected(settings) as wired:
        with wired.open_work(SYSTEM) as work:
            load_initiative(work, wired.rules.initiative)
        load_demo(wired, count=DEMO_PROPOSALS)
        with wired.open_reading() as session:
            drafter = session.scalars(select(Person.id).where(Person.email == DRAFTER)).one()
            call = session.scalars(select(Call.code).where(Call.closes_at.is_(None)).limit(1)).one()
            actor = find_actor(session, drafter, read_clock(session, wired.ports.clock))
        assert actor is not None
        make_draft(wired, actor, call, {**example(), "basics": {**example()["basics"], "title": WHOLE_DRAFT}})


def _named(url: str, name: str) -> str:
    made = make_url(url).set(drivername="postgresql+psycopg", database=name)
    return made.render_as_string(hide_password=False)
