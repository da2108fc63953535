"""The audit trail is refused any change by the database, and verifying finds what was changed all the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError

from webapp.domain.events import Event
from webapp.domain.people import SYSTEM
from webapp.services.audit import AuditReport, verify
from webapp.wiring import Wiring

SUBJECTS = (("call", 1), ("call", 2))


@pytest.fixture
def recorded(committed: Wiring) -> Wiring:
    """Two subjects with three events each."""
    for number in (1, 2, 3):
        for kind, subject in SUBJECTS:
            with committed.open_work(SYSTEM) as work:
                work.record(Event("CallChanged", kind, subject, {"number": number}))
    return committed


@contextmanager
def past_the_triggers(wired: Wiring) -> Iterator[Connection]:
    """A connection of the tables' owner, to whom the triggers do not apply for once."""
    engine = create_engine(wired.settings.migration_url)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE events DISABLE TRIGGER USER"))
        yield connection
        connection.execute(text("ALTER TABLE events ENABLE TRIGGER USER"))
    engine.dispose()


def report(wired: Wiring) -> AuditReport:
    with wired.open_reading() as session:
        return verify(session)


@pytest.mark.rule("R62")
def test_whole_chains(recorded: Wiring) -> None:
    found = report(recorded)
    assert (found.chains, found.events, found.breaks) == (2, 6, ())


@pytest.mark.rule("R62")
@pytest.mark.parametrize(
    ("statement", "where", "how"),
    [
        ("UPDATE events SET payload = '{\"number\": 9}' WHERE subject_id = 1 AND number = 2", 2, "changed"),
        ("UPDATE events SET at = at + interval '1 second' WHERE subject_id = 1 AND number = 1", 1, "changed"),
        ("DELETE FROM events WHERE subject_id = 1 AND number = 1", 2, "removed"),
        ("DELETE FROM events WHERE subject_id = 1 AND number = 2", 3, "removed"),
        ("DELETE FROM events WHERE subject_id = 1 AND number = 3", 2, "removed after"),
        ("DELETE FROM events WHERE subject_id = 1", 1, "removed"),
        (
            "INSERT INTO events (subject_kind, subject_id, number, name, at, payload, previous_hash, hash) "
            "SELECT subject_kind, subject_id, 4, name, at, payload, hash, 'forged' FROM events "
            "WHERE subject_id = 1 AND number = 3",
            4,
            "changed",
        ),
    ],
)
def test_a_break_is_found_where_it_is(recorded: Wiring, statement: str, where: int, how: str) -> None:
    with past_the_triggers(recorded) as connection:
        connection.execute(text(statement))
    found = report(recorded)
    assert (where, how) in [(broken.number, broken.how) for broken in found.breaks]
    assert {broken.subject_id for broken in found.breaks} == {1}


@pytest.mark.rule("R63")
@pytest.mark.parametrize(
    "statement",
    ["UPDATE events SET name = 'Other'", "DELETE FROM events", "TRUNCATE events", "TRUNCATE events CASCADE"],
)
@pytest.mark.parametrize("role", ["database_url", "migration_url"])
def test_the_database_refuses(recorded: Wiring, statement: str, role: str) -> None:
    engine = create_engine(getattr(recorded.settings, role))
    with pytest.raises(DBAPIError), engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()
    assert report(recorded).breaks == ()
