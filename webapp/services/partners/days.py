"""Days on which a partner works otherwise than its calendar says: entered and taken out again (R50)."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from webapp.domain.errors import Invalid, NotFound
from webapp.domain.events import Event
from webapp.domain.policy import Action, Nothing
from webapp.domain.problems import Problem
from webapp.models.partners import Partner, PartnerDay
from webapp.services.access import allow
from webapp.services.work import UnitOfWork

NAME_AT_MOST = 100
YEARS_AHEAD = 3


def add_day(work: UnitOfWork, code: str, *, day: date, is_working: bool, name: str) -> int:
    """Enter a holiday or a working day of the partner; due times that it moves are reckoned anew. Returns its id."""
    partner = hold_partner(work, code)
    plain = " ".join(name.split())
    if problems := _problems(work, partner, day, plain):
        raise Invalid(problems)
    row = PartnerDay(partner_id=partner.id, day=day, is_working=is_working, name=plain)
    work.session.add(row)
    work.session.flush()
    _changed(work, "PartnerDayAdded", row)
    return row.id


def remove_day(work: UnitOfWork, code: str, day_id: int) -> None:
    """Take the day out again; the calendar's own rule holds for it. Raises NotFound."""
    partner = hold_partner(work, code)
    row = work.session.scalars(
        select(PartnerDay).where(PartnerDay.id == day_id, PartnerDay.partner_id == partner.id)
    ).one_or_none()
    if row is None:
        raise NotFound
    work.session.delete(row)
    work.session.flush()
    _changed(work, "PartnerDayRemoved", row)


def hold_partner(work: UnitOfWork, code: str) -> Partner:
    """The partner, locked, if the actor may manage it; raises NotFound, NotAllowed."""
    partner = work.session.scalars(select(Partner).where(Partner.code == code).with_for_update()).one_or_none()
    if partner is None:
        raise NotFound
    allow(work, Action.MANAGE_PARTNER, Nothing(initiative_id=partner.initiative_id, partner_id=partner.id))
    return partner


def _problems(work: UnitOfWork, partner: Partner, day: date, name: str) -> list[Problem]:
    found: list[Problem] = []
    if not name:
        found.append(Problem("day", "name", "day_name_missing"))
    if len(name) > NAME_AT_MOST:
        found.append(Problem("day", "name", "too_long", {"most": NAME_AT_MOST}))
    latest = work.now.date() + timedelta(days=366 * YEARS_AHEAD)
    if not work.now.date() - timedelta(days=366) <= day <= latest:
        found.append(Problem("day", "day", "day_too_far"))
    known = select(PartnerDay.id).where(PartnerDay.partner_id == partner.id, PartnerDay.day == day)
    if work.session.scalar(known) is not None:
        found.append(Problem("day", "day", "day_known"))
    return found


def _changed(work: UnitOfWork, name: str, row: PartnerDay) -> None:
    details = {"partner_id": row.partner_id, "day": row.day.isoformat(), "is_working": row.is_working}
    event = work.record(Event(name, "partner", row.partner_id, details))
    work.oblige(
        "task",
        {"task": "partner_clocks", "partner_id": row.partner_id},
        key=f"partner_clocks:{event}",
        order=f"partner:{row.partner_id}",
    )
