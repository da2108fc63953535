"""What happens when a stage comes near its due time, or has passed it (R51, R52)."""

from __future__ import annotations

from webapp.domain.deadlines import TimerKind, Watched, still_due
from webapp.domain.errors import NotNow
from webapp.domain.events import Event
from webapp.domain.policy import Action
from webapp.domain.workflow import find_stage
from webapp.services.access import Held, hold_proposal_by_id
from webapp.services.deadlines import MOVED_ON, Fired, fires
from webapp.services.transitions import make_move
from webapp.services.work import UnitOfWork


@fires(TimerKind.STAGE_REMINDER)
def remind(work: UnitOfWork, fired: Fired) -> str:
    """Remind whom the stage waits for."""
    held = hold_proposal_by_id(work, fired.subject_id, Action.READ_PROPOSAL)
    if not still_due(fired.timer, Watched(held.row.stage, held.row.due_at)):
        return MOVED_ON
    _record(work, held, "StageDueSoon", days=-fired.timer.days)
    return "reminded"


@fires(TimerKind.STAGE_LATE)
def act_when_late(work: UnitOfWork, fired: Fired) -> str:
    """Make the stage's late move, or tell the secretariat where there is none or its guard refuses it."""
    held = hold_proposal_by_id(work, fired.subject_id, Action.READ_PROPOSAL)
    if not still_due(fired.timer, Watched(held.row.stage, held.row.due_at)):
        return MOVED_ON
    stage = find_stage(work.rules.workflow((held.row.workflow, held.row.workflow_version)), held.row.stage)
    if stage.late_move:
        try:
            return make_move(work, held, stage.late_move).id
        except NotNow as refusal:
            _record(work, held, "StageOverdue", hindered_by=refusal.code)
            return f"escalated: {refusal.code}"
    _record(work, held, "StageOverdue")
    return "escalated"


def _record(work: UnitOfWork, held: Held, name: str, **details: str | int) -> None:
    due_at = held.row.due_at.isoformat() if held.row.due_at else ""
    payload = {"stage": held.row.stage, "due_at": due_at, **details}
    work.record(Event(name, "proposal", held.row.id, payload, version_id=held.row.current_version_id))
