"""The days on which a deputy acts for a partner's focal point (R34)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from webapp.domain.errors import Invalid, NotFound
from webapp.domain.events import Event
from webapp.domain.people import Role
from webapp.domain.problems import Problem
from webapp.models.people import SeatRow
from webapp.services.partners.days import hold_partner
from webapp.services.work import UnitOfWork


def set_deputy_days(work: UnitOfWork, code: str, seat_id: int, starts_on: date | None, ends_on: date | None) -> None:
    """Let a deputy act from the first day to the last, both included; without days, at any time.

    Between days the deputy takes the place of a focal point who is away. Raises NotFound where the seat
    is none of the partner's deputies, Invalid where the days do not fit.
    """
    partner = hold_partner(work, code)
    seat = work.session.scalars(
        select(SeatRow)
        .where(
            SeatRow.id == seat_id,
            SeatRow.partner_id == partner.id,
            SeatRow.role == Role.DEPUTY,
            SeatRow.ended_at.is_(None),
        )
        .with_for_update()
    ).one_or_none()
    if seat is None:
        raise NotFound
    if (starts_on is None) != (ends_on is None):
        raise Invalid([Problem("deputy", "ends_on" if ends_on is None else "starts_on", "deputy_days_missing")])
    if starts_on is not None and ends_on is not None and ends_on < starts_on:
        raise Invalid([Problem("deputy", "ends_on", "deputy_days_backwards")])
    seat.starts_on, seat.ends_on = starts_on, ends_on
    work.session.flush()
    details = {
        "partner_id": partner.id,
        "seat_id": seat.id,
        "person_id": seat.person_id,
        "starts_on": starts_on.isoformat() if starts_on else "",
        "ends_on": ends_on.isoformat() if ends_on else "",
    }
    event = work.record(Event("DeputyDaysSet", "partner", partner.id, details))
    work.oblige(
        "task",
        {"task": "partner_office", "partner_id": partner.id},
        key=f"partner_office:{event}:{partner.id}",
        order=f"partner:{partner.id}",
    )
