"""Runs migrations as the role that owns the tables, never waiting long for a lock that the product holds."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine, pool

from config.settings import load_settings
from webapp.models import Base

LOCK_TIMEOUT = "5s"
STATEMENT_TIMEOUT = "10min"


def run() -> None:
    """Apply or compare migrations over one connection; each migration is one transaction."""
    url = context.config.attributes.get("url") or load_settings().migration_url
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        for setting, value in (("lock_timeout", LOCK_TIMEOUT), ("statement_timeout", STATEMENT_TIMEOUT)):
            connection.exec_driver_sql(f"SET {setting} = '{value}'")
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            compare_type=True,
            compare_server_default=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
