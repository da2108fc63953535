"""A partner extends its time once, or withdraws its word from a day on (rows 15 and 21)."""

from __future__ import annotations

from datetime import date

from webapp.domain.calendars import day_ends
from webapp.domain.endorsements import Case, Happened
from webapp.domain.errors import Invalid
from webapp.domain.problems import Problem
from webapp.services.endorsements.answering import TEXT_AT_MOST
from webapp.services.endorsements.speaking import REPEATED, hold_to_speak, speak
from webapp.services.work import UnitOfWork


def extend(work: UnitOfWork, reference: str, code: str, *, form_key: str = "") -> Case | None:
    """Take more time to answer, once, by as many days as the partner's path says; the applicant is told."""
    if work.first_answer(form_key) is not None:
        return None
    held = hold_to_speak(work, reference, code)
    case = speak(work, held, Happened("extend", by=work.actor.person_id)).case
    work.remember_answer(form_key, REPEATED)
    return case


def withdraw_word(  # noqa: PLR0917 – what its form holds
    work: UnitOfWork, reference: str, code: str, reason: str, effective_on: date | None, form_key: str = ""
) -> Case | None:
    """Withdraw a positive word, with a reason, from the end of that day of the partner on (row 21).

    Raises Invalid where one of the two is missing or the day is over; NotNow where the word is not positive.
    """
    if len(reason) > TEXT_AT_MOST:
        raise Invalid([Problem("endorsement", "reason", "too_long", {"most": TEXT_AT_MOST})])
    if work.first_answer(form_key) is not None:
        return None
    held = hold_to_speak(work, reference, code, later=True)
    effective = day_ends(held.calendar, effective_on) if effective_on else None
    happened = Happened("withdraw", by=work.actor.person_id, reason=reason.strip(), effective_at=effective)
    case = speak(work, held, happened).case
    work.remember_answer(form_key, REPEATED)
    return case
