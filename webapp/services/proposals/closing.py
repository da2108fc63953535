"""Reminds whoever writes a draft that its call closes soon: timers of the draft, moved with the closing (R52)."""

from __future__ import annotations

from sqlalchemy import select

from webapp.domain.deadlines import TimerKind, Watched, reminders, still_due
from webapp.domain.events import Event
from webapp.domain.policy import Action
from webapp.models.calls import Call
from webapp.models.proposals import Proposal
from webapp.services.access import hold_proposal_by_id
from webapp.services.calendars import call_calendar
from webapp.services.deadlines import MOVED_ON, Fired, fires
from webapp.services.work import UnitOfWork

DRAFT = "draft"


def set_draft_reminders(work: UnitOfWork, proposal_id: int, call: Call) -> None:
    """Set the reminders of one draft; none for a rolling call."""
    if call.closes_at is None:
        return
    timers = reminders(TimerKind.DRAFT_REMINDER, DRAFT, work.now, call.closes_at, call_calendar(call))
    work.set_timers(timers, "proposal", proposal_id, proposal_id=proposal_id)


def move_draft_reminders(work: UnitOfWork, call: Call) -> None:
    """Set the reminders of all drafts of a call whose closing was moved; the earlier ones do nothing any more."""
    drafts = select(Proposal.id).where(Proposal.call_id == call.id, Proposal.stage == DRAFT).order_by(Proposal.id)
    for proposal_id in work.session.scalars(drafts).all():
        set_draft_reminders(work, proposal_id, call)


@fires(TimerKind.DRAFT_REMINDER)
def remind_of_closing(work: UnitOfWork, fired: Fired) -> str:
    """Tell those who write the draft, unless it was submitted or the closing was moved."""
    held = hold_proposal_by_id(work, fired.subject_id, Action.READ_PROPOSAL)
    call = work.session.get_one(Call, held.row.call_id)
    if call.closes_at is None or not still_due(fired.timer, Watched(held.row.stage, call.closes_at)):
        return MOVED_ON
    details = {"due_at": call.closes_at.isoformat(), "days": -fired.timer.days}
    work.record(Event("CallClosesSoon", "proposal", held.row.id, details))
    return "reminded"
