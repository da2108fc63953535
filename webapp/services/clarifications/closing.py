"""Closes a question to the applicant, and lets the stage's clock go on when it was the last open one (R85)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from webapp.domain.calendars import Calendar
from webapp.domain.clarifications import put_off, stood_since
from webapp.domain.deadlines import assignment_timers
from webapp.domain.endorsements import OWED_BY_PARTNER
from webapp.domain.errors import NotFound, NotNow
from webapp.domain.events import Event
from webapp.domain.workflow import find_stage
from webapp.models.calls import Call
from webapp.models.clarifications import Clarification
from webapp.models.proposals import Proposal
from webapp.models.routing import Assignment
from webapp.queries.clarifications import list_standstills
from webapp.services.access import Held
from webapp.services.calendars import call_calendar
from webapp.services.decisions.conditions import put_off_conditions
from webapp.services.endorsements.cases import hold_cases
from webapp.services.endorsements.clocks import reckon_anew
from webapp.services.endorsements.settle import expect_words
from webapp.services.routing.rounds import is_reviewing, watch_round
from webapp.services.transitions import set_due
from webapp.services.work import UnitOfWork

EVENTS = {
    "answered": "ClarificationAnswered",
    "unanswered": "ClarificationUnanswered",
    "withdrawn": "ClarificationWithdrawn",
}


def find_open(work: UnitOfWork, held: Held, clarification_id: int) -> Clarification:
    """The open question of this proposal, which is locked. Raises NotFound, NotNow."""
    row = work.session.get(Clarification, clarification_id)
    if row is None or row.proposal_id != held.row.id:
        raise NotFound
    work.session.refresh(row)
    if row.state != "open":
        raise NotNow("clarification_closed")
    return row


def close(
    work: UnitOfWork, held: Held, row: Clarification, state: str, details: Mapping[str, Any] | None = None
) -> None:
    """Close it with its event; `stage_due_at` on the event says when the stage is due from now on."""
    row.state, row.closed_at = state, work.now
    work.session.flush()
    moved = go_on(work, held)
    payload = {
        "clarification_id": row.id,
        "asked_for": row.asked_for,
        "person_id": row.asked_by_id,
        "stage_due_at": _iso(held.row.due_at),
        **({"conditions": moved} if moved else {}),
        **(details or {}),
    }
    work.record(Event(EVENTS[state], "proposal", held.row.id, payload, version_id=row.version_id))


def go_on(work: UnitOfWork, held: Held) -> dict[str, str]:
    """Let all clocks go on, unless another question is open: the working days that were left are left still.

    The stage's and its reviewers' in the call's calendar, each condition's too, each partner's in its own.
    Returns the new days of conditions.
    """
    proposal = held.row
    times = list_standstills(work.session, proposal.id)
    if any(one.until is None for one in times):
        return {}
    since = stood_since(times, work.now)
    stage = find_stage(work.rules.workflow((proposal.workflow, proposal.workflow_version)), proposal.stage)
    reviewing = is_reviewing(work, proposal)
    if since is None:
        return {}
    calendar = call_calendar(work.session.get_one(Call, proposal.call_id))
    if proposal.due_at is not None and (reviewing or stage.due_from == "stage"):
        stood = max(since, proposal.stage_since)
        set_due(work, proposal, put_off(proposal.due_at, stood, work.now, calendar))
    if reviewing:
        watch_round(work, proposal)
        _put_off_reviewers(work, proposal, since, calendar)
    reckon_partners(work, held)
    expect_words(work, held)
    return put_off_conditions(work, held, since)


def reckon_partners(work: UnitOfWork, held: Held) -> None:
    """Set the due times of all partners that owe a word anew: none while a question is open, later afterwards."""
    for case in hold_cases(work, held, OWED_BY_PARTNER):
        reckon_anew(work, case)


def _put_off_reviewers(work: UnitOfWork, proposal: Proposal, since: datetime, calendar: Calendar) -> None:
    """Give those who were waiting with the applicant the days back that they had."""
    waiting = work.session.scalars(
        select(Assignment)
        .where(
            Assignment.proposal_id == proposal.id,
            Assignment.version_id == proposal.current_version_id,
            Assignment.state.in_(("invited", "accepted")),
            Assignment.due_at.is_not(None),
        )
        .order_by(Assignment.id)
        .with_for_update()
    )
    for row in waiting:
        began = (row.answered_at if row.state == "accepted" else row.invited_at) or since
        due_at = row.due_at or work.now
        row.due_at = put_off(due_at, max(since, began), work.now, calendar)
        timers = assignment_timers(row.state, work.now, row.due_at, calendar)
        work.set_timers(timers, "assignment", row.id, proposal_id=proposal.id)


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""
