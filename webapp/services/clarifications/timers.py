"""What the time does to a question: the applicant is reminded, then the asker told that no answer came (R85, R52)."""

from __future__ import annotations

from webapp.domain.deadlines import TimerKind, Watched, still_due
from webapp.domain.events import Event
from webapp.domain.policy import Action
from webapp.models.clarifications import Clarification
from webapp.services.access import Held, hold_proposal_by_id
from webapp.services.clarifications.closing import close
from webapp.services.deadlines import MOVED_ON, Fired, fires
from webapp.services.work import UnitOfWork


@fires(TimerKind.CLARIFICATION_REMINDER)
def remind_applicant(work: UnitOfWork, fired: Fired) -> str:
    """Remind the applicant of an open question."""
    row, held = _hold(work, fired)
    if not still_due(fired.timer, Watched(row.state, row.due_at)):
        return MOVED_ON
    payload = {
        "clarification_id": row.id,
        "due_at": row.due_at.isoformat(),
        "days": -fired.timer.days,
    }
    work.record(Event("ClarificationDueSoon", "proposal", held.row.id, payload, version_id=row.version_id))
    return "reminded"


@fires(TimerKind.CLARIFICATION_LATE)
def go_on_without_answer(work: UnitOfWork, fired: Fired) -> str:
    """No answer in time: the asker is told, and the stage's clock goes on."""
    row, held = _hold(work, fired)
    if not still_due(fired.timer, Watched(row.state, row.due_at)):
        return MOVED_ON
    close(work, held, row, "unanswered")
    return "unanswered"


def _hold(work: UnitOfWork, fired: Fired) -> tuple[Clarification, Held]:
    row = work.session.get_one(Clarification, fired.subject_id)
    held = hold_proposal_by_id(work, row.proposal_id, Action.READ_PROPOSAL)
    work.session.refresh(row)
    return row, held
