"""Bytes go when no document and no version holds them any more; what is stored again meanwhile stays."""

from __future__ import annotations

import fcntl
import io
import os
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.factories import actor_of, make_call, make_person, make_version
from tests.post import run_outbox
from webapp.adapters.clocks import SetClock
from webapp.adapters.files import FolderFiles, locked
from webapp.domain.people import SYSTEM
from webapp.models.people import Person
from webapp.models.proposals import Document, Proposal
from webapp.queries.proposals.lists import find_document
from webapp.services.proposals.clearing import clear_files
from webapp.services.proposals.create import create_draft
from webapp.services.proposals.documents import add_document, remove_document
from webapp.services.work import OpenWork
from webapp.wiring import Wiring

ONE, TWO = b"%PDF-1.7 one", b"%PDF-1.7 two"
pytestmark = pytest.mark.usefixtures("data_dir")


def make_old(folder: Path, now: datetime) -> None:
    """Let everything stored so far be two days old."""
    then = (now - timedelta(days=2)).timestamp()
    for path in folder.rglob("*"):
        os.utime(path, (then, then))


def there(folder: Path) -> set[bytes]:
    return {path.read_bytes() for path in folder.glob("??/*")}


def clear(wired: Wiring) -> int:
    def open_work() -> OpenWork:
        return wired.open_work(SYSTEM)

    return clear_files(open_work, seconds=60)


@pytest.fixture
def folder(data_dir: Path) -> Path:
    return data_dir / "files"


def attach(wired: Wiring, *contents: bytes) -> tuple[str, list[str]]:
    """A draft with these documents, checked: its reference, their public ids."""
    owner = actor_of(wired, make_person(wired))
    with wired.open_work(owner) as work:
        reference = create_draft(work, make_call(wired).code)
        for content in contents:
            add_document(work, reference, "letter.pdf", io.BytesIO(content))
    run_outbox(wired)
    with wired.open_reading() as session:
        return reference, list(session.scalars(select(Document.public_id).order_by(Document.id)))


def remove(wired: Wiring, reference: str, public_id: str) -> None:
    with wired.open_reading() as session:
        owned = select(Person).join(Proposal, Proposal.owner_id == Person.id).where(Proposal.reference == reference)
        owner = session.scalars(owned).one()
        session.expunge_all()
    with wired.open_work(actor_of(wired, owner)) as work:
        remove_document(work, reference, public_id)


def test_removed_files_go_and_the_others_stay(wired: Wiring, clock: SetClock, folder: Path) -> None:
    reference, (first, second) = attach(wired, ONE, TWO)
    make_old(folder, clock.at)
    assert clear(wired) == 0
    remove(wired, reference, first)
    with wired.open_reading() as session:
        assert find_document(session, first) is None
        assert find_document(session, second) is not None
    assert clear(wired) == 1
    assert there(folder) == {TWO}


def test_bytes_that_another_document_holds_stay(wired: Wiring, clock: SetClock, folder: Path) -> None:
    reference, (first, second) = attach(wired, ONE, ONE)
    make_old(folder, clock.at)
    remove(wired, reference, first)
    assert (clear(wired), there(folder)) == (0, {ONE})
    remove(wired, reference, second)
    assert (clear(wired), there(folder)) == (1, set())


def test_what_a_version_froze_stays(wired: Wiring, clock: SetClock, folder: Path) -> None:
    reference, (frozen, later) = attach(wired, ONE, TWO)
    with wired.open_reading() as session:
        row = session.scalars(select(Proposal).where(Proposal.reference == reference)).one()
        session.expunge_all()
    clock.at += timedelta(hours=2)
    make_version(wired, row)
    clock.at += timedelta(hours=2)
    with wired.open_work(SYSTEM) as work:
        work.session.execute(update(Document).where(Document.public_id == later).values(uploaded_at=work.now))
        work.session.execute(update(Document).values(removed_at=work.now))
    make_old(folder, clock.at)
    assert (clear(wired), there(folder)) == (1, {ONE})
    with wired.open_reading() as session:
        assert find_document(session, frozen) is not None


def test_refused_files_and_those_without_a_row_go_after_a_day(wired: Wiring, clock: SetClock, folder: Path) -> None:
    attach(wired, b"no document at all")
    FolderFiles(folder).put(io.BytesIO(b"its request failed"))
    (folder / "tmpcrashed").write_bytes(b"half")
    now = clock.at.timestamp()
    for path in folder.rglob("*"):
        os.utime(path, (now, now))
    assert clear(wired) == 0
    assert len(there(folder)) == 2
    make_old(folder, clock.at)
    assert (clear(wired), there(folder)) == (2, set())
    assert not (folder / "tmpcrashed").exists()


def test_what_is_stored_again_between_the_look_and_the_removal_stays(
    tmp_path: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = FolderFiles(tmp_path)
    digest, _ = files.put(io.BytesIO(ONE))
    make_old(tmp_path, clock.at)
    upload = threading.Thread(target=lambda: files.put(io.BytesIO(ONE)))

    def look(path: Path, before: datetime) -> bool:
        is_older = path.stat().st_mtime < before.timestamp()
        upload.start()
        upload.join(0.3)  # without the lock it is stored by now, and removed next
        return is_older

    monkeypatch.setattr("webapp.adapters.files._is_older", look)
    assert files.remove_old(digest, clock.at)
    upload.join()
    assert there(tmp_path) == {ONE}


def test_what_was_stored_again_since_stays(tmp_path: Path, clock: SetClock) -> None:
    files = FolderFiles(tmp_path)
    digest, _ = files.put(io.BytesIO(ONE))
    make_old(tmp_path, clock.at)
    (listed,) = files.list_old(clock.at)
    files.put(io.BytesIO(ONE))
    os.utime(tmp_path / digest[:2] / digest[2:], (clock.at.timestamp(), clock.at.timestamp()))
    assert not files.remove_old(listed, clock.at)
    assert there(tmp_path) == {ONE}


def test_nothing_goes_while_a_backup_is_made(tmp_path: Path, clock: SetClock) -> None:
    files = FolderFiles(tmp_path)
    digest, _ = files.put(io.BytesIO(ONE))
    make_old(tmp_path, clock.at)
    with locked(tmp_path, fcntl.LOCK_SH):
        assert not files.remove_old(digest, clock.at)
        files.put(io.BytesIO(TWO))
    assert files.remove_old(digest, clock.at)
    assert there(tmp_path) == {TWO}
