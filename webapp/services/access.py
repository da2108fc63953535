"""The one tested door to each kind of object for verbs: found, locked, judged by the policy (R1, R2)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from webapp.domain.errors import NotFound, Stale
from webapp.domain.policy import Action, Nothing, decide
from webapp.models.proposals import Proposal
from webapp.queries import access
from webapp.queries.access import ProposalHead, require
from webapp.services.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Held:
    """A proposal that is locked for this unit of work: its row, and its head as judged."""

    row: Proposal
    head: ProposalHead


def hold_proposal(work: UnitOfWork, reference: str, to: Action, *, seen_revision: int | None = None) -> Held:
    """Lock the proposal, then judge it as it is now (`reliability.md` §2).

    Raises NotFound, NotAllowed; Stale when the person saw an older revision than the one there is.
    """
    row = work.session.scalars(select(Proposal).where(Proposal.reference == reference).with_for_update()).one_or_none()
    if row is None:
        # Answers as reading does, with the hint for a mistyped reference.
        access.find_proposal(work.session, work.rules, work.actor, reference, to)
        raise NotFound
    return _judge(work, row, to, seen_revision)


def hold_proposal_by_id(work: UnitOfWork, proposal_id: int, to: Action) -> Held:
    """As `hold_proposal`, for tasks and for objects that belong to a proposal."""
    row = work.session.scalars(select(Proposal).where(Proposal.id == proposal_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound
    return _judge(work, row, to, None)


def allow(work: UnitOfWork, action: Action, subject: Nothing | None = None) -> None:
    """Judge an action that has no proposal; raises NotFound or NotAllowed."""
    require(decide(work.actor, action, subject or Nothing()))


def _judge(work: UnitOfWork, row: Proposal, to: Action, seen_revision: int | None) -> Held:
    work.session.refresh(row)
    head = access.find_head_by_id(work.session, work.rules, row.id)
    if head is None:
        raise NotFound
    require(decide(work.actor, to, head.facts))
    if seen_revision is not None and seen_revision != row.revision:
        raise Stale
    return Held(row=row, head=head)
