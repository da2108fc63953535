"""Takes away the second factors of somebody who has lost them all: by an administrator, never for oneself."""

from __future__ import annotations

from sqlalchemy import delete, select

from webapp.domain.errors import NotFound, NotNow
from webapp.domain.events import Event
from webapp.domain.people import Role, normal_email
from webapp.domain.policy import Action
from webapp.models.factors import CodeApp, Passkey, RecoveryCode
from webapp.models.people import Person
from webapp.queries.factors import find_factors
from webapp.services.access import allow
from webapp.services.sessions import end_other_sessions
from webapp.services.work import UnitOfWork


def clear_factors(work: UnitOfWork, person_id: int) -> None:
    """Remove all second factors and end all sessions; the person signs in with the password and adds new ones.

    Raises NotNow for who is no administrator and for one's own, NotFound where there is nothing to remove.
    """
    if not work.actor.is_system:
        allow(work, Action.MANAGE_PEOPLE)
        if not work.actor.has(Role.ADMINISTRATOR):
            raise NotNow("administrators_only")
        if person_id == work.actor.person_id:
            raise NotNow("own_account")
    if work.session.get(Person, person_id, with_for_update=True) is None:
        raise NotFound
    if not find_factors(work.session, person_id).any:
        raise NotFound
    for table in (CodeApp, Passkey, RecoveryCode):
        work.session.execute(delete(table).where(table.person_id == person_id))
    end_other_sessions(work, person_id)
    work.record(Event("FactorsCleared", "person", person_id))


def clear_factors_of(work: UnitOfWork, email: str) -> None:
    """The same for the account with this address, from the command line; raises NotFound."""
    found = work.session.scalars(select(Person.id).where(Person.email == normal_email(email))).one_or_none()
    if found is None:
        raise NotFound
    clear_factors(work, found)
