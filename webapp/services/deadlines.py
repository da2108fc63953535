"""The sweep of timers: fires what is due, each in a transaction of its own, by the verb its kind has (R51)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

import structlog
from sqlalchemy import not_, select, tuple_

from webapp.domain.deadlines import Timer, TimerKind, choose, read_timer
from webapp.domain.errors import Refusal
from webapp.models.deadlines import TimerRow
from webapp.models.proposals import Proposal
from webapp.queries.clarifications import waits_for_answer
from webapp.services.work import UnitOfWork

MOVED_ON, PASSED_OVER = "moved_on", "passed_over"
BATCH = 100
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Fired:
    """A timer whose time has come, with its subject; its proposal, if it has one, is locked."""

    id: int
    subject_kind: str
    subject_id: int
    proposal_id: int | None
    timer: Timer


Verb = Callable[[UnitOfWork, Fired], str]
Opener = Callable[[], AbstractContextManager[UnitOfWork]]
_verbs: dict[str, Verb] = {}


def fires(*kinds: TimerKind) -> Callable[[Verb], Verb]:
    """Register the verb that these kinds of timer call; it returns a word for what it did.

    It first looks whether the thing has moved on (`domain.deadlines.still_due`), and then returns
    MOVED_ON; a Refusal counts as that too, and undoes what was begun.
    """

    def register(verb: Verb) -> Verb:
        for kind in kinds:
            if _verbs.setdefault(kind, verb) is not verb:
                raise ValueError(f"two verbs are registered for the timer {kind}")
        return verb

    return register


def fired_kinds() -> frozenset[str]:
    """The kinds of timer that have a verb."""
    return frozenset(_verbs)


def sweep_timers(open_work: Opener, *, seconds: float) -> int:
    """Fire every due timer, oldest first, until none is left or the time is over; returns how many came up.

    Any number of processes may do this at once. A timer whose verb fails stays due, and holds up no other.
    """
    until = monotonic() + seconds
    after: tuple[datetime, int] | None = None
    total = 0
    while monotonic() < until:
        with open_work() as work:
            due = _find_due(work, after)
        if not due:
            break
        for due_at, timer_id in due:
            after = (due_at, timer_id)
            total += _fire(open_work, timer_id)
            if monotonic() > until:
                break
    return total


def _find_due(work: UnitOfWork, after: tuple[datetime, int] | None) -> list[tuple[datetime, int]]:
    found = (
        select(TimerRow.due_at, TimerRow.id)
        .where(TimerRow.done_at.is_(None), TimerRow.due_at <= work.now, TimerRow.kind.in_(_verbs))
        .where(not_(waits_for_answer()))
        .order_by(TimerRow.due_at, TimerRow.id)
        .limit(BATCH)
    )
    if after is not None:
        found = found.where(tuple_(TimerRow.due_at, TimerRow.id) > after)
    return [(row.due_at, row.id) for row in work.session.execute(found)]


def _fire(open_work: Opener, timer_id: int) -> bool:
    """Fire one timer, unless another process has it or its proposal in hand."""
    try:
        with open_work() as work:
            row = _lock(work, timer_id)
            if row is None:
                return False
            row.outcome = _act(work, row)
            row.done_at = work.now
    except Exception:
        log.exception("timer_failed", timer=timer_id)
        return False
    return True


def _lock(work: UnitOfWork, timer_id: int) -> TimerRow | None:
    """The timer, locked after its proposal, as every verb locks; None where somebody else holds either."""
    waiting = select(TimerRow.proposal_id).where(TimerRow.id == timer_id, TimerRow.done_at.is_(None))
    found = work.session.execute(waiting).one_or_none()
    if found is None:
        return None
    if found.proposal_id is not None:
        held = select(Proposal.id).where(Proposal.id == found.proposal_id).with_for_update(skip_locked=True)
        if work.session.scalar(held) is None:
            return None
    wanted = select(TimerRow).where(TimerRow.id == timer_id, TimerRow.done_at.is_(None), not_(waits_for_answer()))
    # A question to the applicant stops the clock of a stage until it is answered (R85).
    return work.session.scalar(wanted.with_for_update(skip_locked=True))


def _act(work: UnitOfWork, row: TimerRow) -> str:
    timer = read_timer(row.kind, row.due_at, row.facts)
    if timer not in choose(_due_with(work, row), work.now)[0]:
        return PASSED_OVER
    fired = Fired(row.id, row.subject_kind, row.subject_id, row.proposal_id, timer)
    try:
        with work.session.begin_nested():
            return _verbs[row.kind](work, fired)
    except Refusal as refusal:
        return f"{MOVED_ON}: {refusal.code}"


def _due_with(work: UnitOfWork, row: TimerRow) -> list[Timer]:
    """All timers of the same subject that are due and have not fired: of several reminders only the last goes out."""
    found = select(TimerRow).where(
        TimerRow.subject_kind == row.subject_kind,
        TimerRow.subject_id == row.subject_id,
        TimerRow.done_at.is_(None),
        TimerRow.due_at <= work.now,
    )
    return [read_timer(one.kind, one.due_at, one.facts) for one in work.session.scalars(found)]
