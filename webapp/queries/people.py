"""Questions about people: who acts, who holds which seat, who can be found under an address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.people import Actor, Role, Seat
from webapp.models.people import Person, SeatRow


def find_actor(session: Session, person_id: int, today: date) -> Actor | None:
    """The person as the policy sees them, with the seats that are in force today (R34)."""
    rows = session.execute(
        select(Person, SeatRow)
        .outerjoin(SeatRow, (SeatRow.person_id == Person.id) & SeatRow.ended_at.is_(None))
        .where(Person.id == person_id)
        .order_by(SeatRow.id)
    ).all()
    if not rows:
        return None
    person: Person = rows[0][0]
    seats = tuple(_seat(row) for _, row in rows if row is not None)
    return Actor(
        person_id=person.id,
        name=person.name,
        email=person.email,
        language=person.language,
        time_zone=person.time_zone,
        confirmed=person.confirmed_at is not None,
        seats=tuple(seat for seat in seats if seat.holds_on(today)),
    )


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person in a list, with the names of their roles."""

    id: int
    name: str
    email: str
    roles: tuple[str, ...]
    confirmed: bool
    disabled: bool
    undeliverable_at: datetime | None


def list_people(session: Session, *, search: str = "", limit: int = 50, offset: int = 0) -> list[PersonRow]:
    """People by name, those matching the search in name or address; 50 at a time."""
    found = select(Person).order_by(Person.name, Person.id).limit(limit).offset(offset)
    if search:
        like = f"%{search.replace('%', '').replace('_', '')}%"
        found = found.where(Person.name.ilike(like) | Person.email.ilike(like))
    people = session.scalars(found).all()
    seats = session.execute(
        select(SeatRow.person_id, SeatRow.role)
        .where(SeatRow.person_id.in_([person.id for person in people]), SeatRow.ended_at.is_(None))
        .distinct()
    ).all()
    roles: dict[int, list[str]] = {}
    for person_id, role in seats:
        roles.setdefault(person_id, []).append(role)
    return [
        PersonRow(
            id=person.id,
            name=person.name,
            email=person.email,
            roles=tuple(sorted(roles.get(person.id, []))),
            confirmed=person.confirmed_at is not None,
            disabled=person.disabled_at is not None,
            undeliverable_at=person.undeliverable_at,
        )
        for person in people
    ]


def _seat(row: SeatRow) -> Seat:
    return Seat(
        role=Role(row.role),
        initiative_id=row.initiative_id,
        partner_id=row.partner_id,
        call_id=row.call_id,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
    )
