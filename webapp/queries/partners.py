"""Questions about partners: who speaks for them, their days and paths, and what the public may know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from webapp.domain.endorsements import Office, PartnerRule, read_rule
from webapp.domain.errors import NotFound
from webapp.domain.people import Actor, Role
from webapp.domain.policy import Action, Nothing, decide
from webapp.models.endorsements import Endorsement
from webapp.models.partners import Partner, PartnerDay, PartnerPath, Vacancy
from webapp.models.people import Organisation, Person, SeatRow
from webapp.models.proposals import Proposal, ProposalPartner
from webapp.queries.access import require, visible_to

SPEAKING = (Role.FOCAL_POINT, Role.DEPUTY)


def find_office(session: Session, partner_id: int, today: date) -> Office:
    """Who can speak for the partner on this day of its own calendar (R34).

    The focal point seated first is the one whose word it is, the others come after the deputy. A deputy
    who is named between dates replaces a focal point who is away.
    """
    rows = session.execute(
        select(SeatRow.person_id, SeatRow.role, SeatRow.starts_on, SeatRow.ends_on, Person.undeliverable_at)
        .join(Person, Person.id == SeatRow.person_id)
        .where(
            SeatRow.partner_id == partner_id,
            SeatRow.role.in_(SPEAKING),
            SeatRow.ended_at.is_(None),
            Person.disabled_at.is_(None),
        )
        .order_by(SeatRow.id)
    ).all()
    points = [row.person_id for row in rows if row.role == Role.FOCAL_POINT]
    acting = [row for row in rows if row.role == Role.DEPUTY and _acts(row.starts_on, row.ends_on, today)]
    address = session.scalar(select(Partner.office_email).where(Partner.id == partner_id))
    return Office(
        focal_point=points[0] if points else None,
        away=any(row.starts_on or row.ends_on for row in acting),
        deputy=acting[0].person_id if acting else None,
        others=tuple(points[1:]) + tuple(row.person_id for row in acting[1:]),
        unreachable=frozenset(row.person_id for row in rows if row.undeliverable_at is not None),
        has_address=bool(address),
    )


def _acts(starts_on: date | None, ends_on: date | None, today: date) -> bool:
    return (starts_on is None or starts_on <= today) and (ends_on is None or today <= ends_on)


@dataclass(frozen=True, slots=True)
class PartnerLine:
    """A partner in the public list: how many published projects it takes part in, and leads."""

    code: str
    joined_on: date | None
    published: int
    led: int


def list_partners(session: Session) -> list[PartnerLine]:
    """All partners of the initiative that take part now, with counts of what is published."""
    found = _with_counts().where(Partner.left_on.is_(None)).order_by(Partner.code)
    return [PartnerLine(row.code, row.joined_on, row.published, row.led) for row in session.execute(found)]


def list_managed(session: Session, actor: Actor) -> list[str]:
    """The codes of the partners whose own page the actor looks after as a focal point."""
    ids = {seat.partner_id for seat in actor.seats if seat.role is Role.FOCAL_POINT and seat.partner_id}
    return list(session.scalars(select(Partner.code).where(Partner.id.in_(ids)).order_by(Partner.code)))


def find_public(session: Session, code: str) -> PartnerLine:
    """One partner as the public sees it; raises NotFound."""
    row = session.execute(_with_counts().where(Partner.code == code)).one_or_none()
    if row is None:
        raise NotFound
    return PartnerLine(row.code, row.joined_on, row.published, row.led)


def _with_counts() -> Select[str, date | None, int, int]:
    published = Proposal.published_at.is_not(None)
    return (
        select(
            Partner.code,
            Partner.joined_on,
            func.count(Proposal.id).label("published"),
            func.count(Proposal.id).filter(ProposalPartner.is_lead).label("led"),
        )
        .outerjoin(ProposalPartner, ProposalPartner.partner_id == Partner.id)
        .outerjoin(Proposal, (Proposal.id == ProposalPartner.proposal_id) & published)
        .group_by(Partner.id)
    )


@dataclass(frozen=True, slots=True)
class Speaker:
    """A focal point or deputy of a partner."""

    seat_id: int
    person_id: int
    name: str
    email: str
    role: str
    starts_on: date | None
    ends_on: date | None
    is_acting: bool
    undeliverable_at: datetime | None


@dataclass(frozen=True, slots=True)
class DayLine:
    """A day that differs from the partner's usual calendar."""

    id: int
    day: date
    is_working: bool
    name: str


@dataclass(frozen=True, slots=True)
class OrganisationLine:
    """An organisation that an applicant named and nobody has confirmed yet."""

    id: int
    name: str
    kind: str
    website: str
    claimed_at: datetime


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """A proposal in which the partner takes part, with its own case on it."""

    reference: str
    title: str
    stage: str
    workflow: tuple[str, int]
    is_lead: bool
    state: str
    due_at: datetime | None
    asks: bool


@dataclass(frozen=True, slots=True)
class PartnerDesk:
    """A partner's own page: who speaks for it, its rule, its days, what waits."""

    id: int
    code: str
    time_zone: str
    has_address: bool
    path: PartnerRule
    vacancy: str
    vacant_since: datetime | None
    speakers: tuple[Speaker, ...]
    days: tuple[DayLine, ...]
    organisations: tuple[OrganisationLine, ...]
    proposals: tuple[ProposalLine, ...]
    more_proposals: bool


PROPOSALS_SHOWN = 50


def find_desk(session: Session, actor: Actor, code: str, today: date) -> PartnerDesk:
    """A partner's own page for those who manage it; raises NotFound, NotAllowed."""
    row = session.execute(
        select(Partner, PartnerPath, Vacancy)
        .outerjoin(PartnerPath, PartnerPath.partner_id == Partner.id)
        .outerjoin(Vacancy, (Vacancy.partner_id == Partner.id) & Vacancy.closed_at.is_(None))
        .where(Partner.code == code)
        .order_by(PartnerPath.version.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise NotFound
    partner: Partner = row.Partner
    subject = Nothing(initiative_id=partner.initiative_id, partner_id=partner.id)
    require(decide(actor, Action.MANAGE_PARTNER, subject))
    proposals = _list_proposals(session, actor, partner.id)
    return PartnerDesk(
        id=partner.id,
        code=partner.code,
        time_zone=partner.time_zone,
        has_address=bool(partner.office_email),
        path=read_rule(row.PartnerPath.version, row.PartnerPath.rule) if row.PartnerPath else PartnerRule(),
        vacancy=row.Vacancy.reason if row.Vacancy else "",
        vacant_since=row.Vacancy.raised_at if row.Vacancy else None,
        speakers=_list_speakers(session, partner.id, today),
        days=_list_days(session, partner.id),
        organisations=_list_claimed(session, partner.id),
        proposals=proposals[:PROPOSALS_SHOWN],
        more_proposals=len(proposals) > PROPOSALS_SHOWN,
    )


@dataclass(frozen=True, slots=True)
class PathVersion:
    """One version of a partner's path: since when it holds for new cases, and who made it ("" for the first)."""

    version: int
    made_at: datetime
    made_by: str


@dataclass(frozen=True, slots=True)
class PathPage:
    """A partner's path as it is now, and all its versions, newest first."""

    code: str
    path: PartnerRule
    versions: tuple[PathVersion, ...]
    speakers: int


def find_path(session: Session, actor: Actor, code: str, today: date) -> PathPage:
    """The page on which a partner keeps its path; raises NotFound, NotAllowed."""
    desk = find_desk(session, actor, code, today)
    rows = session.execute(
        select(PartnerPath.version, PartnerPath.created_at, Person.name)
        .outerjoin(Person, Person.id == PartnerPath.created_by_id)
        .where(PartnerPath.partner_id == desk.id)
        .order_by(PartnerPath.version.desc())
    )
    versions = tuple(PathVersion(row.version, row.created_at, row.name or "") for row in rows)
    return PathPage(code, desk.path, versions, len({one.person_id for one in desk.speakers}))


def _list_speakers(session: Session, partner_id: int, today: date) -> tuple[Speaker, ...]:
    rows = session.execute(
        select(SeatRow, Person)
        .join(Person, Person.id == SeatRow.person_id)
        .where(SeatRow.partner_id == partner_id, SeatRow.role.in_(SPEAKING), SeatRow.ended_at.is_(None))
        .order_by(SeatRow.role.desc(), SeatRow.id)
    )
    return tuple(
        Speaker(
            seat_id=seat.id,
            person_id=person.id,
            name=person.name,
            email=person.email,
            role=seat.role,
            starts_on=seat.starts_on,
            ends_on=seat.ends_on,
            is_acting=_acts(seat.starts_on, seat.ends_on, today),
            undeliverable_at=person.undeliverable_at,
        )
        for seat, person in rows
    )


def _list_days(session: Session, partner_id: int) -> tuple[DayLine, ...]:
    rows = session.scalars(select(PartnerDay).where(PartnerDay.partner_id == partner_id).order_by(PartnerDay.day))
    return tuple(DayLine(row.id, row.day, row.is_working, row.name) for row in rows)


def _list_claimed(session: Session, partner_id: int) -> tuple[OrganisationLine, ...]:
    rows = session.scalars(
        select(Organisation)
        .where(Organisation.partner_id == partner_id, Organisation.confirmed_at.is_(None))
        .order_by(Organisation.claimed_at, Organisation.id)
        .limit(200)
    )
    return tuple(OrganisationLine(row.id, row.name, row.kind, row.website, row.claimed_at) for row in rows)


def _list_proposals(session: Session, actor: Actor, partner_id: int) -> tuple[ProposalLine, ...]:
    taking_part = aliased(ProposalPartner)  # the visible rows look into the table itself
    rows = session.execute(
        select(Proposal, taking_part.is_lead, Endorsement.state, Endorsement.due_at)
        .join(taking_part, taking_part.proposal_id == Proposal.id)
        .outerjoin(
            Endorsement,
            (Endorsement.proposal_id == Proposal.id) & (Endorsement.partner_id == taking_part.partner_id),
        )
        .where(taking_part.partner_id == partner_id, Proposal.submitted_at.is_not(None), visible_to(actor))
        .order_by(Endorsement.due_at.asc().nulls_last(), Proposal.id.desc())
        .limit(PROPOSALS_SHOWN + 1)
    )
    return tuple(
        ProposalLine(
            reference=row.Proposal.reference,
            title=row.Proposal.title,
            stage=row.Proposal.stage,
            workflow=(row.Proposal.workflow, row.Proposal.workflow_version),
            is_lead=row.is_lead,
            state=row.state or "",
            due_at=row.due_at,
            asks=row.state is not None,
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True)
class PartnerState:
    """A partner in the secretariat's list: who speaks for it, what waits for it, and whether nobody can sign."""

    code: str
    speakers: int
    waiting: int
    claimed: int
    vacancy: str
    vacant_since: datetime | None


def list_states(session: Session, waiting_states: tuple[str, ...]) -> list[PartnerState]:
    """All partners with what the secretariat looks after, those with a vacancy first."""
    speakers = _counts(
        session,
        select(SeatRow.partner_id, func.count(func.distinct(SeatRow.person_id)))
        .where(SeatRow.role == Role.FOCAL_POINT, SeatRow.ended_at.is_(None))
        .group_by(SeatRow.partner_id),
    )
    waiting = _counts(
        session,
        select(Endorsement.partner_id, func.count())
        .where(Endorsement.state.in_(waiting_states))
        .group_by(Endorsement.partner_id),
    )
    claimed = _counts(
        session,
        select(Organisation.partner_id, func.count())
        .where(Organisation.confirmed_at.is_(None))
        .group_by(Organisation.partner_id),
    )
    rows = session.execute(
        select(Partner.id, Partner.code, Vacancy.reason, Vacancy.raised_at)
        .outerjoin(Vacancy, (Vacancy.partner_id == Partner.id) & Vacancy.closed_at.is_(None))
        .where(Partner.left_on.is_(None))
        .order_by(Vacancy.raised_at.asc().nulls_last(), Partner.code)
    )
    return [
        PartnerState(
            code=row.code,
            speakers=speakers.get(row.id, 0),
            waiting=waiting.get(row.id, 0),
            claimed=claimed.get(row.id, 0),
            vacancy=row.reason or "",
            vacant_since=row.raised_at,
        )
        for row in rows
    ]


def _counts(session: Session, found: Select[Any, Any]) -> Mapping[int | None, int]:
    return {row[0]: row[1] for row in session.execute(found)}
