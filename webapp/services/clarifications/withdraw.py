"""Takes back a question to the applicant that needs no answer any more (R85)."""

from __future__ import annotations

from webapp.domain.errors import NotAllowed
from webapp.domain.people import Role
from webapp.domain.policy import Action
from webapp.services.access import hold_proposal
from webapp.services.clarifications.closing import close, find_open
from webapp.services.work import UnitOfWork


def withdraw_question(work: UnitOfWork, reference: str, clarification_id: int) -> None:
    """Take it back: whoever asked it, or the secretariat. Raises NotNow where it is closed."""
    held = hold_proposal(work, reference, Action.ASK_CLARIFICATION)
    row = find_open(work, held, clarification_id)
    is_secretariat = work.actor.has(Role.SECRETARIAT, initiative_id=held.head.initiative_id)
    if row.asked_by_id != work.actor.person_id and not is_secretariat:
        raise NotAllowed("clarification_not_yours")
    close(work, held, row, "withdrawn")
