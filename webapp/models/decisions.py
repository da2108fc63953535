"""Decisions drafted by one and confirmed by another, and the conditions they set."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.domain.decisions import CONDITION_STATES, DECISION_STATES, OUTCOMES
from webapp.models.base import Base, one_of, references, row_id


class Decision(Base):
    """A decision on one version: drafted, then confirmed by somebody else, or discarded (R46).

    One that is staged is confirmed and held; it takes effect when it is released (R75).
    """

    __tablename__ = "decisions"
    __table_args__ = (
        one_of("outcome", OUTCOMES),
        one_of("state", DECISION_STATES),
        CheckConstraint("confirmed_by_id <> drafted_by_id", name="four_eyes"),
        CheckConstraint(
            "(state IN ('staged', 'confirmed')) = (confirmed_at IS NOT NULL AND confirmed_by_id IS NOT NULL)",
            name="confirmed_by_someone",
        ),
        CheckConstraint("released_at IS NULL OR state = 'confirmed'", name="released_when_confirmed"),
        Index(
            "uq_decisions_pending",
            "proposal_id",
            unique=True,
            postgresql_where=text("state IN ('drafted', 'staged')"),
        ),
    )

    id: Mapped[row_id]
    proposal_id: Mapped[int] = references("proposals.id")
    version_id: Mapped[int] = references("proposal_versions.id")
    outcome: Mapped[str]
    state: Mapped[str] = mapped_column(default="drafted", server_default="drafted")
    reason: Mapped[str]
    letter: Mapped[str]
    code: Mapped[str] = mapped_column(unique=True)
    drafted_by_id: Mapped[int] = references("people.id")
    drafted_at: Mapped[datetime]
    confirmed_by_id: Mapped[int | None] = references("people.id", nullable=True)
    confirmed_at: Mapped[datetime | None]
    # Whether a partner that stood aside, lapsed or was not asked may still join (`endorsement.md` 23).
    lets_join: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    released_by_id: Mapped[int | None] = references("people.id", nullable=True)
    released_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1, server_default="1")


class Condition(Base):
    """Something an approved proposal must show; open, evidence submitted, met, waived (R48)."""

    __tablename__ = "conditions"
    __table_args__ = (
        one_of("state", CONDITION_STATES),
        UniqueConstraint("decision_id", "number"),
    )

    id: Mapped[row_id]
    decision_id: Mapped[int] = references("decisions.id", index=False)
    number: Mapped[int]
    text: Mapped[str]
    due_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(default="open", server_default="open")
    evidence: Mapped[str] = mapped_column(default="", server_default="")
    evidence_document_id: Mapped[int | None] = references("documents.id", nullable=True)
    settled_by_id: Mapped[int | None] = references("people.id", nullable=True)
    settled_at: Mapped[datetime | None]
    settled_reason: Mapped[str] = mapped_column(default="", server_default="")
