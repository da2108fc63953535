"""The calendars that due times are counted in: a partner's own, and a call's (R50)."""

from __future__ import annotations

from sqlalchemy import select

from webapp.domain.calendars import Calendar
from webapp.models.calls import Call
from webapp.models.partners import Partner, PartnerDay
from webapp.services.work import UnitOfWork


def partner_calendar(work: UnitOfWork, partner: Partner, weekend: tuple[int, ...] = ()) -> Calendar:
    """The partner's weekend, public holidays and own days, in its capital's time zone.

    `weekend` is what its path says; empty: as the initiative's data say.
    """
    entry = work.rules.initiative.partner(partner.code)
    code = entry.holidays if entry else None
    public = work.ports.holidays.days(code, work.now.year) if code else frozenset()
    own = work.session.scalars(select(PartnerDay).where(PartnerDay.partner_id == partner.id)).all()
    return Calendar(
        zone=partner.time_zone,
        weekend=frozenset(weekend) or (entry.weekend if entry else frozenset({5, 6})),
        holidays=public | {day.day for day in own if not day.is_working},
        worked=frozenset(day.day for day in own if day.is_working),
    )


def call_calendar(call: Call) -> Calendar:
    """The secretariat's working week in the call's time zone; a call has no holidays of its own."""
    return Calendar(zone=call.time_zone)
