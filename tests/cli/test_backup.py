"""The drill: what is restored is what was saved, row by row and byte by byte; what is damaged is refused."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import create_engine, inspect, make_url, text
from sqlalchemy.exc import DBAPIError

from config.settings import Settings
from tests.conftest import _owner
from tests.factories import make_call, make_person, make_proposal
from webapp.domain.events import Event
from webapp.domain.people import SYSTEM
from webapp.wiring import Wiring

Command = Callable[..., Result]
BYTES = b"%PDF-1.7 an uploaded file"


@pytest.fixture
def installation(committed: Wiring) -> Wiring:
    """People, a call, a proposal, events with their hashes, and an uploaded file."""
    call = make_call(committed)
    make_proposal(committed, make_person(committed, name="Ana Oyón 王"), call, ("KE", "CN"))
    with committed.open_work(SYSTEM) as work:
        work.record(Event("CallChanged", "call", call.id, {"fields": ["title"]}))
    committed.ports.files.put(io.BytesIO(BYTES))
    return committed


@pytest.fixture
def empty(installation: Wiring, tmp_path: Path) -> Iterator[Settings]:
    """Settings that name an empty database and an empty folder."""
    url = make_url(installation.settings.migration_url)
    name = f"{url.database}_restored"
    with _owner().connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    place = url.set(database=name).render_as_string(hide_password=False)
    yield installation.settings.model_copy(
        update={"database_url": place, "migration_url": place, "data_dir": tmp_path / "restored"}
    )
    with _owner().connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}"'))


@pytest.fixture
def saved(installation: Wiring, command: Command, tmp_path: Path) -> Path:
    """The installation's backup."""
    file = tmp_path / "desk.backup"
    done = command(installation.settings, "backup", str(file))
    assert done.exit_code == 0, done.output
    assert "1 files" in done.output
    assert file.stat().st_mode & 0o077 == 0
    return file


def contents(url: str) -> dict[str, list[Any]]:
    """Every row of every table."""
    engine = create_engine(url)
    with engine.connect() as connection:
        names = inspect(connection).get_table_names()
        found = {
            name: sorted(str(row) for row in connection.execute(text(f'SELECT * FROM "{name}"')))  # noqa: S608
            for name in names
        }
    engine.dispose()
    return found


def files(settings: Settings) -> dict[str, bytes]:
    folder = settings.files_dir
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def altered(source: Path, name: str, change: Callable[[bytes], bytes | None]) -> Path:
    """The same archive with one member changed, or left out."""
    target = source.with_name("altered.backup")
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        for member in old:
            stream = old.extractfile(member)
            assert stream is not None
            content: bytes | None = stream.read()
            if member.name.startswith(name):
                content = change(content or b"")
            if content is not None:
                member.size = len(content)
                new.addfile(member, io.BytesIO(content))
    return target


@pytest.mark.slow
def test_what_is_restored_is_what_was_saved(
    installation: Wiring, saved: Path, empty: Settings, command: Command
) -> None:
    done = command(empty, "restore", str(saved))
    assert done.exit_code == 0, done.output
    before, after = contents(installation.settings.migration_url), contents(empty.migration_url)
    assert len(before["events"]) == 1
    assert before == after
    assert list(files(empty).values()) == [BYTES]
    assert files(installation.settings) == files(empty)
    verified = command(empty, "audit", "verify")
    assert (verified.exit_code, verified.output) == (0, "1 chains, 1 events: whole\n")
    engine = create_engine(empty.migration_url)
    with pytest.raises(DBAPIError), engine.begin() as connection:
        connection.execute(text("DELETE FROM events"))  # the triggers came with it (R63)
    engine.dispose()


@pytest.mark.slow
def test_a_database_that_is_not_empty_is_replaced_only_when_asked(
    installation: Wiring, saved: Path, command: Command
) -> None:
    before = contents(installation.settings.migration_url)
    make_person(installation)
    refused = command(installation.settings, "restore", str(saved))
    assert refused.exit_code == 1
    assert "The database is not empty" in refused.output
    assert command(installation.settings, "restore", "--replace", str(saved), answer="n\n").exit_code == 1
    assert contents(installation.settings.migration_url) != before
    done = command(installation.settings, "restore", "--replace", str(saved), answer="y\n")
    assert done.exit_code == 0, done.output
    assert contents(installation.settings.migration_url) == before


@pytest.mark.slow
@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (("database.dump", lambda content: content[:-9] + b"123456789"), "damaged"),
        (("files/", lambda content: content + b"!"), "damaged"),
        (("files/", lambda content: None), "rows or files are missing"),
        (("manifest.json", lambda content: b"{"), "not a whole backup"),
        (("manifest.json", lambda content: None), "not a whole backup"),
        (
            ("manifest.json", lambda content: content.replace(b'"people": 1', b'"people": 2')),
            "rows or files are missing",
        ),
        (("manifest.json", lambda content: content.replace(b'"format": 1', b'"format": 2')), "another version"),
    ],
)
def test_a_damaged_backup_is_refused(
    saved: Path, empty: Settings, command: Command, damage: tuple[str, Any], words: str
) -> None:
    done = command(empty, "restore", str(altered(saved, *damage)))
    assert done.exit_code == 1
    assert words in done.output


def test_what_is_no_backup_is_refused(settings: Settings, command: Command, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear secretariat")
    done = command(settings, "restore", "--replace", str(letter), answer="y\n")
    assert (done.exit_code, "is not a backup" in done.output) == (1, True)


def test_a_damaged_upload_is_said_before_it_is_needed(installation: Wiring, command: Command, tmp_path: Path) -> None:
    (path,) = [path for path in installation.settings.files_dir.rglob("*") if path.is_file()]
    path.write_bytes(b"something else")
    target = tmp_path / "desk.backup"
    done = command(installation.settings, "backup", str(target))
    assert done.exit_code == 1
    assert "is damaged" in done.output
    assert not list(tmp_path.glob("desk.backup*"))
