"""Changes the address one signs in with: confirmed from the new one, told to the old, undone from the old."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select, update

from webapp.domain.errors import Invalid, NotAllowed, NotNow
from webapp.domain.events import Event
from webapp.domain.people import normal_email
from webapp.domain.policy import Action
from webapp.domain.problems import Problem
from webapp.models.notices import Suppression
from webapp.models.people import MailedLink, Person
from webapp.services.access import allow
from webapp.services.people.links import find_link, make_link
from webapp.services.people.throttle import count_try
from webapp.services.sessions import end_other_sessions
from webapp.services.work import UnitOfWork

CHANGES_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class AddressLink:
    """What a link about an address is for: the address, and whether the reader is its account's person."""

    email: str
    is_own: bool


def ask_for_address(work: UnitOfWork, email: str) -> None:
    """Mail a link to the new address; nothing changes before it is confirmed. The old address is told.

    An address that has an account gets a mail that says so; the page says the same in both cases.
    Raises Invalid where it is the address already, NotNow after too many tries.
    """
    allow(work, Action.USE_ACCOUNT)
    person = work.session.get_one(Person, work.actor.person_id)
    address = normal_email(email)
    if address == person.email:
        raise Invalid([Problem("account", "email", "address_same")])
    if count_try(work, f"address:{person.id}") > CHANGES_AT_MOST:
        raise NotNow("too_many_tries")
    _use_up(work, person.id, "change_address")
    if _taken(work, address, person.id):
        known = work.session.scalars(select(Person.id).where(Person.email == address)).one_or_none()
        if known is not None:
            work.record(Event("SignUpRepeated", "person", known))
    else:
        link = make_link(work, "change_address", address, person_id=person.id)
        work.record(Event("AddressChangeToConfirm", "person", person.id, {"link_id": link.id}))
    work.record(Event("AddressChangeAsked", "person", person.id))


def see_address_link(work: UnitOfWork, token: str, kind: str) -> AddressLink:
    """What the link is for; changes nothing."""
    link = find_link(work, token, kind)
    return AddressLink(link.email, link.person_id == work.actor.person_id)


def confirm_new_address(work: UnitOfWork, token: str) -> None:
    """Take the new address, signed in with the old one; the old one gets a link that undoes it for some days.

    Raises NotAllowed for anybody else, NotNow where the address has become another account's.
    """
    link = find_link(work, token, "change_address")
    if link.person_id != work.actor.person_id:
        raise NotAllowed("confirm_as_owner")
    person = work.session.get_one(Person, link.person_id, with_for_update=True)
    if _taken(work, link.email, person.id):
        raise NotNow("address_taken")
    link.used_at = work.now
    undo = make_link(work, "undo_address", person.email, person_id=person.id)
    _set_address(work, person, link.email)
    _use_up(work, person.id, "set_password")
    work.record(Event("AddressChanged", "person", person.id))
    work.record(Event("AddressChangeUndoable", "person", person.id, {"link_id": undo.id}))


def undo_address(work: UnitOfWork, token: str, typed: str) -> None:
    """Give the account its old address back: whoever took it over is shut out.

    The password counts no more and all sessions end; a link to set a new one goes to the old address. The
    address is typed once more, so that a program that follows links and presses buttons does nothing.
    Raises Invalid where it is another.
    """
    link = find_link(work, token, "undo_address")
    if normal_email(typed) != link.email:
        raise Invalid([Problem("account", "email", "address_other")])
    person = work.session.get_one(Person, link.person_id, with_for_update=True)
    link.used_at = work.now
    _use_up(work, person.id, "change_address", "undo_address", "set_password")
    _set_address(work, person, link.email)
    person.password_hash = None
    end_other_sessions(work, person.id)
    work.record(Event("AddressChangeUndone", "person", person.id))
    reset = make_link(work, "set_password", person.email, person_id=person.id)
    work.record(Event("PasswordResetAsked", "person", person.id, {"link_id": reset.id}))


def is_held(work: UnitOfWork, address: str) -> bool:
    """Whether the address can be given back to an account that had it: nobody else takes it so long."""
    return _held_by(work, address) is not None


def _held_by(work: UnitOfWork, address: str) -> int | None:
    return work.session.scalars(
        select(MailedLink.person_id)
        .where(
            MailedLink.email == address,
            MailedLink.kind == "undo_address",
            MailedLink.used_at.is_(None),
            MailedLink.expires_at > work.now,
        )
        .limit(1)
    ).one_or_none()


def _taken(work: UnitOfWork, address: str, person_id: int) -> bool:
    known = work.session.scalars(select(Person.id).where(Person.email == address)).one_or_none()
    return known is not None or _held_by(work, address) not in (None, person_id)


def _set_address(work: UnitOfWork, person: Person, address: str) -> None:
    person.email, person.undeliverable_at = address, None
    # Its owner has just read a mail there.
    work.session.execute(delete(Suppression).where(Suppression.email == address))
    work.session.flush()


def _use_up(work: UnitOfWork, person_id: int, *kinds: str) -> None:
    """Links that were mailed before are of no use any more."""
    work.session.execute(
        update(MailedLink)
        .where(MailedLink.person_id == person_id, MailedLink.kind.in_(kinds), MailedLink.used_at.is_(None))
        .values(used_at=work.now)
    )
