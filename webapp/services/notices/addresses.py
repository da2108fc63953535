"""Addresses to which no mail goes since a server refused them for good, and letting them in again (R56)."""

from __future__ import annotations

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert

from webapp.domain.errors import NotFound
from webapp.domain.events import Event
from webapp.domain.people import normal_email
from webapp.domain.policy import Action
from webapp.models.notices import Suppression
from webapp.models.people import Person
from webapp.services.access import allow
from webapp.services.work import UnitOfWork


def set_address_aside(work: UnitOfWork, email: str, reason: str) -> None:
    """Stop mail to the address, and mark the account that has it."""
    work.session.execute(
        insert(Suppression).values(email=email, reason=reason[:500], since=work.now).on_conflict_do_nothing()
    )
    work.session.execute(
        update(Person)
        .where(Person.email == email, Person.undeliverable_at.is_(None))
        .values(undeliverable_at=work.now)
        .execution_options(synchronize_session=False)
    )


def write_to_again(work: UnitOfWork, email: str) -> None:
    """Let mail go to the address again, because it works now (or somebody believes so). Raises NotFound."""
    allow(work, Action.SEE_OUTBOX)
    address = normal_email(email)
    gone = work.session.execute(delete(Suppression).where(Suppression.email == address).returning(Suppression.email))
    if gone.scalar() is None:
        raise NotFound
    person = work.session.execute(
        update(Person)
        .where(Person.email == address)
        .values(undeliverable_at=None)
        .execution_options(synchronize_session=False)
        .returning(Person.id)
    ).scalar()
    if person is not None:
        work.record(Event("AddressLetInAgain", "person", person))
