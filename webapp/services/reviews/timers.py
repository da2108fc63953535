"""What the time does to assignments and rounds: reminders, lapses, replacements (R41, R44, R52)."""

from __future__ import annotations

from datetime import datetime

from webapp.domain.deadlines import TimerKind, Watched, still_due
from webapp.domain.events import Event
from webapp.domain.policy import Action
from webapp.domain.reviews import CLOSE_ROUND
from webapp.models.routing import Assignment
from webapp.queries.workflow import find_facts
from webapp.services.access import Held, hold_proposal_by_id
from webapp.services.deadlines import MOVED_ON, Fired, fires
from webapp.services.routing.rounds import end_assignment, is_reviewing, oblige_routing, record, start_round
from webapp.services.transitions import make_system_move
from webapp.services.work import UnitOfWork


@fires(TimerKind.ASSIGNMENT_REMINDER)
def remind_reviewer(work: UnitOfWork, fired: Fired) -> str:
    """Remind a reviewer to answer the invitation, or to send the review."""
    row = work.session.get_one(Assignment, fired.subject_id)
    held = hold_proposal_by_id(work, row.proposal_id, Action.READ_PROPOSAL)
    if not still_due(fired.timer, _watched(work, held, row)):
        return MOVED_ON
    payload = {"state": row.state, "due_at": fired.timer.for_due_at.isoformat(), "days": -fired.timer.days}
    record(work, held.row, "ReviewReminder", row, payload)
    return "reminded"


@fires(TimerKind.ASSIGNMENT_LATE)
def let_lapse(work: UnitOfWork, fired: Fired) -> str:
    """An invitation without an answer, or a review that did not come, lapses; somebody else is sought (R41)."""
    row = work.session.get_one(Assignment, fired.subject_id)
    held = hold_proposal_by_id(work, row.proposal_id, Action.READ_PROPOSAL)
    if not still_due(fired.timer, _watched(work, held, row)):
        return MOVED_ON
    end_assignment(work, held, row, state="expired", event="AssignmentExpired")
    return "expired"


@fires(TimerKind.ROUND_LATE)
def look_at_round(work: UnitOfWork, fired: Fired) -> str:
    """At the due time of a round: close it with its quorum; below it, seek replacements, give time for them (R44).

    The stage's own timer has told the secretariat by then.
    """
    held = hold_proposal_by_id(work, fired.subject_id, Action.READ_PROPOSAL)
    if not is_reviewing(work, held.row) or not still_due(fired.timer, Watched(held.row.stage, held.row.due_at)):
        return MOVED_ON
    if make_system_move(work, held, CLOSE_ROUND):
        return "closed"
    facts = find_facts(work.session, work.rules, held.row, work.now)
    if facts.reviews_in >= facts.quorum:
        # Only the partners are waited for: their last word closes the round.
        return "waits for partners"
    start_round(work, held.row)
    payload = {"reviews_in": facts.reviews_in, "quorum": facts.quorum, "due_at": _iso(held.row.due_at)}
    work.record(Event("RoundExtended", "proposal", held.row.id, payload, version_id=held.row.current_version_id))
    oblige_routing(work, held.row, f"late:{fired.id}")
    return "extended"


def _watched(work: UnitOfWork, held: Held, row: Assignment) -> Watched:
    work.session.refresh(row)
    current = row.version_id == held.row.current_version_id and is_reviewing(work, held.row)
    return Watched(row.state if current else "", row.due_at)


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""
