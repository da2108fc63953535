"""The applicant answers a question; the answer is part of the record and the stage's clock goes on (R85)."""

from __future__ import annotations

from collections.abc import Mapping

from webapp.domain.clarifications import FieldQuestion, answer_problems, words_hash
from webapp.domain.errors import Invalid
from webapp.domain.policy import Action
from webapp.services.access import hold_proposal
from webapp.services.clarifications.closing import close, find_open
from webapp.services.work import UnitOfWork


def answer_question(
    work: UnitOfWork,
    reference: str,
    clarification_id: int,
    *,
    answer: str,
    answers: Mapping[str, str] | None = None,
    form_key: str = "",
) -> None:
    """Answer the whole question and each of its fields. Raises Invalid; NotNow where it is closed."""
    if work.first_answer(form_key) is not None:
        return
    held = hold_proposal(work, reference, Action.ANSWER_CLARIFICATION)
    row = find_open(work, held, clarification_id)
    fields = [FieldQuestion(**one) for one in row.fields]
    given = {one.field: (answers or {}).get(one.field, "").strip() for one in fields}
    problems = answer_problems(answer, given, fields)
    if problems:
        raise Invalid(problems)
    row.answer, row.answers, row.answered_by_id = answer.strip(), given, work.actor.person_id
    close(work, held, row, "answered", {"words_hash": words_hash(row.answer, row.answers)})
    work.remember_answer(form_key, "answered")
