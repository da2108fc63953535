"""Signing up: an account, and a mail to confirm its address. The same words whether it was known or not."""

from __future__ import annotations

from sqlalchemy import select

from webapp.domain.errors import NotAllowed, NotNow
from webapp.domain.events import Event
from webapp.domain.people import normal_email
from webapp.models.people import Person
from webapp.services.people.address import is_held
from webapp.services.people.links import find_link, make_link
from webapp.services.people.passwords import check_password
from webapp.services.people.throttle import count_try, network_of
from webapp.services.work import UnitOfWork

MAILS_AT_MOST = 5
ACCOUNTS_BY_NETWORK = 100


def sign_up(
    work: UnitOfWork, *, name: str, email: str, password: str, language: str, time_zone: str, network: str
) -> None:
    """Make an account whose address is not confirmed yet, and mail the link that confirms it.

    An address that has an account gets a mail saying so; the page says the same in both cases, and the
    password is hashed in both, so that the answer takes as long. Raises Invalid for a weak password;
    NotNow when too many accounts were made from the network.
    """
    if count_try(work, f"sign_up_network:{network_of(network)}") > ACCOUNTS_BY_NETWORK:
        raise NotNow("too_many_tries")
    address = normal_email(email)
    check_password(password, name=name, email=address)
    stored = work.ports.hasher.hash(password)
    # Two requests for one address at once: the second waits for the first.
    if count_try(work, f"sign_up:{address}") > MAILS_AT_MOST:
        return
    known = work.session.scalars(select(Person).where(Person.email == address)).one_or_none()
    if known is None and is_held(work, address):
        return
    if known is not None:
        if known.confirmed_at is None:
            _ask_to_confirm(work, known)
        else:
            work.record(Event("SignUpRepeated", "person", known.id))
        return
    person = Person(
        email=address,
        name=name,
        language=language,
        time_zone=time_zone,
        password_hash=stored,
        created_at=work.now,
    )
    work.session.add(person)
    work.session.flush()
    work.record(Event("PersonSignedUp", "person", person.id))
    _ask_to_confirm(work, person)


def resend_confirmation(work: UnitOfWork) -> None:
    """Mail the link again to the person who is signed in."""
    person = work.session.get_one(Person, work.actor.person_id)
    if person.confirmed_at is None and count_try(work, f"sign_up:{person.email}") <= MAILS_AT_MOST:
        _ask_to_confirm(work, person)


def see_confirmation(work: UnitOfWork, token: str) -> Person:
    """Whose address the link confirms; changes nothing."""
    return work.session.get_one(Person, find_link(work, token, "confirm_address").person_id)


def confirm_address(work: UnitOfWork, token: str) -> Person:
    """Confirm an address by its mailed link, as the person who is signed in with its password.

    Who reads the mail and who chose the password are then the same: an account that somebody else made
    with this address is never confirmed for them.
    """
    link = find_link(work, token, "confirm_address")
    if link.person_id != work.actor.person_id:
        raise NotAllowed("confirm_as_owner")
    person = work.session.get_one(Person, link.person_id)
    link.used_at = work.now
    if person.confirmed_at is None:
        person.confirmed_at = work.now
        work.record(Event("AddressConfirmed", "person", person.id))
    return person


def _ask_to_confirm(work: UnitOfWork, person: Person) -> None:
    link = make_link(work, "confirm_address", person.email, person_id=person.id)
    work.record(Event("AddressToConfirm", "person", person.id, {"link_id": link.id}))
