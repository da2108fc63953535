"""Whom each audience of the notices table means for one event (R53)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, cast, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from webapp.domain.notices import Notice
from webapp.domain.people import Role
from webapp.models.decisions import Decision
from webapp.models.endorsements import Endorsement
from webapp.models.partners import Partner
from webapp.models.people import MailedLink, Person, SeatRow
from webapp.models.proposals import Collaborator, Proposal, ProposalPartner
from webapp.models.routing import Assignment, Conflict
from webapp.queries.notices.events import ToldEvent
from webapp.queries.notices.messages import chosen_people

ON_PANEL = ("invited", "accepted", "submitted")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to be told: a person, or (without an id) an address.

    `key` tells two recipients of one event apart, without naming anybody.
    """

    key: str
    person_id: int | None
    email: str
    name: str
    language: str
    time_zone: str


Ids = Select[Any]
Audience = Callable[[ToldEvent, datetime], Ids | None]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an audience: people with a higher id than `after`, at most `limit`; `emails`: these alone, if any."""

    after: int = 0
    limit: int | None = None
    emails: frozenset[str] | None = None


WHOLE = Part()


def find_recipients(
    session: Session, event: ToldEvent, notice: Notice, now: datetime, part: Part = WHOLE
) -> list[Recipient]:
    """Everybody this notice goes to, each once: people in order of their ids, then those that are mere addresses.

    Never somebody whose account is closed, nor somebody in conflict with the proposal (R38) or anybody while
    it is under seal (R77), unless it is their own. Mere addresses belong to the first part.
    """
    asked = [_AUDIENCES[word](event, now) for word in notice.audiences if word in _AUDIENCES]
    ids = [question for question in asked if question is not None]
    found: list[Recipient] = []
    if ids:
        people = (
            select(Person)
            .where(or_(*(Person.id.in_(question) for question in ids)), Person.disabled_at.is_(None))
            .where(_not_in_conflict(event), Person.id > part.after)
            .order_by(Person.id)
            .limit(part.limit)
        )
        if part.emails is not None:
            people = people.where(Person.email.in_(part.emails))
        found += [recipient_of(person) for person in session.scalars(people)]
    if "partner_office" in notice.audiences and not part.after:
        found += _offices(session, event)
    if "address" in notice.audiences and not part.after:
        found += _addresses(session, event)
    by_address: dict[str, Recipient] = {}
    for recipient in found:
        by_address.setdefault(recipient.email, recipient)
    return list(by_address.values())


def recipient_of(person: Person) -> Recipient:
    """A person as a recipient."""
    return Recipient(
        key=f"person:{person.id}",
        person_id=person.id,
        email=person.email,
        name=person.address_as or person.name,
        language=person.language,
        time_zone=person.time_zone,
    )


def _not_in_conflict(event: ToldEvent) -> ColumnElement[bool]:
    if event.proposal_id is None:
        return literal(True)
    own = or_(
        exists().where(Proposal.id == event.proposal_id, Proposal.owner_id == Person.id),
        exists().where(Collaborator.proposal_id == event.proposal_id, Collaborator.person_id == Person.id),
    )
    conflicted = exists().where(Conflict.proposal_id == event.proposal_id, Conflict.person_id == Person.id)
    sealed = exists().where(Proposal.id == event.proposal_id, Proposal.is_sealed)
    return or_(own, and_(~conflicted, ~sealed))


def _offices(session: Session, event: ToldEvent) -> list[Recipient]:
    row = session.get(Partner, event.partner_id) if event.partner_id else None
    if row is None or not row.office_email:
        return []
    language = str(event.payload.get("language", ""))
    return [Recipient(f"office:{row.id}", None, row.office_email, "", language, row.time_zone)]


def _addresses(session: Session, event: ToldEvent) -> list[Recipient]:
    """The address of a mailed link, in the language of its account where there is one."""
    row = session.execute(
        select(MailedLink, Person)
        .outerjoin(Person, or_(Person.id == MailedLink.person_id, Person.email == MailedLink.email))
        .where(MailedLink.id == event.payload.get("link_id"))
        .order_by(Person.id)
        .limit(1)
    ).one_or_none()
    if row is None:
        return []
    link: MailedLink = row[0]
    person: Person | None = row[1]
    key = f"link:{link.id}"
    if person is None:
        return [Recipient(key, None, link.email, "", str(event.payload.get("language", "")), "UTC")]
    known = recipient_of(person)
    if link.email == person.email:
        return [known]
    # Another address than the account's is told by itself: it may belong to somebody else.
    return [Recipient(key, None, link.email, known.name, known.language, known.time_zone)]


def _seats(*roles: Role, where: ColumnElement[bool] | None = None) -> Ids:
    found = select(SeatRow.person_id).where(SeatRow.role.in_(roles), SeatRow.ended_at.is_(None))
    return found if where is None else found.where(where)


def _owner(event: ToldEvent, now: datetime) -> Ids:
    return select(Proposal.owner_id).where(Proposal.id == event.proposal_id)


def _collaborators(event: ToldEvent, now: datetime) -> Ids:
    return select(Collaborator.person_id).where(Collaborator.proposal_id == event.proposal_id)


def _secretariat(event: ToldEvent, now: datetime) -> Ids:
    everywhere = event.initiative_id is None
    return _seats(Role.SECRETARIAT, where=None if everywhere else SeatRow.initiative_id == event.initiative_id)


def _other_secretariat(event: ToldEvent, now: datetime) -> Ids:
    return _secretariat(event, now).where(SeatRow.person_id.is_distinct_from(event.actor_id))


def _uninvolved_secretariat(event: ToldEvent, now: datetime) -> Ids:
    """Those who neither drafted nor confirmed what was decided of the version: they can look at it anew (R29)."""
    decided = Decision.proposal_id == event.proposal_id, Decision.state == "confirmed"
    drafters = select(Decision.drafted_by_id).where(*decided, Decision.version_id == event.version_id)
    confirmers = select(Decision.confirmed_by_id).where(*decided, Decision.version_id == event.version_id)
    return _secretariat(event, now).where(SeatRow.person_id.not_in(drafters), SeatRow.person_id.not_in(confirmers))


def _auditors(event: ToldEvent, now: datetime) -> Ids:
    return _seats(Role.AUDITOR)


def _administrators(event: ToldEvent, now: datetime) -> Ids:
    return _seats(Role.ADMINISTRATOR)


def _taking_part(event: ToldEvent, *, lead_only: bool = False) -> ColumnElement[bool]:
    part = and_(ProposalPartner.proposal_id == event.proposal_id, ProposalPartner.partner_id == SeatRow.partner_id)
    return exists().where(part, ProposalPartner.is_lead) if lead_only else exists().where(part)


def _focal_points(event: ToldEvent, now: datetime) -> Ids:
    return _seats(Role.FOCAL_POINT, where=_taking_part(event))


def _asked_focal_points(event: ToldEvent, now: datetime) -> Ids:
    """Of the partners that were asked for their word: the others may not know of the proposal yet."""
    asked = and_(Endorsement.proposal_id == event.proposal_id, Endorsement.partner_id == SeatRow.partner_id)
    return _seats(Role.FOCAL_POINT, where=exists().where(asked))


def _lead_focal_points(event: ToldEvent, now: datetime) -> Ids:
    return _seats(Role.FOCAL_POINT, where=_taking_part(event, lead_only=True))


def _partner_focal_points(event: ToldEvent, now: datetime) -> Ids:
    return _seats(Role.FOCAL_POINT, where=SeatRow.partner_id == event.partner_id)


def _partner_deputies(event: ToldEvent, now: datetime) -> Ids:
    """Those who act on this day of the partner's own (R34)."""
    zone = select(Partner.time_zone).where(Partner.id == event.partner_id).scalar_subquery()
    today = cast(func.timezone(zone, now), Date)
    acting = and_(
        SeatRow.partner_id == event.partner_id,
        or_(SeatRow.starts_on.is_(None), SeatRow.starts_on <= today),
        or_(SeatRow.ends_on.is_(None), SeatRow.ends_on >= today),
    )
    return _seats(Role.DEPUTY, where=acting)


def _signatory(event: ToldEvent, now: datetime) -> Ids | None:
    return select(Endorsement.signatory_id).where(
        Endorsement.id == event.payload.get("endorsement_id"), Endorsement.signatory_id.is_not(None)
    )


def _reviewers(event: ToldEvent, now: datetime) -> Ids:
    return select(Assignment.reviewer_id).where(
        Assignment.proposal_id == event.proposal_id, Assignment.state.in_(ON_PANEL)
    )


def _reviewers_done(event: ToldEvent, now: datetime) -> Ids:
    return select(Assignment.reviewer_id).where(
        Assignment.proposal_id == event.proposal_id,
        Assignment.state == "submitted",
        Assignment.reviewer_id.is_distinct_from(event.actor_id),
    )


def _reviewer(event: ToldEvent, now: datetime) -> Ids:
    if event.payload.get("assignment_id"):
        return select(Assignment.reviewer_id).where(Assignment.id == event.payload["assignment_id"])
    return select(Person.id).where(Person.id == event.payload.get("reviewer_id"))


def _person(event: ToldEvent, now: datetime) -> Ids:
    own = event.subject_id if event.subject_kind == "person" else None
    return select(Person.id).where(Person.id == event.payload.get("person_id", own))


def _actor(event: ToldEvent, now: datetime) -> Ids:
    return select(Person.id).where(Person.id == event.actor_id)


def _chosen(event: ToldEvent, now: datetime) -> Ids:
    """Whom the filter of a message by hand fits."""
    return chosen_people(event.payload.get("audience", {}))


_AUDIENCES: Mapping[str, Audience] = {
    "applicant": _owner,
    "collaborators": _collaborators,
    "secretariat": _secretariat,
    "other_secretariat": _other_secretariat,
    "uninvolved_secretariat": _uninvolved_secretariat,
    "administrators": _administrators,
    "auditors": _auditors,
    "focal_points": _focal_points,
    "lead_focal_points": _lead_focal_points,
    "asked_focal_points": _asked_focal_points,
    "partner_focal_points": _partner_focal_points,
    "partner_deputies": _partner_deputies,
    "signatory": _signatory,
    "reviewers": _reviewers,
    "reviewers_done": _reviewers_done,
    "reviewer": _reviewer,
    "person": _person,
    "actor": _actor,
    "chosen": _chosen,
}
