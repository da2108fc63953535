"""The bell: how many notifications a person has not read, and what they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, exists, func, or_, select
from sqlalchemy.orm import Session

from webapp.domain.people import PUBLIC, Actor
from webapp.domain.rulebook import Rulebook
from webapp.models.notices import MutedNotice, MutedProposal, Notification
from webapp.models.partners import Partner
from webapp.models.people import Organisation, Person, SeatRow
from webapp.models.proposals import Proposal
from webapp.queries.access import visible_to
from webapp.queries.notices.events import Told, adds
from webapp.queries.people import find_actor

PAGE = 50
COUNTED_AT_MOST = 100
"""More unread ones are not counted: the number stands on every page."""


@dataclass(frozen=True, slots=True)
class DigestLine:
    """One line of the daily mail."""

    reference: str
    sentence: str
    link: str


EXAMPLE_LINE = DigestLine("PD-2027-00148-3", "Your proposal passed screening", "/proposals/PD-2027-00148-3")


@dataclass(frozen=True, slots=True)
class Alert:
    """One notification: a sentence, where it leads, whether it was read."""

    id: int
    sentence: str
    path: str
    at: datetime
    is_read: bool
    reference: str
    title: str


def count_unread(session: Session, actor: Actor) -> int:
    """How many notifications the person has not read, `COUNTED_AT_MOST` where there are more."""
    unread = (
        select(Notification.id)
        .outerjoin(Proposal, Proposal.id == Notification.proposal_id)
        .where(Notification.person_id == actor.person_id, Notification.read_at.is_(None), _may_see(actor))
        .limit(COUNTED_AT_MOST)
    )
    return session.scalars(select(func.count()).select_from(unread.subquery())).one()


def list_alerts(session: Session, actor: Actor, *, before: int | None = None) -> list[Alert]:
    """The person's notifications, newest first, 50 from `before` on; not of proposals they may see no more."""
    found = (
        select(Notification, Proposal.reference, Proposal.title)
        .outerjoin(Proposal, Proposal.id == Notification.proposal_id)
        .where(Notification.person_id == actor.person_id, _may_see(actor))
        .order_by(Notification.id.desc())
        .limit(PAGE)
    )
    if before is not None:
        found = found.where(Notification.id < before)
    return [
        Alert(
            id=row.id,
            sentence=row.sentence,
            path=row.path,
            at=row.created_at,
            is_read=row.read_at is not None,
            reference=reference or "",
            title=title or "",
        )
        for row, reference, title in session.execute(found)
    ]


@dataclass(frozen=True, slots=True)
class Wish:
    """How a person wants one optional notice: not by mail at all, or in the daily mail of an hour, or at once.

    `quiet_partner_id` is the partner on whose days of rest it waits; None where it need not.
    """

    is_muted: bool
    digest_hour: int | None
    quiet_partner_id: int | None = None


AT_ONCE = Wish(False, None)


def find_wishes(
    session: Session, people: Sequence[int], notice: str, proposal_id: int | None = None
) -> dict[int, Wish]:
    """The wishes of these people for this notice about this proposal, by their ids (R52, R55)."""
    muted = or_(
        Person.app_only,
        exists().where(MutedNotice.person_id == Person.id, MutedNotice.notice == notice),
        exists().where(MutedProposal.person_id == Person.id, MutedProposal.proposal_id == proposal_id),
    )
    quiet = case((Person.quiet_weekends, partner_of_person()))
    found = session.execute(select(Person.id, muted, Person.digest_hour, quiet).where(Person.id.in_(people)))
    return {person_id: Wish(bool(is_muted), hour, partner) for person_id, is_muted, hour, partner in found}


def partner_of_person() -> ColumnElement[int | None]:
    """The partner that a person speaks for, else that of the person's organisation."""
    seat = select(func.min(SeatRow.partner_id)).where(SeatRow.person_id == Person.id, SeatRow.ended_at.is_(None))
    body = select(Organisation.partner_id).where(Organisation.id == Person.organisation_id)
    return func.coalesce(seat.scalar_subquery(), body.scalar_subquery())


@dataclass(frozen=True, slots=True)
class Wishes:
    """All that a person chose about mails: what can wait, which kinds and which proposals are silent."""

    digest_hour: int | None
    app_only: bool
    quiet_weekends: bool
    partner: str
    kinds: frozenset[str]
    proposals: tuple[MutedLine, ...]


@dataclass(frozen=True, slots=True)
class MutedLine:
    """A proposal of which a person wants no optional mails."""

    reference: str
    title: str


def find_choices(session: Session, actor: Actor) -> Wishes:
    """What the person chose about mails."""
    mine = select(Person, partner_of_person().label("partner_id")).where(Person.id == actor.person_id).subquery()
    account = session.execute(
        select(mine.c.digest_hour, mine.c.app_only, mine.c.quiet_weekends, Partner.code).outerjoin(
            Partner, Partner.id == mine.c.partner_id
        )
    ).one()
    kinds = session.scalars(select(MutedNotice.notice).where(MutedNotice.person_id == actor.person_id))
    proposals = session.execute(
        select(Proposal.reference, Proposal.title)
        .join(MutedProposal, MutedProposal.proposal_id == Proposal.id)
        .where(MutedProposal.person_id == actor.person_id, visible_to(actor))
        .order_by(Proposal.reference)
    )
    return Wishes(
        digest_hour=account.digest_hour,
        app_only=account.app_only,
        quiet_weekends=account.quiet_weekends,
        partner=account.code or "",
        kinds=frozenset(kinds),
        proposals=tuple(MutedLine(reference, title) for reference, title in proposals),
    )


def _may_see(actor: Actor) -> ColumnElement[bool]:
    return or_(Notification.proposal_id.is_(None), visible_to(actor))


@adds("daily_digest", gives={"lines": (EXAMPLE_LINE,), "count": 1, "more": 0})
def digest_lines(session: Session, rules: Rulebook, told: Told) -> Mapping[str, object]:
    """What the daily mail tells: the sentences that waited for it, by proposal, of what the person may still see."""
    ids = list(told.event.payload.get("notifications", ()))
    person_id = told.person_id or 0
    actor = find_actor(session, person_id, told.event.at) or PUBLIC
    rows = session.execute(
        select(Notification, Proposal.reference)
        .outerjoin(Proposal, Proposal.id == Notification.proposal_id)
        .where(Notification.id.in_(ids), Notification.person_id == person_id, _may_see(actor))
        .order_by(Notification.proposal_id.nulls_first(), Notification.id)
        .limit(PAGE)
    )
    lines = [DigestLine(reference or "", row.sentence, rules.limits.base_url + row.path) for row, reference in rows]
    return {"lines": tuple(lines), "count": len(lines), "more": max(len(ids) - PAGE, 0)}
