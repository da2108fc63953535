"""The one writer of a proposal's stage: makes a move of its workflow, with its event and timers (R22, R24)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import update

from webapp.domain.calendars import Calendar
from webapp.domain.deadlines import stage_due, stage_timers
from webapp.domain.errors import NotNow
from webapp.domain.events import Event
from webapp.domain.problems import Problem
from webapp.domain.proposals import SUBMITTING_GUARDS
from webapp.domain.workflow import Move, Stage, check_reason, find_stage, may_move, target
from webapp.models.calls import Call
from webapp.models.clarifications import Clarification
from webapp.models.proposals import Proposal
from webapp.queries import workflow as workflow_facts
from webapp.queries.access import ProposalHead
from webapp.services.access import Held
from webapp.services.calendars import call_calendar
from webapp.services.work import UnitOfWork

SYSTEM_WHO = frozenset({"system", "timer"})


def make_move(
    work: UnitOfWork,
    held: Held,
    move_id: str,
    *,
    reason: str = "",
    problems: Sequence[Problem] | None = None,
    payload: Mapping[str, Any] | None = None,
    who: frozenset[str] | None = None,
) -> Move:
    """Make the move for the unit's actor: stage, event, timers and obligations, together or not at all.

    The proposal is locked by its door. Raises what `may_move`, `check_reason` and `target` raise; then
    nothing has changed (R25). The event's payload holds the move, both stages and the reason.
    """
    proposal = held.row
    workflow = work.rules.workflow((proposal.workflow, proposal.workflow_version))
    facts = workflow_facts.find_facts(work.session, work.rules, proposal, work.now, problems)
    move = may_move(workflow, proposal.stage, move_id, who or who_is(work, held.head), facts)
    check_reason(move, reason)
    left = proposal.stage
    if move.guard in SUBMITTING_GUARDS and proposal.submitted_at is None:
        proposal.submitted_at = work.now
    entered = find_stage(workflow, target(workflow, move, proposal.closed_from))
    _enter(work, proposal, entered)
    details = {"move": move.id, "from": left, "to": entered.id, **(payload or {})}
    if reason.strip():
        details["reason"] = reason.strip()
    work.record(Event(move.event, "proposal", proposal.id, details, version_id=proposal.current_version_id))
    for started in move.starts:
        work.oblige(
            "task",
            {"task": started, "proposal_id": proposal.id},
            key=f"{started}:{proposal.id}:{proposal.current_version_id}:{proposal.revision}",
            order=f"proposal:{proposal.id}",
        )
    return move


def make_system_move(work: UnitOfWork, held: Held, move_id: str) -> Move | None:
    """Make a move that follows from what the person has just done, in the same unit of work.

    None when its guard does not hold (yet), or the proposal has left the stage. The event keeps the
    person as its actor and says that the move was the system's.
    """
    try:
        return make_move(work, held, move_id, payload={"made_by": "system"}, who=SYSTEM_WHO)
    except NotNow:
        return None


def who_is(work: UnitOfWork, head: ProposalHead) -> frozenset[str]:
    """What the unit's actor is to this proposal, in the workflow's words."""
    return SYSTEM_WHO if work.actor.is_system else workflow_facts.who_is(work.actor, head)


def _enter(work: UnitOfWork, proposal: Proposal, stage: Stage) -> None:
    if stage.is_closed:
        proposal.closed_from = proposal.stage
    proposal.stage = stage.id
    proposal.stage_since = work.now
    proposal.revision += 1
    if stage.is_public and proposal.published_at is None:
        proposal.published_at = work.now
    if not stage.is_live:
        overtake_questions(work, proposal.id)
    calendar, days = _call_time(work, proposal)
    proposal.due_at = stage_due(stage, work.now, calendar, days)
    _set_timers(work, proposal, stage)


def overtake_questions(work: UnitOfWork, proposal_id: int) -> None:
    """Close the questions that the applicant has not answered: the proposal has left the live stages (R85)."""
    work.session.execute(
        update(Clarification)
        .where(Clarification.proposal_id == proposal_id, Clarification.state == "open")
        .values(state="overtaken", closed_at=work.now)
    )


def set_due(work: UnitOfWork, proposal: Proposal, due_at: datetime | None) -> None:
    """Set when the stage is due, where its parts say so (requests, assignments, conditions)."""
    workflow = work.rules.workflow((proposal.workflow, proposal.workflow_version))
    proposal.due_at = due_at
    _set_timers(work, proposal, find_stage(workflow, proposal.stage))


def _set_timers(work: UnitOfWork, proposal: Proposal, stage: Stage) -> None:
    calendar, _ = _call_time(work, proposal)
    timers = stage_timers(stage, work.now, proposal.due_at, calendar)
    work.set_timers(timers, "proposal", proposal.id, proposal_id=proposal.id)


def _call_time(work: UnitOfWork, proposal: Proposal) -> tuple[Calendar, int]:
    """The call's calendar, and its embargo in days (R49)."""
    call = work.session.get_one(Call, proposal.call_id)
    return call_calendar(call), int(call.publication.get("embargo_days", 0))
