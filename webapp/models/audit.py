"""Events, never changed, never deleted, each chained to the one before; and idempotency keys of forms."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.domain.audit import SUBJECT_KINDS
from webapp.models.base import Base, one_of, references, row_id


class EventRow(Base):
    """One thing that happened to a subject: who, what, when, why, on which version (R62)."""

    __tablename__ = "events"
    __table_args__ = (
        one_of("subject_kind", SUBJECT_KINDS),
        UniqueConstraint("subject_kind", "subject_id", "number"),
        Index("ix_events_name_at", "name", "at"),
    )

    id: Mapped[row_id]
    subject_kind: Mapped[str]
    subject_id: Mapped[int]
    number: Mapped[int]
    name: Mapped[str]
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = references("people.id", nullable=True)
    acting_for_id: Mapped[int | None] = references("people.id", nullable=True)
    version_id: Mapped[int | None] = references("proposal_versions.id", nullable=True)
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    previous_hash: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)


class AuditChain(Base):
    """The head and the length of a subject's chain, so that the last event cannot vanish unseen."""

    __tablename__ = "audit_chains"
    __table_args__ = (one_of("subject_kind", SUBJECT_KINDS),)

    subject_kind: Mapped[str] = mapped_column(primary_key=True)
    subject_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    head: Mapped[str]
    length: Mapped[int]


class AuditRoot(Base):
    """One hash over the heads of all chains, up to the event `cut`, made once a day and never changed (R62)."""

    __tablename__ = "audit_roots"

    day: Mapped[date] = mapped_column(primary_key=True)
    cut: Mapped[int]
    chains: Mapped[int]
    events: Mapped[int]
    root: Mapped[str]
    made_at: Mapped[datetime]


class FormKey(Base):
    """The one-time key of a form that was acted on, and where its first answer led (R9)."""

    __tablename__ = "form_keys"

    key: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = references("people.id", nullable=True)
    answer: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(index=True)
