"""Sends the invitations of a panel that is released (R36, R42)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, select, update

from webapp.domain.deadlines import assignment_timers
from webapp.domain.events import Event
from webapp.models.proposals import Proposal
from webapp.models.routing import Assignment, RoutingPlan
from webapp.services.routing.rounds import answer_due, calendar_of, record, start_round
from webapp.services.work import UnitOfWork


def invite_proposed(work: UnitOfWork, proposal: Proposal) -> list[Assignment]:
    """Invite everybody who is proposed for the current version; returns them.

    The round's time begins with its first invitations, and again when it had run out.
    """
    rows = list(work.session.scalars(_of_version(proposal).where(Assignment.state == "proposed")))
    if not rows:
        return []
    _start_time(work, proposal)
    due_at = answer_due(work, proposal)
    calendar = calendar_of(work, proposal)
    for row in rows:
        row.state, row.invited_at, row.due_at = "invited", work.now, due_at
        work.session.flush()
        record(work, proposal, "ReviewerInvited", row, {"due_at": due_at.isoformat()})
        work.set_timers(
            assignment_timers(row.state, work.now, due_at, calendar), "assignment", row.id, proposal_id=proposal.id
        )
    _release_plans(work, proposal, rows)
    return rows


def _start_time(work: UnitOfWork, proposal: Proposal) -> None:
    first = work.session.scalars(_of_version(proposal).where(Assignment.invited_at.is_not(None)).limit(1)).first()
    if first is None or proposal.due_at is None or proposal.due_at <= work.now:
        start_round(work, proposal)


def _release_plans(work: UnitOfWork, proposal: Proposal, rows: Sequence[Assignment]) -> None:
    work.session.execute(
        update(RoutingPlan)
        .where(
            RoutingPlan.proposal_id == proposal.id,
            RoutingPlan.version_id == proposal.current_version_id,
            RoutingPlan.state == "proposed",
        )
        .values(state="released", released_by_id=work.actor.person_id, released_at=work.now)
    )
    payload = {"assignments": [row.id for row in rows]}
    work.record(Event("PanelReleased", "proposal", proposal.id, payload, version_id=proposal.current_version_id))


def _of_version(proposal: Proposal) -> Select[Assignment]:
    return (
        select(Assignment)
        .where(Assignment.proposal_id == proposal.id, Assignment.version_id == proposal.current_version_id)
        .order_by(Assignment.id)
    )
