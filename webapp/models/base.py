"""The base of all tables: naming of constraints, column types in use, closed lists of values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import BigInteger, CheckConstraint, ColumnElement, DateTime, ForeignKey, Identity, MetaData, Text, cast
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The plain declarative base; Flask-SQLAlchemy only shares its metadata (`webapp.extensions`)."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {
        str: Text,
        int: BigInteger,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }


row_id = Annotated[int, mapped_column(BigInteger, Identity(), primary_key=True)]


def references(target: str, *, index: bool = True, nullable: bool = False, **options: Any) -> Any:
    """A foreign key column with its index (every foreign key has one)."""
    return mapped_column(BigInteger, ForeignKey(target, **options), index=index, nullable=nullable)


def id_in(column: InstrumentedAttribute[dict[str, Any]], *path: str) -> ColumnElement[int]:
    """The id that a JSON column holds under a path, as wide as ids are; NULL where there is none."""
    return cast(column[path].astext, BigInteger)


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """A CHECK that keeps a text column to a closed list of values."""
    allowed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({allowed})", name=f"{column}_known")
