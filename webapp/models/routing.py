"""Routing: what reviewers can do, conflicts of interest, plans and assignments with their reasons."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from webapp.domain.conflicts import CONFLICT_KINDS
from webapp.domain.reviews import ASSIGNMENT_STATES
from webapp.models.base import Base, one_of, references, row_id


class ReviewerProfile(Base):
    """What a person brings as a reviewer: languages read, load, absence."""

    __tablename__ = "reviewer_profiles"
    __table_args__ = (CheckConstraint("load_min >= 0 AND load_max >= load_min", name="load_in_order"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    partner_id: Mapped[int | None] = references("partners.id", nullable=True)
    languages: Mapped[list[str]] = mapped_column(ARRAY(Text))
    load_min: Mapped[int] = mapped_column(default=1, server_default="1")
    load_max: Mapped[int] = mapped_column(default=8, server_default="8")
    away_from: Mapped[date | None]
    away_to: Mapped[date | None]


class Expertise(Base):
    """How well a reviewer knows an article: 1 some, 2 good, 3 leading (no row: none)."""

    __tablename__ = "expertise"
    __table_args__ = (CheckConstraint("level BETWEEN 1 AND 3", name="level_known"),)

    person_id: Mapped[int] = mapped_column(
        ForeignKey("reviewer_profiles.person_id", ondelete="CASCADE"), primary_key=True
    )
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True, index=True)
    level: Mapped[int]


class Conflict(Base):
    """A conflict of interest of a person with a proposal, recorded with kind and evidence (R38)."""

    __tablename__ = "conflicts"
    __table_args__ = (
        one_of("kind", CONFLICT_KINDS),
        UniqueConstraint("proposal_id", "person_id", "kind"),
    )

    id: Mapped[row_id]
    proposal_id: Mapped[int] = references("proposals.id", index=False)
    person_id: Mapped[int] = references("people.id")
    kind: Mapped[str]
    evidence: Mapped[str]
    recorded_by_id: Mapped[int | None] = references("people.id", nullable=True)
    recorded_at: Mapped[datetime]


class RoutingPlan(Base):
    """One run of the routing for a proposal: its policy, bounds, shortfall; assignments point to it."""

    __tablename__ = "routing_plans"
    __table_args__ = (one_of("state", ("proposed", "released", "superseded")),)

    id: Mapped[row_id]
    proposal_id: Mapped[int] = references("proposals.id")
    version_id: Mapped[int] = references("proposal_versions.id")
    state: Mapped[str] = mapped_column(default="proposed", server_default="proposed")
    outcome: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    released_by_id: Mapped[int | None] = references("people.id", nullable=True)
    released_at: Mapped[datetime | None]


class Assignment(Base):
    """One reviewer's task to review one version; at most one live for each version and reviewer."""

    __tablename__ = "assignments"
    __table_args__ = (
        one_of("state", ASSIGNMENT_STATES),
        Index(
            "uq_assignments_live",
            "version_id",
            "reviewer_id",
            unique=True,
            postgresql_where=text("state IN ('proposed', 'invited', 'accepted', 'submitted')"),
        ),
        Index("ix_assignments_reviewer_due", "reviewer_id", "state", "due_at"),
    )

    id: Mapped[row_id]
    public_id: Mapped[str] = mapped_column(unique=True)
    proposal_id: Mapped[int] = references("proposals.id")
    version_id: Mapped[int] = references("proposal_versions.id")
    reviewer_id: Mapped[int] = references("people.id", index=False)
    plan_id: Mapped[int | None] = references("routing_plans.id", nullable=True)
    state: Mapped[str]
    reasons: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    invited_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    decline_reason: Mapped[str] = mapped_column(default="", server_default="")
    # Whom the reviewer suggested instead, in their words.
    suggestion: Mapped[str] = mapped_column(default="", server_default="")
    ended_at: Mapped[datetime | None]
