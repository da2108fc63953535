"""Timers of cases: those that a case wants now, set or set anew (R51)."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert

from webapp.domain.deadlines import Timer, TimerKind
from webapp.domain.endorsements import due_at, timers_of
from webapp.models.deadlines import TimerRow
from webapp.services.endorsements.cases import HeldCase
from webapp.services.work import UnitOfWork

SUBJECT = "endorsement"


def set_case_timers(work: UnitOfWork, held: HeldCase) -> None:
    """Set what the case wants now. One that fell on the same moment before is put right, also where it has fired.

    What it wanted before and wants no more stays, and does nothing when it fires. A notice whose morning
    is over is not sent afterwards.
    """
    for timer in timers_of(held.case, held.rule, held.calendar):
        if timer.kind is TimerKind.ENDORSEMENT_NOTICE and timer.due_at <= work.now:
            continue
        _put(work, held, timer)


def reckon_anew(work: UnitOfWork, held: HeldCase) -> None:
    """Compute the due time again and set what it asks for: what it is reckoned by is not what it was.

    A day of the partner's calendar, or a time in which the applicant owed an answer (R85).
    """
    held.row.due_at = due_at(held.case, held.rule, held.calendar)
    set_case_timers(work, held)


def _put(work: UnitOfWork, held: HeldCase, timer: Timer) -> None:
    new = insert(TimerRow).values(
        kind=timer.kind,
        subject_kind=SUBJECT,
        subject_id=held.row.id,
        proposal_id=held.row.proposal_id,
        due_at=timer.due_at,
        facts=timer.facts(),
        set_at=work.now,
    )
    work.session.execute(
        new.on_conflict_do_update(
            index_elements=["kind", "subject_kind", "subject_id", "due_at"],
            set_={"facts": new.excluded.facts, "set_at": work.now, "done_at": None, "outcome": None},
        )
    )
