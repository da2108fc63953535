"""Passwords: judged when chosen, changed by their owner, set by a mailed link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update

from webapp.domain.errors import Invalid, NotNow
from webapp.domain.events import Event
from webapp.domain.passwords import password_problem
from webapp.domain.people import normal_email
from webapp.domain.problems import Problem
from webapp.models.people import MailedLink, Person
from webapp.services.outbox.hooks import does
from webapp.services.people.links import find_link, make_link
from webapp.services.people.throttle import count_try, network_of
from webapp.services.sessions import end_other_sessions
from webapp.services.work import UnitOfWork

RESETS_AT_MOST = 5
RESETS_BY_NETWORK = 100


def check_password(password: str, *, name: str, email: str) -> None:
    """Raise Invalid where a password is too short, too long or too easily guessed."""
    problem = password_problem(password, (name, email))
    if problem is not None:
        raise Invalid([problem])


def ask_for_reset(work: UnitOfWork, email: str, *, network: str) -> None:
    """Mail a link to set a new password, if the address has an account; says nothing either way.

    The same rows are written in both cases, so that the answer takes as long; a worker goes on with them.
    Raises NotNow when too many links were asked for from the network.
    """
    if count_try(work, f"reset_network:{network_of(network)}") > RESETS_BY_NETWORK:
        raise NotNow("too_many_tries")
    address = normal_email(email)
    if count_try(work, f"reset:{address}") > RESETS_AT_MOST:
        return
    person = work.session.scalars(select(Person.id).where(Person.email == address)).one_or_none()
    link = make_link(work, "set_password", address, person_id=person)
    payload = {"task": "mail_reset", "link_id": link.id}
    work.oblige("task", payload, key=f"mail_reset:{link.id}", order=f"link:{link.id}")


@does("mail_reset")
def mail_reset(work: UnitOfWork, payload: Mapping[str, Any]) -> None:
    """Have the link mailed that was asked for, or take it away where the address has no account."""
    link = work.session.scalars(
        select(MailedLink).where(MailedLink.id == payload["link_id"]).with_for_update()
    ).one_or_none()
    if link is None or link.used_at is not None:
        return
    person = work.session.get(Person, link.person_id) if link.person_id else None
    if person is None or person.disabled_at is not None:
        work.session.delete(link)
        return
    work.record(Event("PasswordResetAsked", "person", person.id, {"link_id": link.id}))


def see_reset(work: UnitOfWork, token: str) -> Person:
    """Whose password the link sets; changes nothing."""
    return work.session.get_one(Person, find_link(work, token, "set_password").person_id)


def set_password(work: UnitOfWork, token: str, password: str) -> Person:
    """Set a password by a mailed link; confirms the address and ends all sessions."""
    link = find_link(work, token, "set_password")
    person = work.session.get_one(Person, link.person_id)
    check_password(password, name=person.name, email=person.email)
    link.used_at = work.now
    person.confirmed_at = person.confirmed_at or work.now
    _store(work, person, password)
    end_other_sessions(work, person.id)
    return person


def change_password(work: UnitOfWork, old: str, new: str, *, keep_token: str) -> Problem | None:
    """Change one's own password; ends the other sessions.

    A wrong old password is counted and kept, so this returns what is wrong instead of raising it.
    """
    person = work.session.get_one(Person, work.actor.person_id)
    if count_try(work, f"change:{person.id}") > RESETS_AT_MOST * 2:
        raise NotNow("too_many_tries")
    if not work.ports.hasher.matches(person.password_hash, old):
        return Problem("account", "old_password", "password_wrong")
    problem = password_problem(new, (person.name, person.email))
    if problem is None:
        _store(work, person, new)
        end_other_sessions(work, person.id, keep_token)
    return problem


def _store(work: UnitOfWork, person: Person, password: str) -> None:
    person.password_hash = work.ports.hasher.hash(password)
    # Links that were mailed before are of no use any more.
    work.session.execute(
        update(MailedLink)
        .where(MailedLink.person_id == person.id, MailedLink.kind == "set_password", MailedLink.used_at.is_(None))
        .values(used_at=work.now)
    )
    work.record(Event("PasswordChanged", "person", person.id))
