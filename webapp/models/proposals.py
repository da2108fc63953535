"""Proposals: drafts in sections, the mapping, collaborators, documents, frozen versions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.domain.proposals import DOCUMENT_PURPOSES, DOCUMENT_STATES, SECTIONS
from webapp.domain.stages import STAGES
from webapp.models.base import Base, one_of, references, row_id

WORKFLOW = ("workflow", "workflow_version")


class Proposal(Base):
    """One joint project put forward under one call.

    `stage` is written by `services/transitions.py` alone; `revision` rises with every move and save
    that others must notice, and is what a person's form names as the state they saw.
    """

    __tablename__ = "proposals"
    __table_args__ = (
        one_of("stage", STAGES),
        CheckConstraint("submitted_at IS NOT NULL OR stage IN ('draft', 'withdrawn')", name="submitted_unless_draft"),
        Index("ix_proposals_call_stage", "call_id", "stage", "due_at"),
        Index("ix_proposals_stage_due", "stage", "due_at", "id"),
        Index("ix_proposals_stage_since", "stage", "stage_since", "id"),
        Index("ix_proposals_due", "due_at", "id", postgresql_where=text("submitted_at IS NOT NULL")),
        # What counting the stages asks of each row, so that it need not be read whole (it is long).
        Index(
            "ix_proposals_counted",
            "stage",
            postgresql_include=[
                "stage_since",
                "due_at",
                "submitted_at",
                "call_id",
                "owner_id",
                "id",
                "is_sealed",
                *WORKFLOW,
            ],
            postgresql_where=text("submitted_at IS NOT NULL"),
        ),
        Index(
            "ix_proposals_published",
            text("published_at DESC"),
            text("id DESC"),
            postgresql_where=text("published_at IS NOT NULL"),
        ),
        Index("ix_proposals_words", "words", postgresql_using="gin", postgresql_ops={"words": "gin_trgm_ops"}),
    )

    id: Mapped[row_id]
    reference: Mapped[str] = mapped_column(unique=True)
    call_id: Mapped[int] = references("calls.id", index=False)
    owner_id: Mapped[int] = references("people.id")
    workflow: Mapped[str]
    workflow_version: Mapped[int]
    stage: Mapped[str] = mapped_column(default="draft", server_default="draft")
    stage_since: Mapped[datetime]
    due_at: Mapped[datetime | None]
    # The stage a closed proposal was in, to which reopening returns it (R28).
    closed_from: Mapped[str | None]
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    # Submitted under a sealed call: until it is unsealed only those who work on it read it (R77).
    is_sealed: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    # What lists show; taken from the sections at each save.
    title: Mapped[str] = mapped_column(default="", server_default="")
    summary: Mapped[str] = mapped_column(default="", server_default="")
    sector: Mapped[str] = mapped_column(default="", server_default="")
    language: Mapped[str] = mapped_column(default="en", server_default="en")
    # The concept note that this full proposal carries forward (R77).
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("proposals.id"), unique=True)
    current_version_id: Mapped[int | None] = references("proposal_versions.id", nullable=True, use_alter=True)
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    # The names of the organisations that take part, for searches.
    named: Mapped[str] = mapped_column(default="", server_default="", deferred=True)
    # What searches look through, any part of any word, in lower case and without accents (`fold` of migration 0001).
    words: Mapped[str] = mapped_column(
        Computed("fold(reference || ' ' || title || ' ' || summary || ' ' || named)", persisted=True), deferred=True
    )

    articles: Mapped[list[ProposalArticle]] = relationship(order_by="ProposalArticle.place")


class ReferenceCounter(Base):
    """The last number given in a year; a reference is never reused (R4)."""

    __tablename__ = "reference_counters"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_number: Mapped[int] = mapped_column(default=0, server_default="0")


class ProposalSection(Base):
    """What is typed in one section, complete or not; each save names the version it is based on (R6).

    What could not be understood (a letter in a number) stands in the content as it was typed (R5).
    """

    __tablename__ = "proposal_sections"
    __table_args__ = (one_of("section", SECTIONS),)

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id", ondelete="CASCADE"), primary_key=True)
    section: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    saved_by_id: Mapped[int | None] = references("people.id", nullable=True)
    saved_at: Mapped[datetime]


class ProposalArticle(Base):
    """One mapped article of a proposal as it stands; exactly one is primary (R14)."""

    __tablename__ = "proposal_articles"
    __table_args__ = (
        Index(
            "uq_proposal_articles_primary",
            "proposal_id",
            unique=True,
            postgresql_where=text("is_primary"),
        ),
        CheckConstraint("place BETWEEN 0 AND 4", name="at_most_five"),
        CheckConstraint("is_primary = (place = 0)", name="primary_first"),
        UniqueConstraint("proposal_id", "place"),
    )

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id", ondelete="CASCADE"), primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True, index=True)
    is_primary: Mapped[bool]
    place: Mapped[int]


class ProposalPartner(Base):
    """A partner that takes part in a proposal, the lead among them (R7)."""

    __tablename__ = "proposal_partners"
    __table_args__ = (Index("uq_proposal_partners_lead", "proposal_id", unique=True, postgresql_where=text("is_lead")),)

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id", ondelete="CASCADE"), primary_key=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"), primary_key=True, index=True)
    is_lead: Mapped[bool]


class ProposalOrganisation(Base):
    """An organisation that takes part in a proposal; conflicts of interest are found by it (R38)."""

    __tablename__ = "proposal_organisations"

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id", ondelete="CASCADE"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), primary_key=True, index=True)
    contact_email: Mapped[str] = mapped_column(default="", server_default="")


class Collaborator(Base):
    """A person who works on a proposal with its owner (R13)."""

    __tablename__ = "collaborators"
    __table_args__ = (one_of("role", ("editor", "reader")),)

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)
    role: Mapped[str]
    added_at: Mapped[datetime]


class Document(Base):
    """An attached file; its bytes are kept by hash in the file store, its name is what a person gave."""

    __tablename__ = "documents"
    __table_args__ = (
        one_of("purpose", DOCUMENT_PURPOSES),
        one_of("state", DOCUMENT_STATES),
        CheckConstraint("size >= 0", name="size_known"),
        CheckConstraint(
            "(purpose IN ('letter', 'letter_sent')) = (decision_id IS NOT NULL)", name="letter_of_decision"
        ),
    )

    id: Mapped[row_id]
    public_id: Mapped[str] = mapped_column(unique=True)
    proposal_id: Mapped[int] = references("proposals.id", ondelete="CASCADE")
    # Evidence is shown after the decision (R48), files go with its letter (R75): neither is part of a version.
    purpose: Mapped[str] = mapped_column(default="proposal", server_default="proposal")
    name: Mapped[str]
    title: Mapped[str] = mapped_column(default="", server_default="")
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(default="received", server_default="received")
    refusal: Mapped[str | None]
    uploaded_by_id: Mapped[int] = references("people.id")
    uploaded_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    decision_id: Mapped[int | None] = references("decisions.id", nullable=True)


class ProposalVersion(Base):
    """A frozen copy as submitted: canonical content, its SHA-256, who and when (R10)."""

    __tablename__ = "proposal_versions"
    __table_args__ = (UniqueConstraint("proposal_id", "number"),)

    id: Mapped[row_id]
    proposal_id: Mapped[int] = references("proposals.id", index=False)
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(index=True)
    submitted_by_id: Mapped[int | None] = references("people.id", nullable=True)
    submitted_at: Mapped[datetime]
