"""An event as those who tell it see it, and the registry of what rooms add to their letters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.rulebook import Rulebook
from webapp.models.audit import EventRow
from webapp.models.calls import Call
from webapp.models.endorsements import Endorsement
from webapp.models.partners import Partner
from webapp.models.people import Person
from webapp.models.proposals import Proposal


@dataclass(frozen=True, slots=True)
class ToldEvent:
    """An event, with what it concerns: found from its subject and its payload's ids."""

    id: int
    name: str
    at: datetime
    actor_id: int | None
    actor_name: str
    subject_kind: str
    subject_id: int
    version_id: int | None
    payload: Mapping[str, Any]
    proposal_id: int | None
    partner_id: int | None
    initiative_id: int | None


@dataclass(frozen=True, slots=True)
class Told:
    """One notice of one event to one person (None: an address without an account)."""

    notice: str
    event: ToldEvent
    person_id: int | None

    @property
    def proposal_id(self) -> int | None:
        """The proposal that the event concerns."""
        return self.event.proposal_id


EXAMPLE_DUE = datetime(2027, 3, 12, 17, 0, tzinfo=UTC)

Adder = Callable[[Session, Rulebook, Told], Mapping[str, object]]
_adders: dict[str, tuple[Adder, Mapping[str, object]]] = {}


def adds(*notice_ids: str, gives: Mapping[str, object]) -> Callable[[Adder], Adder]:
    """Register a question that adds these variables to the templates of these notices, each with an example of it."""

    def register(question: Adder) -> Adder:
        for notice_id in notice_ids:
            if _adders.get(notice_id, (question, gives))[0] is not question:
                raise ValueError(f"two questions add to the notice {notice_id}")
            _adders[notice_id] = question, gives
        return question

    return register


def find_added(session: Session, rules: Rulebook, told: Told) -> Mapping[str, object]:
    """What the event's room adds to this letter: just what it says it gives."""
    question, gives = _adders.get(told.notice, (None, {}))
    if question is None:
        return {}
    added = question(session, rules, told)
    if added.keys() != gives.keys():
        raise LookupError(f"the room of {told.notice} gives {sorted(added)} instead of {sorted(gives)}")
    return added


def examples_of(notice_id: str) -> Mapping[str, object]:
    """The variables that the notice's room adds to its templates, each with an example."""
    return _adders[notice_id][1] if notice_id in _adders else {}


def find_event(session: Session, event_id: int) -> ToldEvent:
    """The event with this id; raises NoResultFound."""
    row, actor_name = session.execute(
        select(EventRow, Person.name).outerjoin(Person, Person.id == EventRow.actor_id).where(EventRow.id == event_id)
    ).one()
    proposal_id = row.subject_id if row.subject_kind == "proposal" else row.payload.get("proposal_id")
    partner_id = _partner_of(session, row)
    return ToldEvent(
        id=row.id,
        name=row.name,
        at=row.at,
        actor_id=row.actor_id,
        actor_name=actor_name or "",
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        version_id=row.version_id,
        payload=row.payload,
        proposal_id=proposal_id,
        partner_id=partner_id,
        initiative_id=_initiative_of(session, row, proposal_id, partner_id),
    )


def _partner_of(session: Session, row: EventRow) -> int | None:
    if row.subject_kind == "partner":
        return row.subject_id
    given = row.payload.get("partner_id")
    if isinstance(given, int):
        return given
    if row.payload.get("endorsement_id"):
        asked = select(Endorsement.partner_id).where(Endorsement.id == row.payload["endorsement_id"])
        return session.scalars(asked).one_or_none()
    if row.payload.get("partner"):
        return session.scalars(select(Partner.id).where(Partner.code == row.payload["partner"])).first()
    return None


def _initiative_of(session: Session, row: EventRow, proposal_id: int | None, partner_id: int | None) -> int | None:
    if row.subject_kind == "initiative":
        return row.subject_id
    if proposal_id is not None:
        found = select(Call.initiative_id).join(Proposal, Proposal.call_id == Call.id).where(Proposal.id == proposal_id)
        return session.scalars(found).one_or_none()
    if row.subject_kind == "call":
        return session.scalars(select(Call.initiative_id).where(Call.id == row.subject_id)).one_or_none()
    if partner_id is not None:
        return session.scalars(select(Partner.initiative_id).where(Partner.id == partner_id)).one_or_none()
    return None
