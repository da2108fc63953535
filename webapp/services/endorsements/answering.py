"""A focal point acknowledges a request and gives the partner's word on the version they saw (R31, R35)."""

from __future__ import annotations

from webapp.domain.endorsements import Case, Happened
from webapp.domain.errors import Invalid, NotFound, Stale
from webapp.domain.problems import Problem
from webapp.models.proposals import ProposalVersion
from webapp.services.endorsements.cases import HeldCase
from webapp.services.endorsements.speaking import REPEATED, hold_to_speak, speak
from webapp.services.work import UnitOfWork

LATER = ("confirm", "accede")
"""Words that can also be given after the decision (rows 23 and 29)."""
ANSWERS = (
    "endorse",
    "endorse_with_conditions",
    "no_objection",
    "stand_aside",
    "object",
    "same_answer",
    "another_answer",
    "break_silence",
    *LATER,
)
TEXT_AT_MOST = 4000


def acknowledge(work: UnitOfWork, reference: str, code: str) -> Case:
    """Acknowledge the request: the partner's clock starts (row 5)."""
    held = hold_to_speak(work, reference, code)
    return speak(work, held, Happened("acknowledge", by=work.actor.person_id)).case


def answer(  # noqa: PLR0917 – what the form of an answer holds
    work: UnitOfWork, reference: str, code: str, word: str, version_id: int, text: str = "", form_key: str = ""
) -> Case | None:
    """Give the partner's word on the version shown; it acknowledges too, where nobody has.

    Rows 5, 11–13, 18, 23, 28, 29. None where this form was sent before: its first use counts. Raises
    NotAllowed, Invalid where a text is missing, Stale where the version is no longer the one shown, or
    another focal point was first.
    """
    if word not in ANSWERS:
        raise NotFound
    if len(text) > TEXT_AT_MOST:
        raise Invalid([Problem("endorsement", "reason", "too_long", {"most": TEXT_AT_MOST})])
    if work.first_answer(form_key) is not None:
        return None
    held = hold_to_speak(work, reference, code, later=word in LATER)
    shown = _version(work, held, version_id) if word == "accede" else ""
    happened = Happened(word, by=work.actor.person_id, reason=text.strip(), version=version_id, version_hash=shown)
    case = speak(work, held, happened).case
    work.remember_answer(form_key, REPEATED)
    return case


def _version(work: UnitOfWork, held: HeldCase, version_id: int) -> str:
    """The hash of the version as it stands, which a partner that joins later was shown (row 23)."""
    if version_id != held.held.row.current_version_id:
        raise Stale("ProposalVersionFrozen", code="endorsement_version_changed")
    return work.session.get_one(ProposalVersion, version_id).sha256
