"""Asks the applicant a question, in the secretariat's name or the panel's (R85)."""

from __future__ import annotations

from dataclasses import asdict

from webapp.domain.clarifications import (
    OPEN_AT_MOST,
    Ask,
    answer_due,
    ask_problems,
    asks_for,
    clarification_timers,
    words_hash,
)
from webapp.domain.errors import Invalid, NotNow
from webapp.domain.events import Event
from webapp.domain.policy import Action, is_on_panel
from webapp.domain.workflow import find_stage
from webapp.models.calls import Call
from webapp.models.clarifications import Clarification
from webapp.queries.clarifications import count_open
from webapp.services.access import Held, hold_proposal
from webapp.services.calendars import call_calendar
from webapp.services.clarifications.closing import reckon_partners
from webapp.services.work import UnitOfWork


def ask_applicant(work: UnitOfWork, reference: str, ask: Ask, *, form_key: str = "") -> int:
    """Ask; the proposal stays in its stage, and the stage's clock stands from now on.

    Returns the question's number. Raises Invalid; NotNow where the proposal is not in a live stage after
    its submission, or has many open questions already. The same form twice is one question.
    """
    problems = ask_problems(ask)
    if problems:
        raise Invalid(problems)
    before = work.first_answer(form_key)
    if before is not None:
        if not before.isdecimal():
            raise NotNow("form_expired")  # the key of another form
        return int(before)
    held = hold_proposal(work, reference, Action.ASK_CLARIFICATION)
    _check_stage(work, held)
    row = _write(work, held, ask)
    calendar = call_calendar(work.session.get_one(Call, held.row.call_id))
    work.set_timers(
        clarification_timers(work.now, row.due_at, calendar), "clarification", row.id, proposal_id=held.row.id
    )
    payload = {
        "clarification_id": row.id,
        "asked_for": row.asked_for,
        "due_at": row.due_at.isoformat(),
        "fields": [one.field for one in ask.fields],
        "words_hash": words_hash(row.question, row.fields),
    }
    reckon_partners(work, held)
    work.record(Event("ClarificationAsked", "proposal", held.row.id, payload, version_id=row.version_id))
    work.remember_answer(form_key, str(row.id))
    return row.id


def _check_stage(work: UnitOfWork, held: Held) -> None:
    stage = find_stage(work.rules.workflow(held.head.workflow), held.row.stage)
    if not stage.is_live or held.row.submitted_at is None or held.row.current_version_id is None:
        raise NotNow("clarification_not_now")
    if count_open(work.session, held.row.id) >= OPEN_AT_MOST:
        raise NotNow("clarification_many_open", {"most": OPEN_AT_MOST})


def _write(work: UnitOfWork, held: Held, ask: Ask) -> Clarification:
    calendar = call_calendar(work.session.get_one(Call, held.row.call_id))
    on_panel = is_on_panel(work.actor, held.head.facts)
    row = Clarification(
        proposal_id=held.row.id,
        version_id=held.row.current_version_id,
        stage=held.row.stage,
        asked_for=asks_for(on_panel),
        asked_by_id=work.actor.person_id,
        question=ask.question.strip(),
        fields=[asdict(one) for one in ask.fields],
        asked_at=work.now,
        due_at=answer_due(ask, work.now, calendar),
    )
    work.session.add(row)
    work.session.flush()
    return row
