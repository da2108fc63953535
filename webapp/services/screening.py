"""Screening: the secretariat passes a proposal, returns it, or finds it ineligible (product.md §5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from webapp.domain.errors import Invalid, NotAllowed
from webapp.domain.policy import Action
from webapp.domain.problems import Problem
from webapp.domain.proposals import SECTIONS
from webapp.domain.workflow import find_move
from webapp.services.access import hold_proposal
from webapp.services.transitions import make_move
from webapp.services.work import UnitOfWork

REASON_AT_MOST = 4000


def pass_screening(work: UnitOfWork, reference: str, *, revision: int, note: str = "", form_key: str = "") -> None:
    """Let the proposal go on; the partners' requests follow (R30)."""
    _check_texts({"note": note})
    payload = {"note": note.strip()} if note.strip() else {}
    _move(work, reference, "pass_screening", revision, form_key, payload=payload)


def return_for_changes(
    work: UnitOfWork,
    reference: str,
    *,
    revision: int,
    reason: str,
    sections: Mapping[str, str] | None = None,
    form_key: str = "",
) -> None:
    """Return it with a reason (R26), and for each section named what to change there (R68)."""
    asked = {section: text.strip() for section, text in (sections or {}).items() if text.strip()}
    _check_texts({"reason": reason, **asked})
    _move(work, reference, "return_for_changes", revision, form_key, reason=reason, payload={"sections": asked})


def find_ineligible(work: UnitOfWork, reference: str, *, revision: int, reason: str, form_key: str = "") -> None:
    """Close it as ineligible, with a reason (R26)."""
    _check_texts({"reason": reason})
    _move(work, reference, "find_ineligible", revision, form_key, reason=reason)


def make_desk_move(
    work: UnitOfWork, reference: str, move_id: str, *, revision: int, reason: str = "", form_key: str = ""
) -> None:
    """Make one of the secretariat's other moves: reopen, complete, close a round early (R22, R28, R44).

    Moves that confirm a decision have a verb of their own, with its letter: here they are NotAllowed.
    """
    _check_texts({"reason": reason})
    _move(work, reference, move_id, revision, form_key, reason=reason)


def _move(
    work: UnitOfWork,
    reference: str,
    move_id: str,
    revision: int,
    form_key: str,
    *,
    reason: str = "",
    payload: Mapping[str, Any] | None = None,
) -> None:
    """Make the move once for each form that asks for it: a second press answers as the first did (R9)."""
    if work.first_answer(form_key) is not None:
        return
    held = hold_proposal(work, reference, Action.SCREEN_PROPOSAL, seen_revision=revision)
    move = find_move(work.rules.workflow(held.head.workflow), held.row.stage, move_id)
    if move is not None and "secretariat" not in move.who:
        raise NotAllowed("move_not_yours")
    make_move(work, held, move_id, reason=reason, payload=payload)
    work.remember_answer(form_key, move_id)


def _check_texts(texts: Mapping[str, str]) -> None:
    unknown = [name for name in texts if name not in ("reason", "note", *SECTIONS)]
    long = [name for name, text in texts.items() if len(text) > REASON_AT_MOST]
    problems = [Problem("move", name, "section_unknown") for name in unknown]
    problems += [Problem("move", name, "too_long", {"most": REASON_AT_MOST}) for name in long]
    if problems:
        raise Invalid(problems)
