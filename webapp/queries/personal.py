"""Questions about what is held of one person: all of it, for themselves; and what binds them (R60)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, inspect, or_, select
from sqlalchemy.orm import Session

from webapp.domain.erasure import Holding
from webapp.domain.reviews import AWAITED_ASSIGNMENTS
from webapp.domain.rulebook import Rulebook
from webapp.models.audit import EventRow
from webapp.models.base import Base
from webapp.models.clarifications import Clarification
from webapp.models.decisions import Decision
from webapp.models.endorsements import EndorsementPoint, EndorsementWord
from webapp.models.factors import CodeApp, Passkey, RecoveryCode
from webapp.models.notices import (
    Mail,
    Message,
    MutedNotice,
    MutedProposal,
    Notification,
    OutboxRow,
    Suppression,
    Wording,
)
from webapp.models.people import KeptForm, MailedLink, Organisation, Person, SeatRow, SessionRow
from webapp.models.proposals import Collaborator, Document, Proposal, ProposalSection, ProposalVersion
from webapp.models.reviews import PanelMessage, Review, ReviewText, Suggestion
from webapp.models.routing import Assignment, Conflict, Expertise, ReviewerProfile

Part = tuple[str, type[Base], ColumnElement[bool], tuple[str, ...]]


def read_all(session: Session, person_id: int) -> dict[str, list[dict[str, Any]]]:
    """Everything that is held of a person, by what it is; secrets and what is said of others aside."""
    email = session.scalars(select(Person.email).where(Person.id == person_id)).one()
    return {name: _rows(session, table, where, columns) for name, table, where, columns in _parts(person_id, email)}


def find_holding(session: Session, rules: Rulebook, person_id: int) -> Holding:
    """What has to end before the person can be erased."""
    live = {stage.id for workflow in rules.workflows.values() for stage in workflow.stages if stage.is_live}
    seats = select(func.count(SeatRow.id)).where(SeatRow.person_id == person_id, SeatRow.ended_at.is_(None))
    reviews = select(func.count(Assignment.id)).where(
        Assignment.reviewer_id == person_id, Assignment.state.in_(AWAITED_ASSIGNMENTS)
    )
    proposals = (
        select(Proposal.reference)
        .where(Proposal.owner_id == person_id, Proposal.submitted_at.is_not(None), Proposal.stage.in_(live))
        .order_by(Proposal.id)
    )
    return Holding(session.scalar(seats) or 0, session.scalar(reviews) or 0, tuple(session.scalars(proposals)))


def _parts(person_id: int, email: str) -> tuple[Part, ...]:
    return (*_account(person_id, email), *_proposals(person_id), *_reviewing(person_id), *_record(person_id, email))


def _account(who: int, email: str) -> tuple[Part, ...]:
    own = "email name address_as language time_zone theme confirmed_at disabled_at erasure_asked_at undeliverable_at"
    return (
        (
            "account",
            Person,
            Person.id == who,
            (*own.split(), "digest_hour", "app_only", "quiet_weekends", "created_at"),
        ),
        ("seats", SeatRow, SeatRow.person_id == who, ("role", "starts_on", "ends_on", "granted_at", "ended_at")),
        (
            "sessions",
            SessionRow,
            SessionRow.person_id == who,
            ("device", "shared_computer", "created_at", "seen_at", "expires_at"),
        ),
        (
            "mailed_links",
            MailedLink,
            or_(MailedLink.person_id == who, MailedLink.email == email),
            ("kind", "email", "role", "created_at", "expires_at", "used_at"),
        ),
        ("forms_kept_while_signed_out", KeptForm, KeptForm.person_id == who, ("kept_at", "expires_at")),
        ("code_app", CodeApp, CodeApp.person_id == who, ("made_at", "confirmed_at")),
        ("passkeys", Passkey, Passkey.person_id == who, ("name", "made_at", "used_at", "sign_count")),
        ("recovery_codes", RecoveryCode, RecoveryCode.person_id == who, ("made_at", "used_at")),
        ("muted_notices", MutedNotice, MutedNotice.person_id == who, ("notice", "muted_at")),
        ("muted_proposals", MutedProposal, MutedProposal.person_id == who, ("proposal_id", "muted_at")),
        ("messages_written", Message, Message.written_by_id == who, ("subject", "text", "sent_at")),
        ("wordings_written", Wording, Wording.written_by_id == who, ("template", "language", "words", "written_at")),
        ("address_set_aside", Suppression, Suppression.email == email, ("email", "reason", "since")),
    )


def _proposals(who: int) -> tuple[Part, ...]:
    owned = select(Proposal.id).where(Proposal.owner_id == who)
    claimed = ("name", "kind", "website", "claimed_at", "confirmed_at")
    listed = ("reference", "title", "stage", "created_at", "submitted_at", "published_at")
    sections = ("proposal_id", "section", "content", "saved_at")
    versions = ("proposal_id", "number", "sha256", "content", "submitted_at")
    files = ("proposal_id", "name", "size", "sha256", "state", "uploaded_at", "removed_at")
    answers = ("proposal_id", "question", "answer", "answers", "closed_at")
    return (
        ("organisations_claimed", Organisation, Organisation.claimed_by_id == who, claimed),
        ("proposals", Proposal, Proposal.owner_id == who, listed),
        ("sections", ProposalSection, ProposalSection.proposal_id.in_(owned), sections),
        ("versions", ProposalVersion, ProposalVersion.proposal_id.in_(owned), versions),
        ("works_on", Collaborator, Collaborator.person_id == who, ("proposal_id", "role", "added_at")),
        ("documents", Document, Document.uploaded_by_id == who, files),
        ("clarifications_answered", Clarification, Clarification.answered_by_id == who, answers),
    )


def _reviewing(who: int) -> tuple[Part, ...]:
    # Nobody learns before the invitation that they were thought of.
    own = select(Assignment.id).where(Assignment.reviewer_id == who, Assignment.state != "proposed")
    reviews = select(Review.id).where(Review.assignment_id.in_(own))
    profile = ("languages", "load_min", "load_max", "away_from", "away_to")
    asked = ("proposal_id", "state", "invited_at", "answered_at", "due_at", "decline_reason", "suggestion", "ended_at")
    said = ("proposal_id", "kind", "reason", "mapping", "other_reference", "made_at", "state")
    return (
        ("reviewer_profile", ReviewerProfile, ReviewerProfile.person_id == who, profile),
        ("expertise", Expertise, Expertise.person_id == who, ("article_id", "level")),
        ("conflicts", Conflict, Conflict.person_id == who, ("proposal_id", "kind", "evidence", "recorded_at")),
        ("assignments", Assignment, Assignment.id.in_(own), asked),
        ("reviews", Review, Review.assignment_id.in_(own), ("content", "saved_at")),
        ("review_texts", ReviewText, ReviewText.review_id.in_(reviews), ("number", "content", "submitted_at")),
        ("panel_messages", PanelMessage, PanelMessage.author_id == who, ("proposal_id", "text", "written_at")),
        ("suggestions", Suggestion, Suggestion.made_by_id == who, said),
    )


def _record(who: int, email: str) -> tuple[Part, ...]:
    mine = or_(EventRow.actor_id == who, EventRow.acting_for_id == who)
    about_me = (EventRow.subject_kind == "person") & (EventRow.subject_id == who)
    mails = select(OutboxRow.id).where(OutboxRow.recipient_id == who)
    return (
        (
            "formal_words",
            EndorsementWord,
            EndorsementWord.given_by_id == who,
            ("outcome", "text", "code", "acting_as", "given_at"),
        ),
        ("points_asked", EndorsementPoint, EndorsementPoint.asked_by_id == who, ("kind", "field", "text", "asked_at")),
        (
            "questions_asked",
            Clarification,
            Clarification.asked_by_id == who,
            ("proposal_id", "question", "asked_at"),
        ),
        (
            "decisions",
            Decision,
            or_(Decision.drafted_by_id == who, Decision.confirmed_by_id == who),
            ("proposal_id", "outcome", "drafted_at", "confirmed_at"),
        ),
        ("events", EventRow, mine | about_me, ("name", "at", "subject_kind", "subject_id")),
        (
            "notifications",
            Notification,
            Notification.person_id == who,
            ("notice", "sentence", "path", "created_at", "read_at"),
        ),
        (
            "mails",
            Mail,
            or_(Mail.outbox_id.in_(mails), Mail.to_address == email),
            ("to_address", "to_name", "subject", "text", "rendered_at"),
        ),
    )


def _rows(
    session: Session, table: type[Base], where: ColumnElement[bool], columns: tuple[str, ...]
) -> list[dict[str, Any]]:
    asked = select(*(getattr(table, name) for name in columns)).where(where).order_by(*inspect(table).primary_key)
    return [_plain(row) for row in session.execute(asked).mappings()]


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        str(name): value.isoformat() if isinstance(value, datetime | date) else value for name, value in row.items()
    }
