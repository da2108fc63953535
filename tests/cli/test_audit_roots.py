"""The daily root over all chains: made once, told to the auditors, and it finds what the chains cannot (R62)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from tests.factories import make_person, make_seat
from tests.post import run_outbox
from webapp.adapters.clocks import SetClock
from webapp.domain.audit import Head, days_without_root, link_hash, make_root, read_root, write_root
from webapp.domain.events import Event
from webapp.domain.people import SYSTEM, Role
from webapp.queries.audit import iterate_links, list_roots
from webapp.services.audit import compute_root, make_roots, verify
from webapp.wiring import Wiring

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
Desk = Callable[..., Result]


def record(wired: Wiring, *subjects: int) -> None:
    for subject in subjects:
        with wired.open_work(SYSTEM) as work:
            work.record(Event("CallChanged", "call", subject, {"number": subject}))


def made(wired: Wiring) -> list[date]:
    with wired.open_work(SYSTEM) as work:
        return [root.day for root in make_roots(work)]


@pytest.mark.rule("R62")
@given(st.lists(st.integers(1, 9), min_size=1, max_size=8, unique=True), st.data())
def test_any_change_of_any_head_changes_the_root(subjects: list[int], data: st.DataObject) -> None:
    heads = [Head("call", subject, 3, f"{subject:064}") for subject in sorted(subjects)]
    root = make_root(NOW.date(), 40, heads)
    place = data.draw(st.integers(0, len(heads) - 1))
    old = heads[place]
    for changed in (
        [*heads[:place], *heads[place + 1 :]],
        [*heads[:place], Head("call", old.subject_id, 3, "f" * 64), *heads[place + 1 :]],
        [*heads[:place], Head("call", old.subject_id, 4, old.hash), *heads[place + 1 :]],
    ):
        assert make_root(NOW.date(), 40, changed).root != root.root
    assert make_root(NOW.date(), 41, heads).root != root.root
    assert read_root(write_root(root)) == root


@pytest.mark.parametrize("words", ["", "root 1", "Proposal Desk: root of the record\nday 2026-11-24\nroot 1\n"])
def test_another_file_is_no_root(words: str) -> None:
    with pytest.raises(ValueError, match="not the file of a root"):
        read_root(words)


@pytest.mark.rule("R62", "R51")
def test_which_days_want_a_root() -> None:
    yesterday = date(2026, 11, 23)
    assert days_without_root(None, NOW) == [yesterday]
    assert days_without_root(yesterday, NOW) == []
    assert days_without_root(date(2026, 11, 20), NOW) == [date(2026, 11, 21), date(2026, 11, 22), yesterday]
    assert days_without_root(date(2027, 1, 1), NOW) == []  # the clock has jumped back
    assert len(days_without_root(date(2020, 1, 1), NOW)) == 31
    midnight = NOW.replace(hour=0, minute=14)
    assert days_without_root(None, midnight) == [date(2026, 11, 22)]


@pytest.mark.rule("R62")
def test_made_once_a_day_and_told_to_the_auditors(wired: Wiring, clock: SetClock) -> None:
    auditor = make_person(wired)
    make_seat(wired, auditor, Role.AUDITOR)
    assert made(wired) == []  # nothing has happened yet
    record(wired, 1, 2)
    clock.at += timedelta(days=1)
    assert made(wired) == [date(2026, 11, 24)]
    assert made(wired) == []
    (mail,) = run_outbox(wired)
    with wired.open_reading() as session:
        (root,) = list_roots(session)
    assert (root.chains, root.events) == (2, 2)
    assert mail.to == auditor.email
    assert root.root in mail.text
    clock.at += timedelta(days=3)
    assert made(wired) == [date(2026, 11, 25), date(2026, 11, 26), date(2026, 11, 27)]


@pytest.mark.rule("R62")
def test_what_comes_later_leaves_the_root_as_it_was(wired: Wiring, clock: SetClock) -> None:
    record(wired, 1, 2)
    clock.at += timedelta(days=1)
    made(wired)
    clock.at -= timedelta(days=2)  # the clock jumps back, so that an event is dated before the root
    record(wired, 1, 3)
    with wired.open_reading() as session:
        (root,) = list_roots(session)
        assert compute_root(session, root.day, root.cut) == root


@pytest.mark.rule("R62", "R63")
def test_a_database_written_anew_is_found_by_a_root_kept_elsewhere(
    committed: Wiring, command: Desk, clock: SetClock, tmp_path: Path
) -> None:
    """The tables' owner changes an event and makes every chain fit again: the chains are whole, the root is not."""
    clock.at = datetime.now(UTC) - timedelta(days=1)
    record(committed, 1, 2, 1)
    done = command(committed.settings, "audit", "root")
    assert done.exit_code == 0, done.output
    kept = tmp_path / "root.txt"
    kept.write_text(done.output)
    root = read_root(done.output)
    for words in ((str(kept),), (root.root, "--at", root.day.isoformat())):
        same = command(committed.settings, "audit", "verify", "--root", *words)
        assert same.exit_code == 0, same.output
        assert "agrees" in same.output
    write_anew(committed)
    with committed.open_reading() as session:
        assert verify(session).breaks == ()
    found = command(committed.settings, "audit", "verify", "--root", str(kept))
    assert found.exit_code == 1
    assert "DIFFERS" in found.output
    assert command(committed.settings, "audit", "verify", "--root", root.root).exit_code == 2
    assert command(committed.settings, "audit", "root", "--at", "2020-01-01").exit_code == 1


def write_anew(wired: Wiring) -> None:
    """Change the first event of a chain, and hash it and all after it anew."""
    with wired.open_reading() as session:
        links = [link for link in iterate_links(session) if link.subject_id == 1 and link.subject_kind == "call"]
    engine = create_engine(wired.settings.migration_url)
    with engine.begin() as connection:
        for table in ("events", "audit_chains"):
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        previous = links[0].previous_hash
        for link in links:
            values = {name: getattr(link, name) for name in type(link).__slots__}
            values |= {"payload": {"number": 99}, "previous_hash": previous}
            previous = link_hash(type(link)(**values))
            connection.execute(
                text(
                    "UPDATE events SET payload = '{\"number\": 99}', previous_hash = :before, hash = :hash "
                    "WHERE subject_kind = 'call' AND subject_id = 1 AND number = :number"
                ),
                {"before": values["previous_hash"], "hash": previous, "number": link.number},
            )
        connection.execute(
            text("UPDATE audit_chains SET head = :head WHERE subject_kind = 'call' AND subject_id = 1"),
            {"head": previous},
        )
        for table in ("events", "audit_chains"):
            connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
    engine.dispose()
