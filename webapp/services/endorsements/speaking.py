"""A step that somebody takes who speaks for a partner, and what follows from it for the whole proposal (R31)."""

from __future__ import annotations

from webapp.domain.endorsements import OUTCOMES, Happened
from webapp.domain.errors import NotNow, Stale
from webapp.domain.policy import Action
from webapp.models.people import Person
from webapp.services.endorsements.cases import HeldCase, hold_case, role_of
from webapp.services.endorsements.settle import find_standing, settle
from webapp.services.endorsements.steps import take_step
from webapp.services.work import UnitOfWork

REPEATED = "repeated"
"""What is remembered of a form that was acted on: its second use does nothing."""


def hold_to_speak(work: UnitOfWork, reference: str, code: str, *, later: bool = False) -> HeldCase:
    """The case, for a person who speaks for its partner; raises NotFound, NotAllowed, NotNow."""
    held = hold_case(work, reference, code, Action.ENDORSE, later=later)
    role_of(work, held.partner.id)
    return held


def speak(work: UnitOfWork, held: HeldCase, happened: Happened) -> HeldCase:
    """Take the step as the actor, and settle what follows.

    Raises what the machine raises; Stale where another person of the partner was first, saying who (R24).
    """
    before = find_standing(work, held.held)
    try:
        take_step(work, held, happened, role_of(work, held.partner.id))
    except NotNow as refusal:
        raise _told(work, held, refusal) from None
    settle(work, held.held, before)
    return held


def _told(work: UnitOfWork, held: HeldCase, refusal: NotNow) -> NotNow | Stale:
    case = held.case
    if refusal.code != "endorsement_not_in_state" or case.state not in OUTCOMES:
        return refusal
    by = work.session.get(Person, case.outcome_by) if case.outcome_by else None
    return Stale(case.state, by=by.name if by else "", at=case.outcome_at, code="endorsement_answered")
