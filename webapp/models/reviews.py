"""Reviews: the draft and the submitted text of each assignment, every text kept, the panel's thread."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base, references, row_id


class Review(Base):
    """One reviewer's review in work or submitted (R42).

    `content`: {scores: {criterion: 1..5}, alignment: {article: strong|partial|none},
    comments: {criterion or "overall": text}, recommendation, for_applicant, for_secretariat}.
    """

    __tablename__ = "reviews"
    __table_args__ = (CheckConstraint("version >= 1", name="version_counted"),)

    id: Mapped[row_id]
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id"), unique=True)
    content: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    saved_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]


class ReviewText(Base):
    """A text that a review had when it was submitted or amended; never changed (R43)."""

    __tablename__ = "review_texts"
    __table_args__ = (UniqueConstraint("review_id", "number"),)

    id: Mapped[row_id]
    review_id: Mapped[int] = references("reviews.id", index=False)
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    submitted_at: Mapped[datetime]


class PanelMessage(Base):
    """One message in the panel's thread on a proposal (R45)."""

    __tablename__ = "panel_messages"

    id: Mapped[row_id]
    proposal_id: Mapped[int] = references("proposals.id")
    author_id: Mapped[int] = references("people.id")
    text: Mapped[str]
    written_at: Mapped[datetime]
