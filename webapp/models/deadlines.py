"""Timers: one row for each thing that must happen at a time, fired by a sweep (R51)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base, references, row_id


class TimerRow(Base):
    """Fires once when due; `outcome` says what it did, "moved_on" when there was nothing left to do."""

    __tablename__ = "timers"
    __table_args__ = (
        Index("ix_timers_due", "due_at", postgresql_where=text("done_at IS NULL")),
        Index("ix_timers_subject", "subject_kind", "subject_id"),
        UniqueConstraint("kind", "subject_kind", "subject_id", "due_at"),
    )

    id: Mapped[row_id]
    kind: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[int]
    proposal_id: Mapped[int | None] = references("proposals.id", nullable=True, ondelete="CASCADE")
    due_at: Mapped[datetime]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    set_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
