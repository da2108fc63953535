"""Clarifications: a question to the applicant, at fields where it concerns some, and its answer (R85)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.domain.clarifications import ASKERS, STATES
from webapp.models.base import Base, one_of, references, row_id


class Clarification(Base):
    """One question with its answer. While it is open the clock of the proposal's stage stands.

    `asked_for` says in whose name it was asked: the person who wrote a panel's question is known to
    the trail alone. `fields` are {"field": "plan.activities", "question": text}, `answers` texts by field.
    """

    __tablename__ = "clarifications"
    __table_args__ = (
        one_of("state", STATES),
        one_of("asked_for", ASKERS),
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed_has_time"),
        CheckConstraint("state <> 'answered' OR answered_by_id IS NOT NULL", name="answered_by_someone"),
        Index("ix_clarifications_proposal", "proposal_id", "id"),
        Index("ix_clarifications_open", "proposal_id", postgresql_where=text("state = 'open'")),
    )

    id: Mapped[row_id]
    proposal_id: Mapped[int] = references("proposals.id", index=False)
    version_id: Mapped[int] = references("proposal_versions.id")
    stage: Mapped[str]
    state: Mapped[str] = mapped_column(default="open", server_default="open")
    asked_for: Mapped[str]
    asked_by_id: Mapped[int] = references("people.id")
    question: Mapped[str]
    fields: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(default="", server_default="")
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    answered_by_id: Mapped[int | None] = references("people.id", nullable=True)
    closed_at: Mapped[datetime | None]
