"""A round of reviews: when it is due, how it closes, what follows when somebody leaves it (R41, R44)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from webapp.domain.calendars import Calendar, due_after
from webapp.domain.deadlines import Timer, TimerKind
from webapp.domain.events import Event
from webapp.domain.reviews import CLOSE_ROUND, reviewing_stages, round_days
from webapp.domain.workflow import find_stage, moves_from
from webapp.models.calls import Call
from webapp.models.proposals import Proposal
from webapp.models.routing import Assignment
from webapp.services.access import Held
from webapp.services.calendars import call_calendar
from webapp.services.transitions import make_system_move, set_due
from webapp.services.work import UnitOfWork

QUORUM_LOST = "quorum_lost"
"""The guard of the move that opens a round again."""
AFTER_THE_STAGE = timedelta(minutes=1)
"""How long after its stage a round is looked at: first the stage's own timer may close it."""


def is_reviewing(work: UnitOfWork, proposal: Proposal) -> bool:
    """Whether the proposal waits for reviewers."""
    return proposal.stage in reviewing_stages(work.rules.workflows.values())


def calendar_of(work: UnitOfWork, proposal: Proposal) -> Calendar:
    """The call's calendar, in which invitations and reviews are due."""
    return call_calendar(work.session.get_one(Call, proposal.call_id))


def days_of(work: UnitOfWork, proposal: Proposal) -> tuple[int, int]:
    """The working days to answer an invitation and to review, of the proposal's workflow."""
    return round_days(work.rules.workflow((proposal.workflow, proposal.workflow_version)))


def answer_due(work: UnitOfWork, proposal: Proposal) -> datetime:
    """When an invitation sent now is to be answered."""
    return due_after(calendar_of(work, proposal), work.now, days_of(work, proposal)[0])


def review_due(work: UnitOfWork, proposal: Proposal) -> datetime:
    """When a review accepted now is due."""
    return due_after(calendar_of(work, proposal), work.now, days_of(work, proposal)[1])


def start_round(work: UnitOfWork, proposal: Proposal) -> None:
    """Let the round's time begin now: long enough to answer an invitation and then to review.

    Where partners are asked beside it, the stage is due when the last of both is.
    """
    due_at = due_after(calendar_of(work, proposal), work.now, sum(days_of(work, proposal)))
    if waits_for_partners_too(work, proposal) and proposal.due_at is not None:
        due_at = max(due_at, proposal.due_at)
    set_due(work, proposal, due_at)
    watch_round(work, proposal)


def waits_for_partners_too(work: UnitOfWork, proposal: Proposal) -> bool:
    """Whether the round runs beside the partners' endorsement."""
    workflow = work.rules.workflow((proposal.workflow, proposal.workflow_version))
    return {"reviewers", "focal_points"} <= set(find_stage(workflow, proposal.stage).waits_for)


def watch_round(work: UnitOfWork, proposal: Proposal) -> None:
    """Look at the round once its due time has come."""
    if proposal.due_at is not None:
        timer = Timer(TimerKind.ROUND_LATE, proposal.due_at + AFTER_THE_STAGE, proposal.stage, proposal.due_at)
        work.set_timers((timer,), "proposal", proposal.id, proposal_id=proposal.id)


def end_assignment(
    work: UnitOfWork, held: Held, row: Assignment, *, state: str, event: str, payload: Mapping[str, Any] | None = None
) -> None:
    """End one assignment with its event; then the round closes, or somebody else is sought (R41, R44)."""
    was = row.state
    row.state = state
    row.ended_at = work.now
    work.session.flush()
    record(work, held.row, event, row, {"was": was, **(payload or {})})
    go_on(work, held, f"after:{row.id}")


def take_off(work: UnitOfWork, held: Held, row: Assignment, because: str) -> None:
    """Take somebody in conflict off the panel; of somebody only proposed no trace stays, since nobody was told."""
    if row.state == "proposed":
        work.session.delete(row)
        work.session.flush()
        oblige_routing(work, held.row, f"instead:{row.id}")
        return
    end_assignment(work, held, row, state="recused", event="ReviewerRecused", payload={"because": because})


def go_on(work: UnitOfWork, held: Held, cause: str) -> None:
    """Close the round if all that is needed is in; otherwise have the panel filled up again.

    Where the round was closed before, and too few reviews are left to decide by, it is opened again.
    """
    if not is_reviewing(work, held.row):
        _open_again(work, held)
    elif make_system_move(work, held, CLOSE_ROUND) is None:
        oblige_routing(work, held.row, cause)


def _open_again(work: UnitOfWork, held: Held) -> None:
    workflow = work.rules.workflow((held.row.workflow, held.row.workflow_version))
    for move in moves_from(workflow, held.row.stage):
        if move.guard == QUORUM_LOST and make_system_move(work, held, move.id) is not None:
            return


def oblige_routing(work: UnitOfWork, proposal: Proposal, cause: str) -> None:
    """Have a worker route the proposal; one row for each cause."""
    work.oblige(
        "task",
        {"task": "review_routing", "proposal_id": proposal.id},
        key=f"review_routing:{proposal.id}:{proposal.current_version_id}:{cause}",
        order=f"proposal:{proposal.id}",
    )


def record(work: UnitOfWork, proposal: Proposal, name: str, row: Assignment, payload: Mapping[str, Any]) -> None:
    """Record an event about one assignment; letters lead to its page by `assignment`."""
    details = {"assignment_id": row.id, "assignment": row.public_id, **payload}
    work.record(Event(name, "proposal", proposal.id, details, version_id=row.version_id))
