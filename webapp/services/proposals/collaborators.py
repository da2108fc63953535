"""Collaborators: invited by mail as editor or reader, accepted, removed (R13)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from webapp.domain.errors import Invalid, NotAllowed, NotFound
from webapp.domain.events import Event
from webapp.domain.people import normal_email
from webapp.domain.policy import Action
from webapp.domain.problems import Problem
from webapp.models.people import MailedLink
from webapp.models.proposals import Collaborator, Proposal
from webapp.services.access import hold_proposal
from webapp.services.people.links import find_link, make_link
from webapp.services.work import UnitOfWork

ROLES = ("editor", "reader")
COLLABORATORS_AT_MOST = 20


@dataclass(frozen=True, slots=True)
class Invited:
    """What the page of an invitation shows."""

    title: str
    reference: str
    role: str
    email: str


def invite_collaborator(work: UnitOfWork, reference: str, email: str, role: str) -> None:
    """Mail an invitation to work on the proposal."""
    held = hold_proposal(work, reference, Action.SHARE_PROPOSAL)
    if role not in ROLES:
        raise Invalid([Problem("collaborators", "role", "choice_missing")])
    if len(held.head.facts.collaborators) + _open_invitations(work, held.row.id) >= COLLABORATORS_AT_MOST:
        raise Invalid([Problem("collaborators", "email", "too_many", {"most": COLLABORATORS_AT_MOST})])
    link = make_link(
        work,
        "collaboration",
        normal_email(email),
        role=role,
        proposal_id=held.row.id,
        invited_by_id=work.actor.person_id,
    )
    work.record(Event("CollaboratorInvited", "proposal", held.row.id, {"link_id": link.id, "role": role}))


def _open_invitations(work: UnitOfWork, proposal_id: int) -> int:
    """How many can still be accepted: each mails words of the applicant's to an address of their choice."""
    return work.session.scalars(
        select(func.count(MailedLink.id)).where(
            MailedLink.proposal_id == proposal_id,
            MailedLink.kind == "collaboration",
            MailedLink.used_at.is_(None),
            MailedLink.expires_at > work.now,
        )
    ).one()


def see_collaboration(work: UnitOfWork, token: str) -> Invited:
    """What the link invites to; changes nothing."""
    link = find_link(work, token, "collaboration")
    proposal = work.session.get_one(Proposal, link.proposal_id)
    return Invited(proposal.title, proposal.reference, link.role or "", link.email)


def accept_collaboration(work: UnitOfWork, token: str) -> str:
    """Work on the proposal from now on; returns its reference. Only for the person under the invited address."""
    link = find_link(work, token, "collaboration")
    if work.actor.email != link.email or work.actor.person_id is None:
        raise NotAllowed("invited_address")
    proposal = work.session.scalars(select(Proposal).where(Proposal.id == link.proposal_id).with_for_update()).one()
    link.used_at = work.now
    if proposal.owner_id == work.actor.person_id:
        return proposal.reference
    known = work.session.get(Collaborator, (proposal.id, work.actor.person_id))
    if known is None:
        known = Collaborator(proposal_id=proposal.id, person_id=work.actor.person_id, added_at=work.now)
        work.session.add(known)
    known.role = link.role or "reader"
    work.session.flush()
    work.record(Event("CollaboratorJoined", "proposal", proposal.id, {"role": known.role}))
    return proposal.reference


def remove_collaborator(work: UnitOfWork, reference: str, person_id: int) -> None:
    """End somebody's work on the proposal."""
    held = hold_proposal(work, reference, Action.SHARE_PROPOSAL)
    known = work.session.get(Collaborator, (held.row.id, person_id))
    if known is None:
        raise NotFound
    work.session.delete(known)
    work.record(Event("CollaboratorRemoved", "proposal", held.row.id, {"person_id": person_id}))
