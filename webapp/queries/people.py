"""Questions about people: who acts, who holds which seat, who can be found under an address."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from webapp.domain.calendars import Calendar, local_day
from webapp.domain.people import Actor, Role, Seat, session_lengths
from webapp.domain.rulebook import Limits
from webapp.models.calls import Call
from webapp.models.initiative import ArticleRow
from webapp.models.partners import Partner
from webapp.models.people import MailedLink, Organisation, Person, SeatRow, SessionRow
from webapp.models.routing import Expertise, ReviewerProfile

# One for each role, in the order in which a proposal meets them.
DEMO_ADDRESSES = tuple(
    f"{name}@demo.example"
    for name in (
        "applicant",
        "collaborator",
        "secretariat",
        "secretariat.two",
        "focal.ke",
        "deputy.ke",
        "reviewer.01",
        "admin",
        "auditor",
    )
)


def find_actor(session: Session, person_id: int, now: datetime) -> Actor | None:
    """The person as the policy sees them, with the seats in force now: a deputy's by the partner's own day (R34)."""
    rows = session.execute(
        select(Person, SeatRow, Partner.time_zone)
        .outerjoin(SeatRow, (SeatRow.person_id == Person.id) & SeatRow.ended_at.is_(None))
        .outerjoin(Partner, Partner.id == SeatRow.partner_id)
        .where(Person.id == person_id)
        .order_by(SeatRow.id)
    ).all()
    if not rows:
        return None
    person: Person = rows[0][0]
    seats = [(_seat(row), Calendar(zone=zone or "UTC")) for _, row, zone in rows if row is not None]
    return Actor(
        person_id=person.id,
        name=person.name,
        email=person.email,
        language=person.language,
        time_zone=person.time_zone,
        theme=person.theme,
        confirmed=person.confirmed_at is not None,
        seats=tuple(seat for seat, calendar in seats if seat.holds_on(local_day(calendar, now))),
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
    asks_erasure: bool = False
    is_erased: bool = False


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
            asks_erasure=person.erasure_asked_at is not None,
            is_erased=person.erased_at is not None,
        )
        for person in people
    ]


@dataclass(frozen=True, slots=True)
class AccountRow:
    """A person's own settings."""

    name: str
    email: str
    address_as: str
    language: str
    time_zone: str
    theme: str
    confirmed: bool
    undeliverable_at: datetime | None
    digest_hour: int | None
    erasure_asked_at: datetime | None


def find_account(session: Session, person_id: int) -> AccountRow:
    """One's own settings."""
    person = session.get_one(Person, person_id)
    return AccountRow(
        name=person.name,
        email=person.email,
        address_as=person.address_as,
        language=person.language,
        time_zone=person.time_zone,
        theme=person.theme,
        confirmed=person.confirmed_at is not None,
        undeliverable_at=person.undeliverable_at,
        digest_hour=person.digest_hour,
        erasure_asked_at=person.erasure_asked_at,
    )


@dataclass(frozen=True, slots=True)
class SessionLine:
    """An open session of one's own."""

    id: int
    device: str
    created_at: datetime
    seen_at: datetime
    is_this: bool


def list_sessions(session: Session, limits: Limits, person_id: int, token: str, now: datetime) -> list[SessionLine]:
    """One's own sessions that are open now, the last seen first."""
    digest = hashlib.sha256(token.encode()).digest()
    idle, idle_shared = (
        session_lengths(limits.session_idle_hours, limits.session_absolute_hours, shared=shared)[0]
        for shared in (False, True)
    )
    lasts = case((SessionRow.shared_computer, idle_shared), else_=idle)
    rows = session.scalars(
        select(SessionRow)
        .where(
            SessionRow.person_id == person_id,
            SessionRow.expires_at > now,
            SessionRow.seen_at + lasts > now,
            SessionRow.waits_for_factor.is_(False),
        )
        .order_by(SessionRow.seen_at.desc())
    )
    return [SessionLine(row.id, row.device, row.created_at, row.seen_at, row.token_hash == digest) for row in rows]


@dataclass(frozen=True, slots=True)
class SeatLine:
    """A seat of a person, with the names of its scope."""

    id: int
    role: str
    partner_code: str
    call_title: str
    starts_on: date | None
    ends_on: date | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class PersonPage:
    """A person with all seats."""

    id: int
    name: str
    email: str
    confirmed: bool
    disabled: bool
    undeliverable_at: datetime | None
    created_at: datetime
    erasure_asked_at: datetime | None
    erased_at: datetime | None
    seats: tuple[SeatLine, ...]


def find_person(session: Session, person_id: int) -> PersonPage | None:
    """One person for the secretariat's page."""
    person = session.get(Person, person_id)
    if person is None:
        return None
    rows = session.execute(
        select(SeatRow, Partner.code, Call.title)
        .outerjoin(Partner, Partner.id == SeatRow.partner_id)
        .outerjoin(Call, Call.id == SeatRow.call_id)
        .where(SeatRow.person_id == person_id)
        .order_by(SeatRow.ended_at.desc().nulls_first(), SeatRow.id)
    )
    seats = tuple(
        SeatLine(seat.id, seat.role, code or "", title or "", seat.starts_on, seat.ends_on, seat.ended_at)
        for seat, code, title in rows
    )
    return PersonPage(
        id=person.id,
        name=person.name,
        email=person.email,
        confirmed=person.confirmed_at is not None,
        disabled=person.disabled_at is not None,
        undeliverable_at=person.undeliverable_at,
        created_at=person.created_at,
        erasure_asked_at=person.erasure_asked_at,
        erased_at=person.erased_at,
        seats=seats,
    )


@dataclass(frozen=True, slots=True)
class InvitationLine:
    """An invitation that is open."""

    id: int
    email: str
    role: str
    partner_code: str
    created_at: datetime
    expires_at: datetime


def list_invitations(session: Session, now: datetime) -> list[InvitationLine]:
    """Invitations that were neither accepted nor withdrawn and are not over, the newest first."""
    rows = session.execute(
        select(MailedLink, Partner.code)
        .outerjoin(Partner, Partner.id == MailedLink.partner_id)
        .where(
            MailedLink.kind == "invitation",
            MailedLink.used_at.is_(None),
            MailedLink.expires_at > now,
        )
        .order_by(MailedLink.id.desc())
        .limit(100)
    )
    return [
        InvitationLine(link.id, link.email, link.role or "", code or "", link.created_at, link.expires_at)
        for link, code in rows
    ]


@dataclass(frozen=True, slots=True)
class OrganisationLine:
    """An organisation in a list."""

    id: int
    name: str
    kind: str
    partner_code: str
    website: str
    is_confirmed: bool
    claimed_by: str


def list_organisations(session: Session, partner_code: str = "") -> list[OrganisationLine]:
    """Organisations, those that wait to be confirmed first; of one partner where it is named."""
    found = (
        select(Organisation, Partner.code, Person.name)
        .join(Partner, Partner.id == Organisation.partner_id)
        .outerjoin(Person, Person.id == Organisation.claimed_by_id)
        .order_by(Organisation.confirmed_at.is_not(None), Partner.code, Organisation.name)
        .limit(1000)
    )
    if partner_code:
        found = found.where(Partner.code == partner_code)
    return [
        OrganisationLine(row.id, row.name, row.kind, code, row.website, row.confirmed_at is not None, name or "")
        for row, code, name in session.execute(found)
    ]


@dataclass(frozen=True, slots=True)
class ReviewerAccount:
    """What a reviewer has said of themselves; the page's form is filled from it."""

    languages: tuple[str, ...]
    partner: str
    load_min: int
    load_max: int
    away_from: date | None
    away_to: date | None
    expertise: Mapping[int, int]


def find_reviewer(session: Session, person_id: int) -> ReviewerAccount:
    """One's own profile; empty where none was written yet."""
    row = session.execute(
        select(ReviewerProfile, Partner.code)
        .outerjoin(Partner, Partner.id == ReviewerProfile.partner_id)
        .where(ReviewerProfile.person_id == person_id)
    ).one_or_none()
    levels = session.execute(
        select(ArticleRow.number, Expertise.level)
        .join(ArticleRow, ArticleRow.id == Expertise.article_id)
        .where(Expertise.person_id == person_id)
    )
    known = {row.number: row.level for row in levels}
    if row is None:
        return ReviewerAccount((), "", 1, 8, None, None, known)
    own, code = row
    return ReviewerAccount(
        tuple(own.languages), code or "", own.load_min, own.load_max, own.away_from, own.away_to, known
    )


def call_choices(session: Session) -> list[tuple[str, str]]:
    """The calls that reviewers can be invited for: (code, title)."""
    rows = session.execute(select(Call.code, Call.title).order_by(Call.opens_at.desc()))
    return [(row.code, row.title) for row in rows]


def list_demo_people(session: Session) -> list[PersonRow]:
    """The people of the demonstration whom its sign-in page offers: one for each role."""
    rows = session.execute(
        select(Person, func.array_agg(SeatRow.role))
        .outerjoin(SeatRow, (SeatRow.person_id == Person.id) & SeatRow.ended_at.is_(None))
        .where(Person.email.in_(DEMO_ADDRESSES))
        .group_by(Person.id)
    )
    found = {
        person.email: PersonRow(
            id=person.id,
            name=person.name,
            email=person.email,
            roles=tuple(role for role in roles if role),
            confirmed=True,
            disabled=False,
            undeliverable_at=None,
        )
        for person, roles in rows
    }
    return [found[address] for address in DEMO_ADDRESSES if address in found]


def _seat(row: SeatRow) -> Seat:
    return Seat(
        role=Role(row.role),
        initiative_id=row.initiative_id,
        partner_id=row.partner_id,
        call_id=row.call_id,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
    )
