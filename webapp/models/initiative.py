"""The initiative and its articles, loaded from the data folder so that other tables can refer to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base, references, row_id


class InitiativeRow(Base):
    """One initiative: its whole data as loaded, with the version of that data."""

    __tablename__ = "initiatives"

    id: Mapped[row_id]
    code: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    data: Mapped[dict[str, Any]]
    data_sha256: Mapped[str]
    loaded_at: Mapped[datetime]


class ArticleRow(Base):
    """One numbered article; what proposals, calls and expertise refer to."""

    __tablename__ = "articles"
    __table_args__ = (UniqueConstraint("initiative_id", "number"),)

    id: Mapped[row_id]
    initiative_id: Mapped[int] = references("initiatives.id", index=False)
    number: Mapped[int]
    title: Mapped[str]
    short_title: Mapped[str]
