"""A focal point acknowledges a request and gives the partner's word on the version they saw (R31, R35)."""

from __future__ import annotations

from webapp.domain.endorsements import OUTCOMES, Case, Happened
from webapp.domain.errors import Invalid, NotFound, NotNow, Stale
from webapp.domain.policy import Action
from webapp.domain.problems import Problem
from webapp.models.people import Person
from webapp.services.endorsements.cases import HeldCase, hold_case, role_of
from webapp.services.endorsements.settle import find_standing, settle
from webapp.services.endorsements.steps import take_step
from webapp.services.work import UnitOfWork

ANSWERS = (
    "endorse",
    "endorse_with_conditions",
    "no_objection",
    "stand_aside",
    "object",
    "same_answer",
    "another_answer",
)
TEXT_AT_MOST = 4000
REPEATED = "repeated"


def acknowledge(work: UnitOfWork, reference: str, code: str) -> Case:
    """Acknowledge the request: the partner's clock starts (row 5)."""
    return _step(work, reference, code, Happened("acknowledge", by=work.actor.person_id))


def answer(  # noqa: PLR0917 – what the form of an answer holds
    work: UnitOfWork, reference: str, code: str, word: str, version_id: int, text: str = "", form_key: str = ""
) -> Case | None:
    """Give the partner's word on the version shown; it acknowledges too, where nobody has (rows 5, 11–13, 28).

    None where this form was sent before: its first use counts. Raises NotAllowed, Invalid where a text is
    missing, Stale where the version is no longer the one shown, or another focal point was first.
    """
    if word not in ANSWERS:
        raise NotFound
    if len(text) > TEXT_AT_MOST:
        raise Invalid([Problem("endorsement", "reason", "too_long", {"most": TEXT_AT_MOST})])
    if work.first_answer(form_key) is not None:
        return None
    happened = Happened(word, by=work.actor.person_id, reason=text.strip(), version=version_id)
    case = _step(work, reference, code, happened)
    work.remember_answer(form_key, REPEATED)
    return case


def _step(work: UnitOfWork, reference: str, code: str, happened: Happened) -> Case:
    held = hold_case(work, reference, code, Action.ENDORSE)
    role = role_of(work, held.partner.id)
    before = find_standing(work, held.held)
    try:
        case = take_step(work, held, happened, role)
    except NotNow as refusal:
        raise _told(work, held, refusal) from None
    settle(work, held.held, before)
    return case


def _told(work: UnitOfWork, held: HeldCase, refusal: NotNow) -> NotNow | Stale:
    """Where another person of the partner was first, who that was and when (R24)."""
    case = held.case
    if refusal.code != "endorsement_not_in_state" or case.state not in OUTCOMES:
        return refusal
    by = work.session.get(Person, case.outcome_by) if case.outcome_by else None
    return Stale(case.state, by=by.name if by else "", at=case.outcome_at, code="endorsement_answered")
