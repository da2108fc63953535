"""The migrations make what the models say, can be undone, and leave no foreign key without an index."""

from __future__ import annotations

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from webapp.adapters import schema
from webapp.wiring import Wiring

LEFT = """
    SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE 'alembic_version%'
    UNION SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT FROM pg_depend WHERE pg_depend.objid = pg_proc.oid AND deptype = 'e')
"""
WITHOUT_INDEX = """
    SELECT conrelid::regclass || ' (' || conname || ')' FROM pg_constraint
    WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND NOT EXISTS (
        SELECT FROM pg_index WHERE indrelid = conrelid AND indpred IS NULL
          AND (indkey::int2[])[0:cardinality(conkey) - 1] @> conkey
    )
"""


def _owner(wired: Wiring) -> Connection:
    return create_engine(wired.settings.migration_url, poolclass=NullPool).connect()


def test_up_down_and_up_again_makes_what_the_models_say(committed: Wiring) -> None:
    url = committed.settings.migration_url

    schema.downgrade(url, "base")
    with _owner(committed) as connection:
        left = connection.scalars(text(LEFT)).all()
    schema.upgrade(url)

    assert left == []
    with _owner(committed) as connection:
        assert schema.differences(connection) == []
        assert schema.is_at_head(connection)


def test_every_foreign_key_has_an_index(connection: Connection) -> None:
    assert connection.scalars(text(WITHOUT_INDEX)).all() == []
