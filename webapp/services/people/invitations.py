"""Invitations by mail to a seat: sent, sent again, withdrawn, accepted with or without an account."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from webapp.domain.errors import NotAllowed, NotFound
from webapp.domain.events import Event
from webapp.domain.people import Role, normal_email
from webapp.models.calls import Call
from webapp.models.initiative import InitiativeRow
from webapp.models.partners import Partner
from webapp.models.people import MailedLink, Person
from webapp.services.people.links import find_link, make_link
from webapp.services.people.passwords import check_password
from webapp.services.people.seats import allow_role, grant_seat
from webapp.services.people.throttle import count_try
from webapp.services.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Invited:
    """What an invitation's page shows."""

    email: str
    role: str
    partner_code: str
    call_title: str
    has_account: bool


def invite(work: UnitOfWork, email: str, role: Role, *, partner_code: str = "", call_code: str = "") -> int:
    """Invite an address to a seat. Returns the link's id; raises NotFound for an unknown partner or call."""
    initiative = work.session.scalars(select(InitiativeRow.id)).first()
    partner_id = _partner(work, partner_code) if partner_code else None
    call_id = _call(work, call_code) if call_code else None
    allow_role(work, role, initiative_id=initiative, partner_id=partner_id)
    link = make_link(
        work,
        "invitation",
        normal_email(email),
        role=role,
        initiative_id=initiative,
        partner_id=partner_id,
        call_id=call_id,
        invited_by_id=work.actor.person_id,
    )
    subject = ("partner", partner_id) if partner_id else ("initiative", initiative or 0)
    work.record(Event("InvitationSent", *subject, {"link_id": link.id, "role": role}))
    return link.id


def withdraw_invitation(work: UnitOfWork, link_id: int) -> None:
    """Make an invitation of no use."""
    link = work.session.get(MailedLink, link_id)
    if link is None or link.kind != "invitation" or link.role is None or link.used_at is not None:
        raise NotFound
    allow_role(work, link.role, initiative_id=link.initiative_id, partner_id=link.partner_id)
    link.used_at = work.now
    subject = ("partner", link.partner_id) if link.partner_id else ("initiative", link.initiative_id or 0)
    work.record(Event("InvitationWithdrawn", *subject, {"link_id": link.id}))


def see_invitation(work: UnitOfWork, token: str) -> Invited:
    """What the link invites to; changes nothing."""
    link = find_link(work, token, "invitation")
    partner = work.session.get(Partner, link.partner_id) if link.partner_id else None
    call = work.session.get(Call, link.call_id) if link.call_id else None
    known = work.session.scalars(select(Person.id).where(Person.email == link.email)).one_or_none()
    return Invited(
        email=link.email,
        role=link.role or "",
        partner_code=partner.code if partner else "",
        call_title=call.title if call else "",
        has_account=known is not None,
    )


def accept_invitation(work: UnitOfWork, token: str, *, name: str = "", password: str = "") -> Person:
    """Take the seat: as the person who is signed in under the invited address, or with a new account.

    Raises NotAllowed where the address has an account and somebody else, or nobody, is signed in.
    """
    link = find_link(work, token, "invitation")
    # Two links to one new address, or a link and a sign-up, at once: the second waits for the first.
    count_try(work, f"sign_up:{link.email}")
    person = work.session.scalars(select(Person).where(Person.email == link.email)).one_or_none()
    if person is None:
        check_password(password, name=name, email=link.email)
        person = Person(
            email=link.email,
            name=name,
            password_hash=work.ports.hasher.hash(password),
            confirmed_at=work.now,
            created_at=work.now,
        )
        work.session.add(person)
        work.session.flush()
        work.record(Event("PersonSignedUp", "person", person.id))
    elif person.id != work.actor.person_id:
        raise NotAllowed("invited_address")
    person.confirmed_at = person.confirmed_at or work.now
    link.used_at = work.now
    role = Role(link.role or "")
    by_partner = link.partner_id is not None
    grant_seat(
        work,
        person,
        role,
        initiative_id=None if by_partner or role in (Role.REVIEWER, Role.ADMINISTRATOR) else link.initiative_id,
        partner_id=link.partner_id,
        call_id=link.call_id,
    )
    return person


def _partner(work: UnitOfWork, code: str) -> int:
    found = work.session.scalars(select(Partner.id).where(Partner.code == code)).one_or_none()
    if found is None:
        raise NotFound("partner_unknown")
    return found


def _call(work: UnitOfWork, code: str) -> int:
    found = work.session.scalars(select(Call.id).where(Call.code == code)).one_or_none()
    if found is None:
        raise NotFound("call_unknown")
    return found
