"""Endorsements: one case for each proposal and partner, and each formal word by version."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.domain.endorsements import OUTCOMES, STATES
from webapp.models.base import Base, one_of, references, row_id


class Endorsement(Base):
    """One partner's case on one proposal (`endorsement.md`).

    `content` is the whole case as the machine remembers it (`domain.endorsements.write_case`); the other
    columns repeat what lists, the policy and constraints need of it. `version_id` is the version that the
    case is about.
    """

    __tablename__ = "endorsements"
    __table_args__ = (
        one_of("state", STATES),
        UniqueConstraint("proposal_id", "partner_id"),
        Index("ix_endorsements_partner_state", "partner_id", "state", "due_at"),
    )

    id: Mapped[row_id]
    proposal_id: Mapped[int] = references("proposals.id", index=False)
    partner_id: Mapped[int] = references("partners.id", index=False)
    version_id: Mapped[int] = references("proposal_versions.id")
    path_id: Mapped[int] = references("partner_paths.id")
    is_lead: Mapped[bool]
    state: Mapped[str]
    signatory_id: Mapped[int | None] = references("people.id", nullable=True)
    due_at: Mapped[datetime | None]
    cooling_off_ends_at: Mapped[datetime | None]
    content: Mapped[dict[str, Any]]
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    opened_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class EndorsementWord(Base):
    """A partner's formal word on one version: the letter with its code, kept for good (R73)."""

    __tablename__ = "endorsement_words"
    __table_args__ = (
        one_of("outcome", OUTCOMES),
        CheckConstraint(
            "outcome NOT IN ('endorsed_with_conditions', 'objected') OR length(text) > 0",
            name="text_where_needed",
        ),
        UniqueConstraint("endorsement_id", "version_id", "number"),
    )

    id: Mapped[row_id]
    endorsement_id: Mapped[int] = references("endorsements.id", index=False)
    version_id: Mapped[int] = references("proposal_versions.id")
    number: Mapped[int]
    outcome: Mapped[str]
    text: Mapped[str] = mapped_column(default="", server_default="")
    code: Mapped[str] = mapped_column(unique=True)
    given_by_id: Mapped[int | None] = references("people.id", nullable=True)
    acting_as: Mapped[str] = mapped_column(default="", server_default="")
    acting_for_id: Mapped[int | None] = references("people.id", nullable=True)
    given_at: Mapped[datetime]
