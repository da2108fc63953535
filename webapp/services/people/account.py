"""One's own account: how a person is named, read to and timed; and their sessions."""

from __future__ import annotations

from sqlalchemy import delete

from webapp.domain.errors import NotFound
from webapp.domain.events import Event
from webapp.models.people import Person, SessionRow
from webapp.services.sessions import end_other_sessions
from webapp.services.work import UnitOfWork


def change_account(work: UnitOfWork, *, name: str, address_as: str, language: str, time_zone: str, theme: str) -> None:
    """Write the person's own settings."""
    person = work.session.get_one(Person, work.actor.person_id)
    person.name, person.address_as = name, address_as
    person.language, person.time_zone, person.theme = language, time_zone, theme


def end_own_session(work: UnitOfWork, session_id: int) -> None:
    """End one of one's own sessions."""
    ended = work.session.execute(
        delete(SessionRow).where(SessionRow.id == session_id, SessionRow.person_id == work.actor.person_id)
    )
    if not ended.rowcount:  # type: ignore[attr-defined]
        raise NotFound
    work.record(Event("SessionsEnded", "person", work.actor.person_id or 0))


def end_all_others(work: UnitOfWork, keep_token: str) -> None:
    """End every session of one's own but this."""
    end_other_sessions(work, work.actor.person_id or 0, keep_token)
    work.record(Event("SessionsEnded", "person", work.actor.person_id or 0))
