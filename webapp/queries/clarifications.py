"""Questions about clarifications: those of a proposal, and whether its clock stands (R85)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, not_, select
from sqlalchemy.orm import Session

from webapp.domain.clarifications import FieldQuestion, Standstill
from webapp.domain.deadlines import STAND_STILL
from webapp.domain.people import Actor
from webapp.models.clarifications import Clarification
from webapp.models.deadlines import TimerRow
from webapp.models.proposals import Proposal, ProposalVersion


@dataclass(frozen=True, slots=True)
class ClarificationLine:
    """One question to the applicant, with its answer; in whose name it was asked, never by whom."""

    id: int
    state: str
    asked_for: str
    is_own: bool
    question: str
    fields: tuple[FieldQuestion, ...]
    version: int
    asked_at: datetime
    due_at: datetime
    answer: str
    answers: Mapping[str, str]
    closed_at: datetime | None


def list_clarifications(session: Session, actor: Actor, proposal_id: int) -> list[ClarificationLine]:
    """All questions of a proposal that was judged, the open ones first, then the newest."""
    rows = session.execute(
        select(Clarification, ProposalVersion.number)
        .join(ProposalVersion, ProposalVersion.id == Clarification.version_id)
        .where(Clarification.proposal_id == proposal_id)
        .order_by(Clarification.state != "open", Clarification.id.desc())
    )
    return [_line(row, number, actor) for row, number in rows]


def count_open(session: Session, proposal_id: int) -> int:
    """How many questions wait for the applicant."""
    counted = select(func.count()).where(Clarification.proposal_id == proposal_id, Clarification.state == "open")
    return session.scalars(counted).one()


def first_due(session: Session, proposal_id: int) -> datetime | None:
    """When the first open question is due; None where none is open."""
    due = select(func.min(Clarification.due_at)).where(
        Clarification.proposal_id == proposal_id, Clarification.state == "open"
    )
    return session.scalars(due).one()


def list_standstills(session: Session, proposal_id: int) -> list[Standstill]:
    """The times in which the applicant owed an answer."""
    rows = session.execute(
        select(Clarification.asked_at, Clarification.closed_at).where(Clarification.proposal_id == proposal_id)
    )
    return [Standstill(row.asked_at, row.closed_at) for row in rows]


def is_overdue(now: datetime) -> ColumnElement[bool]:
    """The condition on `proposals`: due before now, and its clock does not stand."""
    stands = exists().where(Clarification.proposal_id == Proposal.id, Clarification.state == "open")
    return and_(Proposal.due_at < now, not_(stands))


def waits_for_answer() -> ColumnElement[bool]:
    """The condition on `timers`: it is of a stage whose clock stands, and waits, unfired, until it goes on."""
    stands = exists().where(Clarification.proposal_id == TimerRow.proposal_id, Clarification.state == "open")
    return and_(TimerRow.kind.in_(STAND_STILL), stands)


def _line(row: Clarification, number: int, actor: Actor) -> ClarificationLine:
    return ClarificationLine(
        id=row.id,
        state=row.state,
        asked_for=row.asked_for,
        is_own=row.asked_by_id == actor.person_id,
        question=row.question,
        fields=tuple(FieldQuestion(**one) for one in row.fields),
        version=number,
        asked_at=row.asked_at,
        due_at=row.due_at,
        answer=row.answer,
        answers=row.answers,
        closed_at=row.closed_at,
    )
