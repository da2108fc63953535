"""What the application's own role can never do to the record, whatever the application does (R63)."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from webapp.adapters.clocks import SetClock
from webapp.domain.events import Event
from webapp.domain.people import SYSTEM
from webapp.services.audit import make_roots, verify
from webapp.wiring import Wiring

KEPT = ("events", "audit_roots", "proposal_versions", "review_texts", "endorsement_words")


@pytest.fixture
def recorded(committed: Wiring, clock: SetClock) -> Wiring:
    """One subject with two events, and a root of the day."""
    for number in (1, 2):
        with committed.open_work(SYSTEM) as work:
            work.record(Event("CallChanged", "call", 1, {"number": number}))
    clock.at = clock.at.replace(day=25)
    with committed.open_work(SYSTEM) as work:
        assert make_roots(work)
    return committed


def refused(url: str, statement: str) -> str:
    """How the database refuses the statement; empty where it does not."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    except DBAPIError as fault:
        return str(getattr(fault.orig, "sqlstate", "unknown"))
    finally:
        engine.dispose()
    return ""


@pytest.mark.rule("R63")
def test_the_application_owns_no_table(recorded: Wiring) -> None:
    owners = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
    with recorded.open_reading() as session:
        found = session.execute(text(owners)).scalars().all()
        powers = session.execute(
            text("SELECT rolsuper OR rolcreaterole OR rolreplication FROM pg_roles WHERE rolname = current_user")
        ).scalar_one()
        member = session.execute(
            text(
                "SELECT bool_or(pg_has_role(current_user, tableowner, 'MEMBER')) FROM pg_tables "
                "WHERE schemaname = 'public'"
            )
        ).scalar_one()
    assert found == [make_url(recorded.settings.migration_url).username]
    assert make_url(recorded.settings.database_url).username not in found
    assert (powers, member) == (False, False)


@pytest.mark.rule("R63")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET name = 'Other'",
        "UPDATE events SET payload = payload",
        "DELETE FROM events",
        "TRUNCATE events CASCADE",
        "UPDATE audit_chains SET length = length - 1",
        "UPDATE audit_chains SET length = length + 2, head = repeat('f', 64)",
        "UPDATE audit_chains SET head = repeat('f', 64)",
        "UPDATE audit_chains SET subject_id = 7, length = length + 1, head = repeat('f', 64)",
        "DELETE FROM audit_chains",
        "TRUNCATE audit_chains",
        "UPDATE audit_roots SET root = repeat('f', 64)",
        "DELETE FROM audit_roots",
        "TRUNCATE audit_roots",
        "ALTER TABLE events DISABLE TRIGGER USER",
        "DROP TRIGGER events_kept ON events",
        "DROP TABLE events CASCADE",
        "SET session_replication_role = replica",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    ],
)
def test_the_application_s_role_is_refused(recorded: Wiring, statement: str) -> None:
    # 23001: refused by our triggers; 42501: the role may not.
    assert refused(recorded.settings.database_url, statement) in ("23001", "42501")
    with recorded.open_reading() as session:
        assert verify(session).breaks == ()


@pytest.mark.rule("R63")
@pytest.mark.parametrize("table", [*KEPT, "audit_chains"])
def test_every_table_of_the_record_has_its_triggers(recorded: Wiring, table: str) -> None:
    triggers = (
        "SELECT count(*) FROM pg_trigger "
        "WHERE tgrelid = CAST(:name AS regclass) AND tgenabled = 'O' AND NOT tgisinternal"
    )
    with recorded.open_reading() as session:
        assert session.execute(text(triggers), {"name": table}).scalar_one() >= 2
