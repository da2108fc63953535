"""The database's schema: migrate it, compare it with the models, say whether it is at the head."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from webapp.models import Base

FOLDER = Path(__file__).parents[2] / "migrations"


def upgrade(url: str, to: str = "head") -> None:
    """Apply the migrations up to a revision, as the role of the URL."""
    command.upgrade(_config(url), to)


def downgrade(url: str, to: str) -> None:
    """Undo migrations down to a revision."""
    command.downgrade(_config(url), to)


def is_at_head(connection: Connection) -> bool:
    """Whether the database has all migrations."""
    heads = set(ScriptDirectory(str(FOLDER)).get_heads())
    return set(MigrationContext.configure(connection).get_current_heads()) == heads


def differences(connection: Connection) -> list[object]:
    """What models and tables disagree on; empty when they agree."""
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, Base.metadata))


def _config(url: str) -> Config:
    config = Config(str(FOLDER / "alembic.ini"))
    config.attributes["url"] = url
    return config
