"""Who would be told if something happened to a proposal now: nothing is recorded, nobody is told (R76)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.errors import NotFound
from webapp.domain.notices import Notice
from webapp.domain.people import Actor
from webapp.domain.policy import Action
from webapp.domain.rulebook import Rulebook
from webapp.models.endorsements import Endorsement
from webapp.models.proposals import Proposal, ProposalPartner
from webapp.models.routing import Assignment
from webapp.queries.access import find_proposal
from webapp.queries.notices.audiences import Recipient, find_recipients
from webapp.queries.notices.bell import AT_ONCE, Wish, find_wishes
from webapp.queries.notices.events import ToldEvent, examples_of
from webapp.queries.notices.examples import PAYLOAD
from webapp.queries.notices.letters import Addressed, find_subject, find_words


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """Somebody who would be told: by which notice, and what they wish for it."""

    notice: Notice
    recipient: Recipient
    wish: Wish


def rehearse(
    session: Session, rules: Rulebook, actor: Actor, name: str, reference: str, *, now: datetime
) -> tuple[ToldEvent, list[Rehearsed]]:
    """The event as it would be, and whom it would tell, each once. Raises NotFound, NotAllowed.

    Only for who may know the reviewers: some are told.
    """
    notices = rules.notices.by_event.get(name)
    if not notices:
        raise NotFound
    event = _event(session, find_proposal(session, rules, actor, reference, Action.READ_REVIEWERS).id, name, actor, now)
    told: dict[str, Rehearsed] = {}
    for notice in notices:
        found = find_recipients(session, event, notice, now)
        ids = [one.person_id for one in found if one.person_id is not None]
        wishes = {} if notice.is_mandatory else find_wishes(session, ids, notice.id)
        for one in found:
            told.setdefault(one.email, Rehearsed(notice, one, wishes.get(one.person_id or 0, AT_ONCE)))
    return event, list(told.values())


def rehearsed_words(session: Session, rules: Rulebook, event: ToldEvent, one: Rehearsed) -> dict[str, object]:
    """The letter's variables: the proposal's own, and examples of what only the event would bring."""
    to = Addressed(one.notice, event, find_subject(session, event), one.recipient)
    return find_words(session, rules, to, token="example", added=examples_of(one.notice.id))  # noqa: S106 - no secret


class _Payload(dict[str, object]):
    """What the event would hold; its ids are the proposal's, the rest are examples."""

    def __missing__(self, key: str) -> object:
        return "1"


def _event(session: Session, proposal_id: int, name: str, actor: Actor, now: datetime) -> ToldEvent:
    proposal = session.get_one(Proposal, proposal_id)
    part = select(ProposalPartner.partner_id).where(ProposalPartner.proposal_id == proposal_id)
    partner_id = session.scalars(part.order_by(ProposalPartner.is_lead, ProposalPartner.partner_id).limit(1)).first()
    asked = select(Endorsement.id).where(Endorsement.proposal_id == proposal_id, Endorsement.partner_id == partner_id)
    task = select(Assignment.id).where(Assignment.proposal_id == proposal_id).order_by(Assignment.id.desc())
    payload: Mapping[str, object] = _Payload(
        PAYLOAD,
        endorsement_id=session.scalars(asked.limit(1)).first(),
        assignment_id=session.scalars(task.limit(1)).first(),
        person_id=proposal.owner_id,
        due_at=(proposal.due_at or now).isoformat(),
        link_id=None,
    )
    return ToldEvent(
        id=0,
        name=name,
        at=now,
        actor_id=actor.person_id,
        actor_name=actor.name,
        subject_kind="proposal",
        subject_id=proposal_id,
        version_id=None,
        payload=payload,
        proposal_id=proposal_id,
        partner_id=partner_id,
        initiative_id=None,
    )
