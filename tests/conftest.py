"""Servers, one template database a run and a copy a worker; an outer transaction around each test."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from config.embedded import embedded_servers
from config.settings import Settings, load_settings
from tests.browsing import Browser
from webapp import wiring as wiring_module
from webapp.adapters import schema
from webapp.adapters.clocks import SetClock
from webapp.adapters.credentials import Argon2Hasher
from webapp.adapters.task_bus import QuietBus
from webapp.app import create_app
from webapp.domain.people import SYSTEM
from webapp.services import initiative as initiative_verbs
from webapp.wiring import Wiring

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SECRET = "tests-only-0123456789-abcdefghijklmnop"
_held = ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers once for all workers, or use those that the environment names."""
    if hasattr(config, "workerinput"):
        return
    folder = Path(_held.enter_context(tempfile.TemporaryDirectory(prefix="desk-tests-")))
    folder.chmod(0o755)
    if not os.environ.get("DESK_DATABASE_URL"):
        servers = _held.enter_context(embedded_servers(folder / "servers", durable=False))
        os.environ["DESK_DATABASE_URL"] = servers.database_url
        os.environ["DESK_MIGRATION_URL"] = servers.migration_url
        os.environ["DESK_REDIS_URL"] = servers.redis_url
    os.environ["DESK_SECRET_KEY"] = SECRET
    os.environ["DESK_TEST_RUN"] = f"t{os.getpid()}"
    _make_template()


@pytest.hookimpl(tryfirst=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Drop what this run made and stop the servers it started."""
    if hasattr(config, "workerinput") or "DESK_TEST_RUN" not in os.environ:
        return
    with _owner().connect() as connection:
        names = connection.scalars(
            text("SELECT datname FROM pg_database WHERE datname LIKE :run"),
            {"run": f"desk_{_run()}_%"},
        ).all()
        for name in names:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}"'))
    _held.close()


def _run() -> str:
    return os.environ["DESK_TEST_RUN"]


def _owner() -> Engine:
    url = make_url(os.environ.get("DESK_MIGRATION_URL") or os.environ["DESK_DATABASE_URL"])
    return create_engine(url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT", poolclass=NullPool)


def _with_name(url: str, name: str) -> str:
    made = make_url(url).set(drivername="postgresql+psycopg", database=name)
    return made.render_as_string(hide_password=False)


def _make_template() -> None:
    name = f"desk_{_run()}_template"
    with _owner().connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    settings = _settings(name, Path(tempfile.gettempdir()))
    _let_the_application_in(settings)
    schema.upgrade(settings.migration_url)
    engine = create_engine(settings.database_url)
    wired = _wire(settings, partial(Session, engine, expire_on_commit=False))
    with wired.open_work(SYSTEM) as work:
        initiative_verbs.load_initiative(work, wired.rules.initiative)
    engine.dispose()


def _let_the_application_in(settings: Settings) -> None:
    """As `config.embedded` does in its own database: the application's role may use what the owner makes."""
    role = make_url(settings.database_url).username
    owner = create_engine(settings.migration_url)
    with owner.begin() as connection:
        connection.execute(text(f'ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "{role}"'))
    owner.dispose()


def _settings(name: str, folder: Path) -> Settings:
    owner = os.environ.get("DESK_MIGRATION_URL") or os.environ["DESK_DATABASE_URL"]
    return load_settings(
        database_url=_with_name(os.environ["DESK_DATABASE_URL"], name),
        migration_url=_with_name(owner, name),
        redis_url=os.environ["DESK_REDIS_URL"],
        secret_key=SECRET,
        base_url="http://localhost",
        mail_url="smtp://127.0.0.1:9",
        mail_from="Proposal Desk <desk@demo.example>",
        data_dir=folder,
        log_level="ERROR",
        second_factor="offered",
    )


def _wire(settings: Settings, new_session: partial[Session]) -> Wiring:
    wired = wiring_module.build(settings, new_session)
    ports = replace(wired.ports, hasher=Argon2Hasher(quick=True), bus=QuietBus())
    return replace(wired, ports=ports)


@pytest.fixture(scope="session")
def worker_name(worker_id: str) -> str:
    """The name of this worker's databases."""
    return f"desk_{_run()}_{re.sub('[^a-z0-9]', '', worker_id)}"


@pytest.fixture(scope="session")
def settings(worker_name: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings that name this worker's own copy of the template."""
    copy_template(worker_name)
    return _settings(worker_name, tmp_path_factory.mktemp("data"))


def copy_template(name: str, of: str = "") -> None:
    """Make a database from the run's template, or from another one that nobody uses at the moment."""
    with _owner().connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{of or f"desk_{_run()}_template"}"'))


def drop_copy(name: str) -> None:
    """Take away a database that was made so."""
    with _owner().connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}"'))


def wire_copy(name: str, folder: Path, clock: SetClock) -> tuple[Wiring, Engine]:
    """Verbs with real commits in that database, by this clock; and the engine, to be disposed of."""
    settings = _settings(name, folder)
    own = create_engine(settings.database_url, pool_size=30)
    made = _wire(settings, partial(Session, own, expire_on_commit=False))
    return replace(made, ports=replace(made.ports, clock=clock)), own


@pytest.fixture(scope="session")
def engine(settings: Settings) -> Iterator[Engine]:
    """An engine as the application's role."""
    made = create_engine(settings.database_url)
    yield made
    made.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """A connection inside an outer transaction that is rolled back: commits become savepoints."""
    with engine.connect() as held:
        outer = held.begin()
        yield held
        if outer.is_active:
            outer.rollback()


@pytest.fixture
def clock() -> SetClock:
    """A clock that stands at NOW until the test moves it."""
    return SetClock(NOW)


@pytest.fixture
def wired(settings: Settings, connection: Connection, clock: SetClock) -> Wiring:
    """Verbs and questions over the test's transaction; `wired.open_work(actor)`."""
    new_session = partial(Session, connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
    made = _wire(settings, new_session)
    return replace(made, ports=replace(made.ports, clock=clock))


@pytest.fixture
def committed(tmp_path: Path, worker_name: str, clock: SetClock) -> Iterator[Wiring]:
    """The same over a database of its own with real commits: for tests in which commits are the point."""
    name = f"{worker_name}_own"
    copy_template(name)
    made, own = wire_copy(name, tmp_path, clock)
    yield made
    own.dispose()
    drop_copy(name)


@pytest.fixture(scope="session")
def web(settings: Settings) -> Flask:
    """The application, made once a worker."""
    made = create_app(settings)
    made.config["TESTING"] = False
    made.config["WTF_CSRF_ENABLED"] = False
    return made


@pytest.fixture
def app(web: Flask, wired: Wiring) -> Flask:
    """The application over the test's transaction."""
    web.extensions["desk"] = wired
    return web


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without scripts, nobody signed in."""
    return app.test_client()


@pytest.fixture
def browse(app: Flask, wired: Wiring) -> Browser:
    """Opens pages as people: `browse(person).get("/…")`; every HTML answer is parsed strictly."""
    return Browser(app, wired)


@pytest.fixture
def data_dir(settings: Settings) -> Iterator[Path]:
    """The installation's folder, without files of other tests, emptied of its own afterwards."""
    shutil.rmtree(settings.files_dir, ignore_errors=True)
    yield settings.data_dir
    shutil.rmtree(settings.files_dir, ignore_errors=True)
