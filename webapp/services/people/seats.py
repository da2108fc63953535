"""Seats: granted with an invitation or by a command, ended; a change of rights renews sessions (R1)."""

from __future__ import annotations

from sqlalchemy import select

from webapp.domain.errors import NotFound, NotNow
from webapp.domain.events import Event
from webapp.domain.people import Role
from webapp.domain.policy import Action, Nothing
from webapp.models.people import Person, SeatRow
from webapp.services.access import allow
from webapp.services.sessions import end_other_sessions
from webapp.services.work import UnitOfWork

# Which role may hand out which: the secretariat its own people, focal points their partner's.
MANAGED_BY_PARTNER = (Role.FOCAL_POINT, Role.DEPUTY)


def allow_role(work: UnitOfWork, role: str, *, initiative_id: int | None, partner_id: int | None) -> None:
    """Refuse who may not hand this role out. Administrators are named by administrators alone."""
    if work.actor.is_system:
        return
    if role == Role.ADMINISTRATOR and not work.actor.has(Role.ADMINISTRATOR):
        raise NotNow("administrators_only")
    if role in MANAGED_BY_PARTNER:
        allow(work, Action.MANAGE_PARTNER, Nothing(initiative_id=initiative_id, partner_id=partner_id))
    else:
        allow(work, Action.MANAGE_PEOPLE, Nothing(initiative_id=initiative_id))


def grant_seat(work: UnitOfWork, person: Person, role: Role, **scope: object) -> SeatRow:
    """Give a seat, or take up again the one that was ended; the caller has judged who may."""
    found = work.session.scalars(
        select(SeatRow).where(
            SeatRow.person_id == person.id,
            SeatRow.role == role,
            *(
                getattr(SeatRow, name).is_not_distinct_from(scope.get(name))
                for name in ("initiative_id", "partner_id", "call_id")
            ),
        )
    ).one_or_none()
    seat = found or SeatRow(person_id=person.id, role=role)
    for name, value in scope.items():
        setattr(seat, name, value)
    seat.ended_at, seat.granted_at, seat.granted_by_id = None, work.now, work.actor.person_id
    work.session.add(seat)
    work.session.flush()
    end_other_sessions(work, person.id)
    event = work.record(Event("SeatGranted", "person", person.id, {"role": role, "seat_id": seat.id}))
    _look_at_offices(work, event, seat.partner_id)
    return seat


def end_seat(work: UnitOfWork, seat_id: int) -> None:
    """End a seat; the person's sessions end, so that no page goes on with old rights."""
    seat = work.session.scalars(select(SeatRow).where(SeatRow.id == seat_id).with_for_update()).one_or_none()
    if seat is None or seat.ended_at is not None:
        raise NotFound
    allow_role(work, seat.role, initiative_id=seat.initiative_id, partner_id=seat.partner_id)
    if seat.person_id == work.actor.person_id and seat.role == Role.ADMINISTRATOR:
        raise NotNow("own_seat")
    seat.ended_at = work.now
    end_other_sessions(work, seat.person_id)
    event = work.record(Event("SeatEnded", "person", seat.person_id, {"role": seat.role, "seat_id": seat.id}))
    _look_at_offices(work, event, seat.partner_id)


def set_disabled(work: UnitOfWork, person_id: int, *, disabled: bool) -> None:
    """Keep a person from signing in, or let them again."""
    allow(work, Action.MANAGE_PEOPLE)
    person = work.session.get(Person, person_id)
    if person is None or person.erased_at is not None:
        raise NotFound
    if person.id == work.actor.person_id:
        raise NotNow("own_account")
    if not work.actor.has(Role.ADMINISTRATOR) and _is_administrator(work, person.id):
        raise NotNow("administrators_only")
    person.disabled_at = work.now if disabled else None
    end_other_sessions(work, person.id)
    event = work.record(Event("PersonDisabled" if disabled else "PersonEnabled", "person", person.id))
    spoken_for = select(SeatRow.partner_id).where(SeatRow.person_id == person.id, SeatRow.ended_at.is_(None)).distinct()
    _look_at_offices(work, event, *work.session.scalars(spoken_for))


def _is_administrator(work: UnitOfWork, person_id: int) -> bool:
    held = select(SeatRow.id).where(
        SeatRow.person_id == person_id, SeatRow.role == Role.ADMINISTRATOR, SeatRow.ended_at.is_(None)
    )
    return work.session.scalars(held).first() is not None


def _look_at_offices(work: UnitOfWork, event_id: int, *partner_ids: int | None) -> None:
    """Have it looked whether somebody can sign for these partners (R34)."""
    for partner_id in partner_ids:
        if partner_id is not None:
            payload = {"task": "partner_office", "partner_id": partner_id}
            work.oblige("task", payload, key=f"partner_office:{event_id}:{partner_id}", order=f"partner:{partner_id}")
