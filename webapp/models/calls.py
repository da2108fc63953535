"""Calls: invitations to propose, with the articles open to them and all their rules as data."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base, references, row_id


class Call(Base):
    """An invitation to propose. `closes_at` is None for a rolling call.

    `form` holds {sections_off, questions}; `endorsement` what suffices (R33); `routing` the policy of
    the panel (R36, R37); `rubric` the criteria that are asked beside those of the mapped articles;
    `publication` the embargo and what the register shows (R49).
    """

    __tablename__ = "calls"
    __table_args__ = (
        CheckConstraint("closes_at IS NULL OR closes_at > opens_at", name="opens_before_closing"),
        CheckConstraint("grace_minutes BETWEEN 0 AND 1440", name="grace_bounded"),
        CheckConstraint("reviews_wanted BETWEEN 1 AND 9", name="reviews_bounded"),
        CheckConstraint("quorum BETWEEN 1 AND reviews_wanted", name="quorum_reachable"),
        UniqueConstraint("initiative_id", "code"),
    )

    id: Mapped[row_id]
    initiative_id: Mapped[int] = references("initiatives.id", index=False)
    code: Mapped[str]
    title: Mapped[str]
    summary: Mapped[str]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime | None]
    time_zone: Mapped[str]
    grace_minutes: Mapped[int] = mapped_column(default=15, server_default="15")
    workflow: Mapped[str] = mapped_column(default="standard", server_default="standard")
    workflow_version: Mapped[int] = mapped_column(default=1, server_default="1")
    reviews_wanted: Mapped[int] = mapped_column(default=3, server_default="3")
    quorum: Mapped[int] = mapped_column(default=3, server_default="3")
    form: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    endorsement: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    routing: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    rubric: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    publication: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    created_at: Mapped[datetime]


class CallArticle(Base):
    """An article that is open under a call (R14)."""

    __tablename__ = "call_articles"

    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True, index=True)
