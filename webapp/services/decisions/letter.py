"""The letter of a pending decision as it will be sent, composed like the mail itself; changes nothing (R46)."""

from __future__ import annotations

from webapp.domain.decisions import move_for
from webapp.domain.ports import Letter
from webapp.models.people import Person
from webapp.models.proposals import Proposal
from webapp.queries.notices.audiences import recipient_of
from webapp.queries.notices.events import ToldEvent
from webapp.queries.notices.letters import Addressed, find_subject
from webapp.services.decisions.draft import find_pending
from webapp.services.notices.compose import compose_letter, compose_words
from webapp.services.work import UnitOfWork

# The template of the mail that carries a decision, whatever its outcome.
LETTER = "decision_letter"


def preview_letter(work: UnitOfWork, proposal_id: int) -> Letter:
    """The pending decision's letter as the applicant will get it. Raises NotFound where none is drafted."""
    decision = find_pending(work, proposal_id)
    proposal = work.session.get_one(Proposal, proposal_id)
    owner = work.session.get_one(Person, proposal.owner_id)
    workflow = work.rules.workflow((proposal.workflow, proposal.workflow_version))
    event = ToldEvent(
        id=0,
        name=move_for(workflow, proposal.stage, decision.outcome).event,
        at=work.now,
        actor_id=work.actor.person_id,
        actor_name="",
        subject_kind="proposal",
        subject_id=proposal.id,
        version_id=decision.version_id,
        payload={"decision_id": decision.id, "outcome": decision.outcome, "code": decision.code},
        proposal_id=proposal.id,
        partner_id=None,
        initiative_id=None,
    )
    notice = next((one for one in work.rules.notices.by_event[event.name] if one.template == LETTER), None)
    if notice is None:
        raise LookupError(f"the table of notices has no {LETTER} for {event.name}")
    to = Addressed(notice, event, find_subject(work.session, event), recipient_of(owner))
    return compose_letter(work, to, compose_words(work, to))
