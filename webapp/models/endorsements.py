"""Endorsements: a case for each proposal and partner, its formal words, its points, whom it consulted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from webapp.domain.endorsements import LETTERS, POINT_KINDS, POINT_STATES, STATES
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
        one_of("outcome", LETTERS),
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


class EndorsementPoint(Base):
    """One thing a partner asks at a field, or wants changed there, with the applicant's answer (R31, R68).

    Kept for good; `state` says how it ended: answered, changed, or late, where neither came in time.
    """

    __tablename__ = "endorsement_points"
    __table_args__ = (
        one_of("kind", POINT_KINDS),
        one_of("state", POINT_STATES),
        CheckConstraint("(state = 'open') = (settled_at IS NULL)", name="settled_when_not_open"),
        CheckConstraint("state <> 'answered' OR length(answer) > 0", name="answer_where_answered"),
        Index("ix_endorsement_points_endorsement", "endorsement_id", "id"),
        Index(
            "uq_endorsement_points_open",
            "endorsement_id",
            "field",
            unique=True,
            postgresql_where=sql("state = 'open'"),
        ),
    )

    id: Mapped[row_id]
    endorsement_id: Mapped[int] = references("endorsements.id", index=False)
    version_id: Mapped[int] = references("proposal_versions.id")
    kind: Mapped[str]
    field: Mapped[str]
    text: Mapped[str]
    asked_by_id: Mapped[int | None] = references("people.id", nullable=True)
    asked_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="open", server_default="open")
    answer: Mapped[str] = mapped_column(default="", server_default="")
    answered_by_id: Mapped[int | None] = references("people.id", nullable=True)
    settled_at: Mapped[datetime | None]


class Consultation(Base):
    """A ministry that a partner consults on a proposal, by a mailed link; its advice is the partner's alone (R32)."""

    __tablename__ = "consultations"
    __table_args__ = (
        CheckConstraint("(advice = '') = (advised_at IS NULL)", name="advised_when_said"),
        UniqueConstraint("endorsement_id", "email"),
    )

    id: Mapped[row_id]
    endorsement_id: Mapped[int] = references("endorsements.id", index=False)
    version_id: Mapped[int] = references("proposal_versions.id")
    link_id: Mapped[int] = references("mailed_links.id")
    ministry: Mapped[str]
    email: Mapped[str]
    question: Mapped[str] = mapped_column(default="", server_default="")
    asked_by_id: Mapped[int | None] = references("people.id", nullable=True)
    asked_at: Mapped[datetime]
    advice: Mapped[str] = mapped_column(default="", server_default="")
    advised_by: Mapped[str] = mapped_column(default="", server_default="")
    advised_at: Mapped[datetime | None]
