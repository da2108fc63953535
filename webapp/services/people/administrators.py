"""The first administrator, made from the command line."""

from __future__ import annotations

from sqlalchemy import select

from webapp.domain.events import Event
from webapp.domain.people import Role, normal_email
from webapp.models.people import Person
from webapp.services.people.links import make_link, token_of
from webapp.services.people.seats import grant_seat
from webapp.services.work import UnitOfWork


def create_administrator(work: UnitOfWork, email: str, name: str) -> str:
    """Make the person an administrator; returns the token of a link to set a password, which is mailed too."""
    address = normal_email(email)
    person = work.session.scalars(select(Person).where(Person.email == address)).one_or_none()
    if person is None:
        person = Person(email=address, name=name, created_at=work.now)
        work.session.add(person)
        work.session.flush()
        work.record(Event("PersonSignedUp", "person", person.id))
    grant_seat(work, person, Role.ADMINISTRATOR)
    link = make_link(work, "set_password", person.email, person_id=person.id)
    work.record(Event("PasswordResetAsked", "person", person.id, {"link_id": link.id}))
    return token_of(work, link)
