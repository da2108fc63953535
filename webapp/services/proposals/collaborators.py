"""Collaborators: invited by mail as editor or reader, accepted, removed; the proposal handed over (R13)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select, update

from webapp.domain.errors import Invalid, NotAllowed, NotFound, NotNow
from webapp.domain.events import Event
from webapp.domain.people import normal_email, read_link_token
from webapp.domain.policy import Action
from webapp.domain.problems import Problem
from webapp.models.people import MailedLink, Person
from webapp.models.proposals import Collaborator, Proposal
from webapp.models.routing import Assignment
from webapp.queries.access import SEES_AS_REVIEWER
from webapp.services.access import hold_proposal
from webapp.services.people.links import find_link, make_link
from webapp.services.work import UnitOfWork

ROLES = ("editor", "reader")
COLLABORATORS_AT_MOST = 20
# The role that an offer to take the proposal over carries.
OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Invited:
    """What the page of an invitation shows."""

    title: str
    reference: str
    role: str
    email: str


def invite_collaborator(work: UnitOfWork, reference: str, email: str, role: str, *, form_key: str = "") -> None:
    """Mail an invitation to work on the proposal. The same form twice is one mail."""
    held = hold_proposal(work, reference, Action.SHARE_PROPOSAL)
    if work.first_answer(form_key) is not None:
        return
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
    work.remember_answer(form_key, "invited")


def offer_ownership(work: UnitOfWork, reference: str, person_id: int, *, form_key: str = "") -> None:
    """Ask a collaborator by mail to take the proposal over; nothing changes until they accept.

    The same form twice is one mail.
    """
    held = hold_proposal(work, reference, Action.SHARE_PROPOSAL)
    if work.first_answer(form_key) is not None:
        return
    known = work.session.get(Collaborator, (held.row.id, person_id))
    person = work.session.get(Person, person_id)
    if known is None or person is None:
        raise NotFound
    link = make_link(
        work,
        "collaboration",
        person.email,
        role=OWNER,
        proposal_id=held.row.id,
        invited_by_id=work.actor.person_id,
    )
    work.record(Event("OwnershipOffered", "proposal", held.row.id, {"link_id": link.id, "person_id": person_id}))
    work.remember_answer(form_key, "offered")


def take_back_invitation(work: UnitOfWork, reference: str, link_id: int) -> None:
    """End an invitation that nobody has accepted yet."""
    held = hold_proposal(work, reference, Action.SHARE_PROPOSAL)
    link = work.session.scalars(select(MailedLink).where(MailedLink.id == link_id).with_for_update()).one_or_none()
    if link is None or link.proposal_id != held.row.id or link.kind != "collaboration":
        raise NotFound
    if link.used_at is not None:
        raise NotNow("link_used")
    link.used_at = work.now


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
    """Work on the proposal from now on, or own it; returns its reference. Only for the person under the address.

    Raises NotAllowed for another address and for who reviews the proposal; NotNow where the offer was made
    by somebody who does not own it any more.
    """
    _lock_proposal_of(work, token)
    link = find_link(work, token, "collaboration")
    if work.actor.email != link.email or work.actor.person_id is None:
        raise NotAllowed("invited_address")
    proposal = work.session.get_one(Proposal, link.proposal_id)
    _require_no_reviewer(work, proposal, work.actor.person_id)
    link.used_at = work.now
    if proposal.owner_id == work.actor.person_id:
        return proposal.reference
    if link.role == OWNER:
        _hand_over(work, proposal, work.actor.person_id, offered_by=link.invited_by_id)
        return proposal.reference
    known = _join(work, proposal, work.actor.person_id, link.role or "reader")
    work.record(Event("CollaboratorJoined", "proposal", proposal.id, {"role": known.role}))
    return proposal.reference


def _lock_proposal_of(work: UnitOfWork, token: str) -> None:
    """The proposal before its link, as every verb locks them; whether the token is true is found out after that."""
    of_link = select(MailedLink.proposal_id).where(MailedLink.id == read_link_token(token)).scalar_subquery()
    work.session.execute(select(Proposal.id).where(Proposal.id == of_link).with_for_update())


def _join(work: UnitOfWork, proposal: Proposal, person_id: int, role: str) -> Collaborator:
    known = work.session.get(Collaborator, (proposal.id, person_id))
    if known is None:
        known = Collaborator(proposal_id=proposal.id, person_id=person_id, role=role, added_at=work.now)
        work.session.add(known)
    known.role = role
    work.session.flush()
    return known


def _hand_over(work: UnitOfWork, proposal: Proposal, person_id: int, *, offered_by: int | None) -> None:
    """The former owner works on as editor."""
    former = proposal.owner_id
    if offered_by != former:
        raise NotNow("handover_over")
    known = work.session.get(Collaborator, (proposal.id, person_id))
    if known is not None:
        work.session.delete(known)
    proposal.owner_id = person_id
    proposal.revision += 1
    _join(work, proposal, former, "editor")
    details = {"person_id": former, "former_owner_id": former, "owner_id": person_id}
    work.record(Event("OwnershipHandedOver", "proposal", proposal.id, details))


def _require_no_reviewer(work: UnitOfWork, proposal: Proposal, person_id: int) -> None:
    """Nobody both works on a proposal and reviews it (R38)."""
    reviews = select(Assignment.id).where(
        Assignment.proposal_id == proposal.id,
        Assignment.reviewer_id == person_id,
        Assignment.state.in_(("proposed", *SEES_AS_REVIEWER)),
    )
    if work.session.scalars(reviews.limit(1)).one_or_none() is not None:
        raise NotAllowed("reviews_it")


def remove_collaborator(work: UnitOfWork, reference: str, person_id: int) -> None:
    """End somebody's work on the proposal, and what was offered to them that they have not taken up."""
    held = hold_proposal(work, reference, Action.SHARE_PROPOSAL)
    known = work.session.get(Collaborator, (held.row.id, person_id))
    if known is None:
        raise NotFound
    work.session.delete(known)
    address = select(Person.email).where(Person.id == person_id).scalar_subquery()
    offers = update(MailedLink).where(MailedLink.proposal_id == held.row.id, MailedLink.kind == "collaboration")
    work.session.execute(
        offers.where(MailedLink.email == address, MailedLink.used_at.is_(None)).values(used_at=work.now)
    )
    work.record(Event("CollaboratorRemoved", "proposal", held.row.id, {"person_id": person_id}))
