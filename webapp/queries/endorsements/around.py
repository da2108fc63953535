"""What a case is judged by besides itself: who takes part, who can speak, and if words still count."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select, union
from sqlalchemy.orm import Session

from webapp.domain.endorsements import Around
from webapp.domain.rulebook import Rulebook
from webapp.domain.workflow import find_stage
from webapp.models.people import Person
from webapp.models.proposals import Collaborator, Proposal, ProposalOrganisation
from webapp.models.routing import Conflict
from webapp.queries.partners import find_office


def find_around(session: Session, proposal_id: int, partner_id: int, today: date) -> Around:
    """What the rest of the product knows on this day of the partner's calendar; notices are counted apart."""
    return Around(members=find_members(session, proposal_id), office=find_office(session, partner_id, today))


def find_members(session: Session, proposal_id: int) -> frozenset[int]:
    """Everybody who takes part in the proposal, or is in conflict with it: they never speak for a partner on it."""
    contact = select(func.lower(ProposalOrganisation.contact_email)).where(
        ProposalOrganisation.proposal_id == proposal_id
    )
    everybody = union(
        select(Proposal.owner_id).where(Proposal.id == proposal_id),
        select(Collaborator.person_id).where(Collaborator.proposal_id == proposal_id),
        select(Conflict.person_id).where(Conflict.proposal_id == proposal_id),
        select(Person.id).where(Person.email.in_(contact)),
    )
    return frozenset(session.scalars(everybody))


def is_in_play(rules: Rulebook, workflow: tuple[str, int], stage: str) -> bool:
    """Whether partners can still give their word: the proposal is live, and not with its applicant to be changed."""
    found = find_stage(rules.workflow(workflow), stage)
    return found.kind == "live" and "applicant" not in found.waits_for
