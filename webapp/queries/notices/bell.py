"""The bell: how many notifications a person has not read, and what they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from webapp.domain.people import PUBLIC, Actor
from webapp.domain.rulebook import Rulebook
from webapp.models.notices import MutedNotice, Notification
from webapp.models.people import Person
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


def count_muted(session: Session, person_id: int | None) -> int:
    """How many kinds of mail the person switched off."""
    return session.scalars(select(func.count()).where(MutedNotice.person_id == person_id)).one()


@dataclass(frozen=True, slots=True)
class Wish:
    """How a person wants one optional notice: not by mail at all, or in the daily mail of an hour, or at once."""

    is_muted: bool
    digest_hour: int | None


AT_ONCE = Wish(False, None)


def find_wishes(session: Session, people: Sequence[int], notice: str) -> dict[int, Wish]:
    """The wishes of these people for this notice, by their ids (R52, R55)."""
    muted = exists().where(MutedNotice.person_id == Person.id, MutedNotice.notice == notice)
    found = session.execute(select(Person.id, muted, Person.digest_hour).where(Person.id.in_(people)))
    return {person_id: Wish(bool(is_muted), hour) for person_id, is_muted, hour in found}


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
