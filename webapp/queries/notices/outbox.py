"""The outbox as people and machines look at it: by state and age, row by row, addresses set aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, exists, func, not_, or_, select
from sqlalchemy.orm import Session

from webapp.domain.notices import OUTBOX_STATES
from webapp.domain.people import Actor, Role
from webapp.models.deadlines import TimerRow
from webapp.models.notices import Mail, OutboxRow, Suppression
from webapp.models.people import Person
from webapp.models.proposals import Collaborator, Proposal
from webapp.models.routing import Conflict
from webapp.queries.clarifications import waits_for_answer

PAGE = 50


@dataclass(frozen=True, slots=True)
class OutboxLine:
    """One obligation with its state; mails also say whom they go to."""

    id: int
    kind: str
    about: str
    order_key: str
    message_id: str
    state: str
    to_address: str
    subject: str
    attempts: int
    max_attempts: int
    due_at: datetime
    created_at: datetime
    sent_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many rows are in a state, and since when the oldest is."""

    state: str
    kind: str
    count: int
    oldest_at: datetime


@dataclass(frozen=True, slots=True)
class AddressAside:
    """An address to which no mail goes, why, since when, and whose it is."""

    email: str
    name: str
    reason: str
    since: datetime


def count_states(session: Session) -> list[StateCount]:
    """Rows that are not done, by state and kind, with the time of the oldest.

    The oldest pending one is the number to watch. Done rows are not counted: there can be millions.
    """
    found = (
        select(OutboxRow.state, OutboxRow.kind, func.count(), func.min(OutboxRow.created_at))
        .where(OutboxRow.state.in_([state for state in OUTBOX_STATES if state != "sent"]))
        .group_by(OutboxRow.state, OutboxRow.kind)
        .order_by(OutboxRow.state, OutboxRow.kind)
    )
    return [StateCount(state, kind, count, oldest) for state, kind, count, oldest in session.execute(found)]


def list_rows(
    session: Session,
    actor: Actor,
    *,
    states: Sequence[str] = (),
    search: str = "",
    before: int | None = None,
    older_than: datetime | None = None,
    limit: int = PAGE,
) -> list[OutboxLine]:
    """Rows of the outbox, newest first, in some states, to an address or of an order key that begins so.

    `older_than` leaves out those that were written later.

    Not those of proposals in which the person takes part or has a conflict: they tell who reviews (R3, R38).
    """
    found = _rows(actor).order_by(OutboxRow.id.desc()).limit(limit)
    if states:
        found = found.where(OutboxRow.state.in_(states))
    if search:
        of_mail = or_(
            Mail.to_address.startswith(search.lower(), autoescape=True), Mail.subject.contains(search, autoescape=True)
        )
        if not _knows_reviewers(actor):
            of_mail = and_(of_mail, ~OutboxRow.order_key.startswith("proposal:"))
        found = found.where(or_(of_mail, OutboxRow.order_key.startswith(search, autoescape=True)))
    if before is not None:
        found = found.where(OutboxRow.id < before)
    if older_than is not None:
        found = found.where(OutboxRow.created_at <= older_than)
    return [_line(row, address, subject, actor) for row, address, subject in session.execute(found)]


def find_row(session: Session, actor: Actor, row_id: int) -> OutboxLine | None:
    """One row that the person may see; None where there is none."""
    row = session.execute(_rows(actor).where(OutboxRow.id == row_id)).one_or_none()
    return None if row is None else _line(row[0], row[1], row[2], actor)


def list_addresses_aside(session: Session) -> list[AddressAside]:
    """Addresses set aside, newest first; at most 200."""
    found = (
        select(Suppression, Person.name)
        .outerjoin(Person, Person.email == Suppression.email)
        .order_by(Suppression.since.desc())
        .limit(200)
    )
    return [AddressAside(row.email, name or "", row.reason, row.since) for row, name in session.execute(found)]


def count_late_timers(session: Session, now: datetime) -> tuple[int, datetime | None]:
    """How many timers are due and have not fired, and since when the oldest is."""
    row = session.execute(
        select(func.count(), func.min(TimerRow.due_at)).where(
            TimerRow.done_at.is_(None), TimerRow.due_at <= now, not_(waits_for_answer())
        )
    ).one()
    return row[0], row[1]


def _rows(actor: Actor) -> Select[OutboxRow, str, str]:
    found = select(OutboxRow, Mail.to_address, Mail.subject).outerjoin(Mail, Mail.outbox_id == OutboxRow.id)
    if actor.is_system:
        return found
    me = actor.person_id
    party = or_(
        Proposal.owner_id == me,
        exists().where(Collaborator.proposal_id == Proposal.id, Collaborator.person_id == me),
        exists().where(Conflict.proposal_id == Proposal.id, Conflict.person_id == me),
    )
    subject = func.split_part(OutboxRow.order_key, "/", 1)
    barred = select(Proposal.id).where(func.concat("proposal:", Proposal.id) == subject, party)
    return found.where(~barred.exists())


def _line(row: OutboxRow, to_address: str | None, subject: str | None, actor: Actor) -> OutboxLine:
    # Who reviews is known to the secretariat, not to those who keep the machine running.
    if row.order_key.startswith("proposal:") and not _knows_reviewers(actor):
        to_address = subject = ""
    payload: Mapping[str, Any] = row.payload
    about = payload.get("notice") or payload.get("task") or f"event {payload.get('event_id')}"
    return OutboxLine(
        id=row.id,
        kind=row.kind,
        about=str(about),
        order_key=row.order_key,
        message_id=row.message_id,
        state=row.state,
        to_address=to_address or "",
        subject=subject or "",
        attempts=row.attempts,
        max_attempts=row.max_attempts,
        due_at=row.due_at,
        created_at=row.created_at,
        sent_at=row.sent_at,
        reason=row.last_error or row.smtp_reply or "",
    )


def _knows_reviewers(actor: Actor) -> bool:
    return actor.is_system or actor.has(Role.SECRETARIAT)
