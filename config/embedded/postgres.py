"""The embedded PostgreSQL: an empty cluster, its two roles and database, one server on the loopback address."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from config.embedded.home import (
    HOST,
    EmbeddedError,
    Home,
    Say,
    leave,
    make_folder,
    only_one,
    open_home,
    private_file,
    quiet,
    start,
    stop,
)
from config.processes import as_user

SETTINGS = (
    f"listen_addresses={HOST}",
    "unix_socket_directories=",
    "max_connections=100",
    "timezone=UTC",
    "log_timezone=UTC",
    "jit=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "log_checkpoints=off",
    # The log holds no contents and no addresses of people: no statement, no key values.
    "log_error_verbosity=terse",
    "log_min_error_statement=panic",
)
HASTY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
ROLES = """
CREATE ROLE desk_owner LOGIN CREATEDB PASSWORD {owner};
CREATE ROLE desk_app LOGIN PASSWORD {app};
"""
GRANTS = """
GRANT USAGE ON SCHEMA public TO desk_app;
ALTER DEFAULT PRIVILEGES FOR ROLE desk_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO desk_app;
ALTER DEFAULT PRIVILEGES FOR ROLE desk_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO desk_app;
"""


@dataclass(frozen=True, slots=True)
class Database:
    """A running database: its address for the application's role and for the role that owns the tables (R63)."""

    application_url: str
    owner_url: str
    process: subprocess.Popen[bytes]


@contextmanager
def embedded_postgres(data_dir: Path, *, durable: bool = True, say: Say = quiet) -> Iterator[Database]:
    """Run PostgreSQL under `data_dir` while the block lasts; one that an earlier run left is stopped first.

    Raises EmbeddedError.
    """
    home = open_home(data_dir, say)
    with only_one(home, "postgres"):
        folder = home.folder / "postgres"
        stop(folder, "postgres", say)
        if not folder.exists():
            _make_cluster(home, durable)
        _check_release(folder, home.programs)
        # Nobody works in the folder, so a number left in it is of another process by now.
        (folder / "postmaster.pid").unlink(missing_ok=True)
        process = None
        try:
            port, process = start(
                home, "postgres", lambda port: _command(home, port, durable), lambda port, pid: _ready(folder, pid)
            )
            _make_database(home, port)
            place = f"{HOST}:{port}/desk"
            yield Database(
                f"postgresql+psycopg://desk_app:{home.passwords['desk_app']}@{place}",
                f"postgresql+psycopg://desk_owner:{home.passwords['desk_owner']}@{place}",
                process,
            )
        finally:
            stop(folder, "postgres", process=process)
            if not durable:
                leave(home, data_dir)


def _command(home: Home, port: int, durable: bool) -> list[str | Path]:
    settings = SETTINGS if durable else SETTINGS + HASTY
    command: list[str | Path] = [
        home.programs / "embedded_postgres/pginstall/bin/postgres",
        "-D",
        home.folder / "postgres",
        "-p",
        str(port),
    ]
    for setting in settings:
        command += ["-c", setting]
    return command


def _ready(folder: Path, pid: int) -> bool:
    """Whether the server has written its own number and the word `ready` into its file."""
    try:
        lines = (folder / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"


def _make_cluster(home: Home, durable: bool) -> None:
    """Make an empty cluster: passwords only (SCRAM), UTF-8, sorted by code point. A half-made one is begun anew."""
    draft = home.folder / "postgres.new"
    shutil.rmtree(draft, ignore_errors=True)
    (home.folder / "postgres.ready").unlink(missing_ok=True)
    maker = None if home.user is None else _named_user()
    make_folder(draft, maker)
    password = private_file(home.folder / "initial-password", home.passwords["postgres"], maker)
    command: list[str | Path] = [
        home.programs / "embedded_postgres/pginstall/bin/initdb",
        "-D",
        draft,
        "-U",
        "postgres",
        f"--pwfile={password}",
    ]
    command += [
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
    ]
    command += ["--no-instructions"] if durable else ["--no-instructions", "--no-sync"]
    made = subprocess.run(command, capture_output=True, text=True, cwd=draft, check=False, **as_user(maker))
    password.unlink()
    if made.returncode != 0:
        raise EmbeddedError(f"PostgreSQL cannot make its folder in {home.folder}:\n{made.stderr.strip()}")
    if home.user is not None:
        for path in (draft, *draft.rglob("*")):
            os.chown(path, home.user, home.user, follow_symlinks=False)
    draft.rename(home.folder / "postgres")


def _named_user() -> int:
    """A user with a name, which initdb insists on: `nobody`, else any but root; it owns the new folder for a moment."""
    by_name = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid != 0}
    if not by_name:
        raise EmbeddedError(
            "This system knows no user but root. Add one, or set DESK_DATABASE_URL to a PostgreSQL of your own."
        )
    return by_name.get("nobody", next(iter(by_name.values())))


def _check_release(folder: Path, programs: Path) -> None:
    """Refuse a folder that another major release of PostgreSQL has written."""
    wrote = (folder / "PG_VERSION").read_text().strip()
    version = subprocess.run(
        [programs / "embedded_postgres/pginstall/bin/postgres", "--version"], capture_output=True, text=True, check=True
    )
    runs = version.stdout.split()[2].split(".")[0]
    if wrote != runs:
        raise EmbeddedError(
            f"{folder} was written by PostgreSQL {wrote}, and {runs} is installed. "
            "Make a backup with the release that wrote it (desk backup); restore it into a new folder (desk restore)."
        )


def _make_database(home: Home, port: int) -> None:
    """Make the roles and the database `desk`, once; what is there already is left as it is."""
    marker = home.folder / "postgres.ready"
    if marker.exists():
        return
    words = f"host={HOST} port={port} user=postgres password={home.passwords['postgres']}"
    with psycopg.connect(words, dbname="postgres", autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'desk_app'").fetchone():
            owner, app = (sql.Literal(home.passwords[role]) for role in ("desk_owner", "desk_app"))
            connection.execute(sql.SQL(ROLES).format(owner=owner, app=app))
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'desk'").fetchone():
            connection.execute("CREATE DATABASE desk OWNER desk_owner")
    with psycopg.connect(words, dbname="desk", autocommit=True) as connection:
        connection.execute(GRANTS)
    marker.touch()
