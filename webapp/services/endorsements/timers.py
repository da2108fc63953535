"""What a case does when its time has come: notices, second letters, silence, lapses, ends (rows 8, 14, 16–22, 26)."""

from __future__ import annotations

from webapp.domain.deadlines import TimerKind
from webapp.domain.endorsements import fired, timers_of
from webapp.services.deadlines import MOVED_ON, Fired, fires
from webapp.services.endorsements.cases import TIMER, hold_case_by_id, is_alive, is_in_play
from webapp.services.endorsements.clocks import reckon_anew
from webapp.services.endorsements.points import end_points
from webapp.services.endorsements.settle import find_standing, settle
from webapp.services.endorsements.steps import take_step
from webapp.services.work import UnitOfWork

LASTING = (TimerKind.ENDORSEMENT_WITHDRAWAL_EFFECTIVE, TimerKind.ENDORSEMENT_VALIDITY_OVER)
"""What also comes when the partners' part is over: a word can end after the decision."""


@fires(
    TimerKind.ENDORSEMENT_SEND,
    TimerKind.ENDORSEMENT_NOT_ACKNOWLEDGED,
    TimerKind.ENDORSEMENT_NOBODY_FOUND,
    TimerKind.ENDORSEMENT_NOTICE,
    TimerKind.ENDORSEMENT_END,
    TimerKind.ENDORSEMENT_ANSWER_LATE,
    TimerKind.ENDORSEMENT_COOLING_OFF_OVER,
    TimerKind.ENDORSEMENT_REVALIDATION_OVER,
    TimerKind.ENDORSEMENT_WITHDRAWAL_EFFECTIVE,
    TimerKind.ENDORSEMENT_VALIDITY_OVER,
)
def act_on_time(work: UnitOfWork, due: Fired) -> str:
    """Take the step that this timer stands for, if the case still wants it (R51)."""
    case = hold_case_by_id(work, due.subject_id)
    lasting = due.timer.kind in LASTING and is_alive(work, case.held)
    if case.leads is None or (not lasting and not is_in_play(work, case.held)):
        # Should the proposal, or the partner to it, come back, its task sets the timers again.
        return MOVED_ON
    if due.timer not in timers_of(case.case, case.rule, case.calendar):
        reckon_anew(work, case)
        return MOVED_ON
    before = find_standing(work, case.held)
    happened = fired(due.timer)
    if happened is not None:
        take_step(work, case, happened, TIMER)
        if happened.name == "answer_late":
            end_points(work, case)
    settle(work, case.held, before)
    return case.case.state
