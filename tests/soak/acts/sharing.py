"""Owners share their proposal: collaborators invited, joining, leaving; the proposal handed over."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tests.soak.acting import Act, act, room
from tests.soak.seen import Seen
from tests.soak.world import World
from webapp.domain.people import link_token
from webapp.models.people import MailedLink
from webapp.services.proposals.collaborators import (
    accept_collaboration,
    invite_collaborator,
    offer_ownership,
    remove_collaborator,
    take_back_invitation,
)
from webapp.services.work import UnitOfWork

GUESTS = (
    ("editor", "editor"),
    ("reader", "reader"),
    ("reviewer.1", "reader"),
    ("th.second", "editor"),
    ("staff.four", "reader"),
)


@room
def share(seen: Seen, world: World) -> Iterator[Act]:
    """Invite, hand over, remove."""
    for proposal in seen.proposals:
        owner, about, reference = (proposal.owner_id,), proposal.id, proposal.reference
        members = seen.members.get(proposal.id, {})
        for name, role in GUESTS:
            known = world.ids[name] in members or world.ids[name] == proposal.owner_id
            inviting = partial(_invite, reference, f"{name}@demo.example", role)
            yield act("invite_collaborator", owner, inviting, ripe=not known, weight=1, about=about)
        for person in members:
            yield act("offer_ownership", owner, partial(_offer, reference, person), weight=1, about=about)
            removing = partial(_remove, reference, person)
            yield act("remove_collaborator", owner, removing, weight=1, about=about)


def _invite(reference: str, email: str, role: str, work: UnitOfWork) -> None:
    invite_collaborator(work, reference, email, role)


def _offer(reference: str, person: int, work: UnitOfWork) -> None:
    offer_ownership(work, reference, person)


def _remove(reference: str, person: int, work: UnitOfWork) -> None:
    remove_collaborator(work, reference, person)


@room
def join(seen: Seen, world: World) -> Iterator[Act]:
    """Accept what was offered by mail; take an invitation back."""
    by_address = {f"{name}@demo.example": person for name, person in world.ids.items()}
    proposals = {one.id: one for one in seen.proposals}
    for link in seen.links:
        if link.kind != "collaboration" or link.proposal_id is None:
            continue
        is_open = link.used_at is None and link.expires_at > seen.now
        person = by_address[link.email]
        yield act("join", (person,), partial(_join, link), now=is_open, weight=3, about=link.proposal_id)
        back = partial(_take_back, proposals[link.proposal_id].reference, link.id)
        owner = (proposals[link.proposal_id].owner_id,)
        yield act("take_invitation_back", owner, back, now=link.used_at is None, weight=1, about=link.proposal_id)


def _join(link: MailedLink, work: UnitOfWork) -> None:
    accept_collaboration(work, link_token(work.ports.signing_key, link.id, link.nonce))


def _take_back(reference: str, link_id: int, work: UnitOfWork) -> None:
    take_back_invitation(work, reference, link_id)
