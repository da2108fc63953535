"""Gives time anew to reviewers whose proposal was closed for a while and came back (R28)."""

from __future__ import annotations

from sqlalchemy import select

from webapp.domain.deadlines import assignment_timers
from webapp.models.proposals import Proposal
from webapp.models.routing import Assignment
from webapp.services.routing.rounds import answer_due, calendar_of, review_due
from webapp.services.work import UnitOfWork


def resume_paused(work: UnitOfWork, proposal: Proposal) -> None:
    """Whose due time passed while the proposal was not in review has all of it again from now."""
    paused = select(Assignment).where(
        Assignment.proposal_id == proposal.id,
        Assignment.version_id == proposal.current_version_id,
        Assignment.state.in_(("invited", "accepted")),
        Assignment.due_at <= proposal.stage_since,
    )
    calendar = calendar_of(work, proposal)
    for row in work.session.scalars(paused.order_by(Assignment.id)):
        due_at = answer_due(work, proposal) if row.state == "invited" else review_due(work, proposal)
        row.due_at = due_at
        timers = assignment_timers(row.state, work.now, due_at, calendar)
        work.set_timers(timers, "assignment", row.id, proposal_id=proposal.id)
