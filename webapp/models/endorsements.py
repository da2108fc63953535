"""Endorsements: one case for each proposal and partner, its signatures and its outcomes by version."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base, one_of, references, row_id

# As in `endorsement.md`; a test holds these equal to the machine's own.
OUTCOMES = (
    "endorsed",
    "endorsed_with_conditions",
    "no_objection",
    "no_objection_tacit",
    "stands_aside",
    "objected",
    "lapsed",
)
STATES = (
    "not_needed",
    "to_request",
    "requested",
    "delivered",
    "undeliverable",
    "acknowledged",
    "in_consultation",
    "waiting_applicant",
    "adjustment_requested",
    *OUTCOMES,
    "revalidation_needed",
    "withdrawal_notified",
    "withdrawn",
    "expired",
    "acceded_late",
)


class Endorsement(Base):
    """One partner's case on one proposal (`endorsement.md`).

    `version_id` is the version the case is about; when it moves to a new version the word given on the
    old one stays in `endorsement_words`. `clock` holds the working days used up so far and since when
    it runs, so that it can be checked against the events.
    """

    __tablename__ = "endorsements"
    __table_args__ = (
        one_of("state", STATES),
        UniqueConstraint("proposal_id", "partner_id"),
    )

    id: Mapped[row_id]
    proposal_id: Mapped[int] = references("proposals.id", index=False)
    partner_id: Mapped[int] = references("partners.id")
    version_id: Mapped[int] = references("proposal_versions.id")
    path_id: Mapped[int | None] = references("partner_paths.id", nullable=True)
    state: Mapped[str]
    signatory_id: Mapped[int | None] = references("people.id", nullable=True)
    requested_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    clock: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    extended: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    reopened: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    notices_delivered: Mapped[int] = mapped_column(default=0, server_default="0")
    # The number of the request letter: one letter for each (proposal, version, number).
    letter_number: Mapped[int] = mapped_column(default=0, server_default="0")
    revision: Mapped[int] = mapped_column(default=1, server_default="1")


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


class EndorsementSignature(Base):
    """One signature under a word that the partner's path wants signed by several."""

    __tablename__ = "endorsement_signatures"
    __table_args__ = (UniqueConstraint("endorsement_id", "version_id", "person_id"),)

    id: Mapped[row_id]
    endorsement_id: Mapped[int] = references("endorsements.id", index=False)
    version_id: Mapped[int] = references("proposal_versions.id")
    person_id: Mapped[int] = references("people.id")
    outcome: Mapped[str]
    text: Mapped[str] = mapped_column(default="", server_default="")
    signed_at: Mapped[datetime]
