"""One's own proposals, and what a draft's pages need beside its text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from webapp.domain.people import Actor
from webapp.models.calls import Call
from webapp.models.partners import Partner
from webapp.models.people import MailedLink, Organisation, Person
from webapp.models.proposals import Collaborator, Document, Proposal, ProposalSection, ProposalVersion
from webapp.queries.proposals.holding import is_held


@dataclass(frozen=True, slots=True)
class OwnLine:
    """A proposal in its applicant's list (R27)."""

    reference: str
    title: str
    stage: str
    workflow: tuple[str, int]
    stage_since: datetime
    due_at: datetime | None
    call: str
    is_owner: bool


def list_own(session: Session, actor: Actor) -> list[OwnLine]:
    """The proposals that the person owns or works on, those that wait longest first."""
    owned = select(Proposal.id).where(Proposal.owner_id == actor.person_id)
    shared = select(Collaborator.proposal_id).where(Collaborator.person_id == actor.person_id)
    rows = session.execute(
        select(Proposal, Call.title)
        .join(Call, Call.id == Proposal.call_id)
        # Each half by its own index; an OR of both would look at every proposal.
        .where(Proposal.id.in_(union(owned, shared)))
        .order_by(Proposal.due_at.asc().nulls_last(), Proposal.stage_since.desc(), Proposal.id.desc())
        .limit(200)
    )
    return [
        OwnLine(
            reference=proposal.reference,
            title=proposal.title,
            stage=proposal.stage,
            workflow=(proposal.workflow, proposal.workflow_version),
            stage_since=proposal.stage_since,
            due_at=proposal.due_at,
            call=title,
            is_owner=proposal.owner_id == actor.person_id,
        )
        for proposal, title in rows
    ]


@dataclass(frozen=True, slots=True)
class SectionText:
    """A section as it stands: its content, its version (0: never saved), who saved it last."""

    content: dict[str, Any]
    version: int
    saved_at: datetime | None
    saved_by: str


def find_section(session: Session, proposal_id: int, section: str) -> SectionText:
    """One section of a draft."""
    row = session.execute(
        select(ProposalSection, Person.name)
        .outerjoin(Person, Person.id == ProposalSection.saved_by_id)
        .where(ProposalSection.proposal_id == proposal_id, ProposalSection.section == section)
    ).one_or_none()
    if row is None:
        return SectionText({}, 0, None, "")
    held, name = row
    return SectionText(held.content, held.version, held.saved_at, name or "")


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What a draft's pages say of its call."""

    code: str
    title: str
    closes_at: datetime | None
    time_zone: str


def find_call(session: Session, call_id: int) -> CallFacts:
    """The call of a proposal."""
    call = session.get_one(Call, call_id)
    return CallFacts(call.code, call.title, call.closes_at, call.time_zone)


def list_working(session: Session, proposal_id: int, owner_id: int) -> list[tuple[int, str, str]]:
    """Who works on a proposal: (id, name, role), the owner first."""
    owner = session.get_one(Person, owner_id)
    rows = session.execute(
        select(Person.id, Person.name, Collaborator.role)
        .join(Collaborator, Collaborator.person_id == Person.id)
        .where(Collaborator.proposal_id == proposal_id)
        .order_by(Person.name)
    )
    return [(owner.id, owner.name, "owner"), *((row.id, row.name, row.role) for row in rows)]


@dataclass(frozen=True, slots=True)
class Invitation:
    """Somebody who was asked to work on a proposal, or to take it over, and has not answered."""

    id: int
    email: str
    role: str
    until: datetime


def list_invitations(session: Session, proposal_id: int, now: datetime) -> list[Invitation]:
    """The invitations that can still be accepted, the newest first."""
    rows = session.scalars(
        select(MailedLink)
        .where(
            MailedLink.proposal_id == proposal_id,
            MailedLink.kind == "collaboration",
            MailedLink.used_at.is_(None),
            MailedLink.expires_at > now,
        )
        .order_by(MailedLink.id.desc())
    )
    return [Invitation(row.id, row.email, row.role or "reader", row.expires_at) for row in rows]


def organisation_choices(session: Session, codes: frozenset[str] | None = None) -> list[tuple[str, str]]:
    """Organisations to choose from: (id as text, name with partner), by partner and name."""
    found = (
        select(Organisation.id, Organisation.name, Partner.code)
        .join(Partner, Partner.id == Organisation.partner_id)
        .order_by(Partner.code, Organisation.name)
        .limit(2000)
    )
    if codes is not None:
        found = found.where(Partner.code.in_(codes))
    return [(str(row.id), f"{row.code} · {row.name}") for row in session.execute(found)]


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version of a proposal, as its receipt says it."""

    number: int
    submitted_at: datetime
    sha256: str
    reference: str


def list_versions(session: Session, proposal_id: int) -> list[VersionLine]:
    """The versions, the newest first."""
    rows = session.execute(
        select(ProposalVersion, Proposal.reference)
        .join(Proposal, Proposal.id == ProposalVersion.proposal_id)
        .where(ProposalVersion.proposal_id == proposal_id)
        .order_by(ProposalVersion.number.desc())
    )
    return [VersionLine(row.number, row.submitted_at, row.sha256, reference) for row, reference in rows]


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document's bytes by hash, with the proposal whose policy governs it."""

    proposal_id: int
    purpose: str
    name: str
    media_type: str
    sha256: str
    state: str


def find_document(session: Session, public_id: str) -> StoredDocument | None:
    """The document with this opaque id; none where it was removed before a version froze it."""
    row = session.scalars(select(Document).where(Document.public_id == public_id, is_held())).one_or_none()
    if row is None:
        return None
    return StoredDocument(row.proposal_id, row.purpose, row.name, row.media_type, row.sha256, row.state)
