"""Reviews: the draft and the submitted text of each assignment, every text kept, the panel's thread, suggestions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from webapp.domain.suggestions import LINK_KINDS, SUGGESTION_KINDS, SUGGESTION_STATES
from webapp.models.base import Base, one_of, references, row_id


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


class Suggestion(Base):
    """What a reviewer or the secretariat suggests for a proposal: another mapping, a merge, a duplicate (R20, R71).

    `mapping` is {primary, secondary} where the kind is mapping; `other_reference` is as the reviewer wrote it,
    and `other_id` the proposal that the secretariat linked.
    """

    __tablename__ = "suggestions"
    __table_args__ = (
        one_of("kind", SUGGESTION_KINDS),
        one_of("state", SUGGESTION_STATES),
        CheckConstraint("(kind = 'mapping') = (mapping IS NOT NULL)", name="mapping_where_wanted"),
        Index(
            "uq_suggestions_offered",
            "proposal_id",
            unique=True,
            postgresql_where=text("state = 'offered'"),
        ),
    )

    id: Mapped[row_id]
    proposal_id: Mapped[int] = references("proposals.id")
    version_id: Mapped[int] = references("proposal_versions.id")
    kind: Mapped[str]
    state: Mapped[str]
    # The reviewer's assignment; None where the secretariat suggests.
    assignment_id: Mapped[int | None] = references("assignments.id", nullable=True)
    made_by_id: Mapped[int] = references("people.id")
    made_at: Mapped[datetime]
    reason: Mapped[str]
    mapping: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    other_reference: Mapped[str] = mapped_column(default="", server_default="")
    other_id: Mapped[int | None] = references("proposals.id", nullable=True)
    answer: Mapped[str] = mapped_column(default="", server_default="")
    settled_by_id: Mapped[int | None] = references("people.id", nullable=True)
    settled_at: Mapped[datetime | None]
    # When an accepted mapping became the proposal's: with a new version, or by the decision (R20).
    applied_at: Mapped[datetime | None]


class ProposalLink(Base):
    """Two proposals that belong together, and how; read from both ends (R71)."""

    __tablename__ = "proposal_links"
    __table_args__ = (
        one_of("kind", LINK_KINDS),
        CheckConstraint("proposal_id <> other_id", name="two_proposals"),
        UniqueConstraint("proposal_id", "other_id", "kind"),
    )

    id: Mapped[row_id]
    proposal_id: Mapped[int] = references("proposals.id", index=False)
    other_id: Mapped[int] = references("proposals.id")
    kind: Mapped[str]
    suggestion_id: Mapped[int] = references("suggestions.id")
    made_by_id: Mapped[int] = references("people.id")
    made_at: Mapped[datetime]
