"""Messages by hand: whom a filter fits, what was sent, how far it came (R56)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from webapp.domain.notices import MESSAGE_CIRCLES, MESSAGE_NOTICE
from webapp.domain.people import Role
from webapp.domain.rulebook import Rulebook
from webapp.models.calls import Call
from webapp.models.notices import Message, Notification, OutboxRow
from webapp.models.partners import Partner
from webapp.models.people import Organisation, Person, SeatRow
from webapp.models.proposals import Collaborator, Proposal
from webapp.models.routing import Conflict
from webapp.queries.notices.events import Told, adds

SAMPLE = 20
PAGE = 50


@dataclass(frozen=True, slots=True)
class Fitting:
    """Whom a filter fits: how many people, and the first of them by name."""

    count: int
    sample: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A message that was sent."""

    id: int
    subject: str
    text: str
    audience: Mapping[str, Any]
    people: int
    by: str
    at: datetime
    event_id: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a message came: people told, their mails by state, and the mails that did not arrive."""

    told: int
    by_state: Mapping[str, int]
    failed: tuple[tuple[int, str, str], ...]


def chosen_people(audience: Mapping[str, Any]) -> Select[int]:
    """The ids of everybody whom the filter fits and whose account is open and confirmed."""
    circles = [_circle(name, audience) for name in MESSAGE_CIRCLES if name in audience.get("circles", ())]
    found = select(Person.id).where(
        Person.disabled_at.is_(None),
        Person.confirmed_at.is_not(None),
        or_(*(Person.id.in_(circle) for circle in circles)) if circles else Person.id.is_(None),
    )
    if audience.get("language"):
        found = found.where(Person.language == audience["language"])
    return found


def find_fitting(session: Session, audience: Mapping[str, Any]) -> Fitting:
    """How many people the filter fits, and the first twenty."""
    ids = chosen_people(audience)
    count = session.scalars(select(func.count()).select_from(ids.subquery())).one()
    names = session.execute(
        select(Person.name, Person.email).where(Person.id.in_(ids)).order_by(Person.name, Person.id).limit(SAMPLE)
    )
    return Fitting(count, tuple(f"{name} <{email}>" for name, email in names))


def list_messages(session: Session) -> list[MessageLine]:
    """The messages that were sent, the newest first; at most fifty."""
    found = _messages().order_by(Message.id.desc()).limit(PAGE)
    return [_line(row, name) for row, name in session.execute(found)]


def find_message(session: Session, message_id: int) -> MessageLine | None:
    """One message; None where there is none."""
    row = session.execute(_messages().where(Message.id == message_id)).one_or_none()
    return _line(row[0], row[1]) if row else None


def find_progress(session: Session, event_id: int) -> Progress:
    """How far the message came."""
    told = select(Notification.person_id).where(Notification.event_id == event_id)
    count = session.scalars(select(func.count()).select_from(told.subquery())).one()
    key = func.concat(f"mail:{event_id}:{MESSAGE_NOTICE}:person:", Notification.person_id)
    mails = select(OutboxRow, Person.email).join(Notification, OutboxRow.dedupe_key == key)
    mails = mails.join(Person, Person.id == Notification.person_id).where(Notification.event_id == event_id)
    states = mails.with_only_columns(OutboxRow.state, func.count()).group_by(OutboxRow.state)
    failed = mails.where(OutboxRow.state.in_(["dead", "unknown", "suppressed"])).order_by(OutboxRow.id).limit(PAGE)
    return Progress(
        told=count,
        by_state=dict(session.execute(states).all()),
        failed=tuple((row.id, email, row.last_error or row.smtp_reply or "") for row, email in session.execute(failed)),
    )


@adds(
    MESSAGE_NOTICE,
    gives={"message_subject": "The call closes a week later", "message_text": "The call closes a week later."},
)
def message_words(session: Session, rules: Rulebook, told: Told) -> Mapping[str, object]:
    """What was written by hand."""
    row = session.get_one(Message, told.event.payload["message_id"])
    return {"message_subject": row.subject, "message_text": row.text}


def _messages() -> Select[Message, str]:
    return select(Message, Person.name).join(Person, Person.id == Message.written_by_id)


def _line(row: Message, name: str) -> MessageLine:
    return MessageLine(row.id, row.subject, row.text, row.audience, row.people, name, row.sent_at, row.event_id or 0)


def _circle(name: str, audience: Mapping[str, Any]) -> Select[int]:
    call, partner = audience.get("call"), audience.get("partner")
    if name in ("applicants", "collaborators"):
        whom = Proposal.owner_id if name == "applicants" else Collaborator.person_id
        found = select(whom).select_from(Proposal).join(Call, Call.id == Proposal.call_id).where(_known(audience))
        if name == "collaborators":
            found = found.join(Collaborator, Collaborator.proposal_id == Proposal.id)
        if audience.get("stage"):
            found = found.where(Proposal.stage == audience["stage"])
        found = found.where(Call.code == call) if call else found
        return _of_partner(found, whom, partner)
    role = {"focal_points": Role.FOCAL_POINT, "deputies": Role.DEPUTY, "reviewers": Role.REVIEWER}.get(
        name, Role.SECRETARIAT
    )
    seats = select(SeatRow.person_id).where(SeatRow.role == role, SeatRow.ended_at.is_(None))
    if role == Role.REVIEWER and call:
        seats = seats.where(SeatRow.call_id == select(Call.id).where(Call.code == call).scalar_subquery())
    if role in (Role.FOCAL_POINT, Role.DEPUTY) and partner:
        seats = seats.where(SeatRow.partner_id == select(Partner.id).where(Partner.code == partner).scalar_subquery())
    return seats


def _known(audience: Mapping[str, Any]) -> ColumnElement[bool]:
    """Of proposals that the writer may know of: submitted, not under seal, without a conflict of theirs (R70)."""
    own = Conflict.person_id == audience.get("writer")
    conflict = exists().where(Conflict.proposal_id == Proposal.id, own)
    return and_(Proposal.submitted_at.is_not(None), ~Proposal.is_sealed, ~conflict)


def _of_partner(found: Select[int], whom: Any, partner: str | None) -> Select[int]:
    """Those whose organisation belongs to the partner."""
    if not partner:
        return found
    theirs = (
        select(Person.id)
        .join(Organisation, Organisation.id == Person.organisation_id)
        .join(Partner, Partner.id == Organisation.partner_id)
        .where(Partner.code == partner)
    )
    return found.where(whom.in_(theirs))
