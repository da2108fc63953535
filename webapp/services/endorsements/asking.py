"""A focal point asks the applicant at fields, or for changes there; the clock stands until it is dealt with (R31)."""

from __future__ import annotations

from collections.abc import Mapping

from webapp.domain.endorsements import Case, Happened
from webapp.domain.errors import NotNow
from webapp.domain.workflow import find_stage
from webapp.services.endorsements.cases import HeldCase
from webapp.services.endorsements.points import add_points, check_points
from webapp.services.endorsements.speaking import REPEATED, hold_to_speak, speak
from webapp.services.work import UnitOfWork


def ask(
    work: UnitOfWork, reference: str, code: str, questions: Mapping[str, str], *, form_key: str = ""
) -> Case | None:
    """Ask the applicant, each question at its field; `domain.endorsements.WHOLE` is the whole proposal (row 7)."""
    if work.first_answer(form_key) is not None:
        return None
    held = hold_to_speak(work, reference, code)
    return _ask(work, held, "ask", "question", questions, form_key)


def request_adjustments(
    work: UnitOfWork, reference: str, code: str, fields: Mapping[str, str], *, form_key: str = ""
) -> Case | None:
    """Ask for changes of named fields, each with its reason; the applicant makes a new version (row 9, R68).

    Raises NotNow `adjusting_over` once reviewers read the version as it is.
    """
    if work.first_answer(form_key) is not None:
        return None
    held = hold_to_speak(work, reference, code)
    workflow = work.rules.workflow(held.held.head.workflow)
    waits_for = find_stage(workflow, held.held.row.stage).waits_for
    if "focal_points" not in waits_for or "reviewers" in waits_for:
        raise NotNow("adjusting_over")
    return _ask(work, held, "request_adjustments", "adjustment", fields, form_key)


def _ask(  # noqa: PLR0917 – one step for both
    work: UnitOfWork, held: HeldCase, event: str, kind: str, points: Mapping[str, str], form_key: str
) -> Case:
    texts = check_points(kind, points)
    case = speak(work, held, Happened(event, by=work.actor.person_id, fields=texts)).case
    add_points(work, held, kind, texts)
    work.remember_answer(form_key, REPEATED)
    return case
