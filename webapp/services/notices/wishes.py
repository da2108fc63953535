"""How a person wants to be written to: once a day, or under Alerts alone; kinds; proposals; days of rest (R52)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from webapp.domain.calendars import Calendar
from webapp.domain.errors import Invalid
from webapp.domain.notices import Notice, next_digest, next_working_digest
from webapp.domain.policy import Action
from webapp.domain.problems import Problem
from webapp.models.notices import MutedNotice, MutedProposal
from webapp.models.partners import Partner
from webapp.models.people import Person
from webapp.queries.access import find_proposal
from webapp.queries.notices.bell import Wish
from webapp.services.access import allow
from webapp.services.calendars import partner_calendar
from webapp.services.work import UnitOfWork


def choose_wishes(work: UnitOfWork, *, hour: int | None, app_only: bool, quiet_weekends: bool) -> None:
    """Write to the actor like this from now on, where a message can wait. Raises Invalid for no hour.

    What waits when somebody goes back to mails at once still comes, in the mail that was due.
    """
    allow(work, Action.USE_ACCOUNT)
    if hour is not None and not 0 <= hour <= 23:
        raise Invalid([Problem("account", "digest_hour", "digest_hour_unknown")])
    person = work.session.get_one(Person, work.actor.person_id)
    person.digest_hour = None if app_only else hour
    person.app_only, person.quiet_weekends = app_only, quiet_weekends


def choose_kinds(work: UnitOfWork, shown: Collection[str], wanted: Collection[str]) -> None:
    """Of the kinds that were shown, mail those that are wanted and no others; mandatory ones cannot be switched off."""
    allow(work, Action.USE_ACCOUNT)
    optional = {notice.id for notice in work.rules.notices.notices() if not notice.is_mandatory} & set(shown)
    mine = MutedNotice.person_id == work.actor.person_id
    work.session.execute(delete(MutedNotice).where(mine, MutedNotice.notice.in_(optional & set(wanted))))
    muted = [
        {"person_id": work.actor.person_id, "notice": notice, "muted_at": work.now}
        for notice in sorted(optional - set(wanted))
    ]
    if muted:
        work.session.execute(insert(MutedNotice).values(muted).on_conflict_do_nothing())


def mute_proposal(work: UnitOfWork, reference: str, *, silent: bool) -> None:
    """Send the actor no more mails of this proposal that can be switched off, or send them again. Raises NotFound."""
    allow(work, Action.USE_ACCOUNT)
    proposal_id = find_proposal(work.session, work.rules, work.actor, reference, Action.READ_PROPOSAL).id
    if silent:
        values = {"person_id": work.actor.person_id, "proposal_id": proposal_id, "muted_at": work.now}
        work.session.execute(insert(MutedProposal).values(values).on_conflict_do_nothing())
        return
    mine = MutedProposal.person_id == work.actor.person_id
    work.session.execute(delete(MutedProposal).where(mine, MutedProposal.proposal_id == proposal_id))


def find_calendars(work: UnitOfWork, wishes: Iterable[Wish]) -> dict[int, Calendar]:
    """The calendars of the partners on whose days of rest somebody of these wants quiet."""
    ids = {wish.quiet_partner_id for wish in wishes if wish.quiet_partner_id is not None}
    if not ids:
        return {}
    rows = work.session.scalars(select(Partner).where(Partner.id.in_(ids)))
    return {row.id: partner_calendar(work, row) for row in rows}


def digest_of(notice: Notice, wish: Wish, zone: str, calendar: Calendar | None, now: datetime) -> datetime | None:
    """The daily mail that takes the notice up; None where it goes by itself: at once, or not by mail."""
    if notice.carries_secret or notice.urgency != "mail" or wish.is_muted or wish.digest_hour is None:
        return None
    if calendar is None:
        return next_digest(now, wish.digest_hour, zone)
    return next_working_digest(now, wish.digest_hour, zone, calendar)
