"""Signing in and out: throttled by account and by network, without ever locking an account."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from webapp.domain.people import normal_email
from webapp.models.people import Person
from webapp.queries.factors import find_factors
from webapp.services import sessions
from webapp.services.people.throttle import count_try, forget_tries, network_of, tries
from webapp.services.work import UnitOfWork

# By one network for one account; by one network; and for one account by all networks together.
TRIES_BY_PAIR = 10
TRIES_BY_NETWORK = 60
TRIES_BY_ACCOUNT = 100


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The outcome of a try: a session's token, or why there is none (`wrong`, `too_many`).

    A session that `waits` signs nobody in before the second factor is given.
    """

    token: str = ""
    refused: str = ""
    person_id: int | None = None
    waits: bool = False


def sign_in(
    work: UnitOfWork, email: str, password: str, *, network: str, device: str, shared: bool, old_token: str = ""
) -> SignedIn:
    """Open a session where address and password fit.

    A wrong password is counted and kept even though nobody is signed in, so this returns instead of
    raising. The old session of the browser ends: its id is renewed at each sign-in.
    """
    address = normal_email(email)
    place = network_of(network)
    counted = (f"sign_in:{address}", f"network:{place}", f"sign_in:{address} {place}")
    if _too_many(*(tries(work, key) for key in counted)):
        return SignedIn(refused="too_many")
    person = work.session.scalars(select(Person).where(Person.email == address)).one_or_none()
    fits = work.ports.hasher.matches(person.password_hash if person else None, password)
    if person is None or not fits or person.disabled_at is not None:
        for key in counted:
            count_try(work, key)
        return SignedIn(refused="wrong")
    forget_tries(work, counted[-1])
    if person.password_hash and work.ports.hasher.is_stale(person.password_hash):
        person.password_hash = work.ports.hasher.hash(password)
    if old_token:
        sessions.end_session(work, old_token)
    waits = find_factors(work.session, person.id).any
    token = sessions.open_session(work, person, device=device, shared=shared, waits=waits)
    return SignedIn(token=token, person_id=person.id, waits=waits)


def _too_many(by_account: int, by_network: int, by_pair: int) -> bool:
    """Guesses from elsewhere keep nobody out: a network that has not erred on this account may always try."""
    if by_pair >= TRIES_BY_PAIR or by_network >= TRIES_BY_NETWORK:
        return True
    return by_account >= TRIES_BY_ACCOUNT and by_pair > 0


def sign_in_without_password(work: UnitOfWork, email: str, *, device: str) -> SignedIn:
    """Open a session for one of the demonstration's people, whose password stands on the sign-in page.

    No second factor is asked: nothing in a demonstration is worth keeping from its visitors.
    """
    address = normal_email(email)
    if not work.rules.limits.demo or not address.endswith("@demo.example"):
        return SignedIn(refused="wrong")
    person = work.session.scalars(select(Person).where(Person.email == address)).one_or_none()
    if person is None:
        return SignedIn(refused="wrong")
    return SignedIn(token=sessions.open_session(work, person, device=device, shared=False), person_id=person.id)
