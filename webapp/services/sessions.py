"""Sessions as rows: opened at sign-in, looked up at each request, ended by the person or by time."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from webapp.domain.factors import PROVED_MINUTES, WAITING_MINUTES, needs_factor
from webapp.domain.people import Actor, session_lengths
from webapp.domain.rulebook import Limits
from webapp.models.people import Person, SessionRow
from webapp.queries import people as ask_people
from webapp.queries.factors import has_factor
from webapp.services.work import UnitOfWork

# A session's "last seen" is written at most this often, so that reading pages does not write.
SEEN_EVERY = timedelta(minutes=5)
PROVED = timedelta(minutes=PROVED_MINUTES)


def open_session(work: UnitOfWork, person: Person, *, device: str, shared: bool, waits: bool = False) -> str:
    """Open a session for the person; returns the token for the cookie.

    One that `waits` for the second factor signs nobody in, and ends soon.
    """
    token = secrets.token_urlsafe(32)
    lasts = timedelta(minutes=WAITING_MINUTES) if waits else _lengths(work.rules.limits, shared)[1]
    work.session.add(
        SessionRow(
            token_hash=_digest(token),
            person_id=person.id,
            created_at=work.now,
            seen_at=work.now,
            expires_at=work.now + lasts,
            device=device[:200],
            proved_at=work.now,
            shared_computer=shared,
            waits_for_factor=waits,
        )
    )
    return token


@dataclass(frozen=True, slots=True)
class Found:
    """Who a session belongs to, whether it is time to note that it was seen, whether the person has shown
    lately who they are, whether others use the computer too."""

    actor: Actor
    is_to_touch: bool
    is_proved: bool
    is_shared: bool


def find_session(session: Session, token: str, limits: Limits, now: datetime | None = None) -> Found | None:
    """The person behind a session's token, unless it ended by time: the clock's, or where None the database's."""
    row = session.execute(
        select(SessionRow, func.clock_timestamp().label("now"), has_factor(SessionRow.person_id).label("has_factor"))
        .join(Person, Person.id == SessionRow.person_id)
        .where(
            SessionRow.token_hash == _digest(token),
            Person.disabled_at.is_(None),
            SessionRow.waits_for_factor.is_(False),
        )
    ).one_or_none()
    if row is None:
        return None
    held: SessionRow = row[0]
    now = now or row.now
    if now >= held.expires_at or now - held.seen_at > _lengths(limits, held.shared_computer)[0]:
        return None
    actor = ask_people.find_actor(session, held.person_id, now)
    if actor is None:
        return None
    if limits.second_factor_required and needs_factor(actor) and not row.has_factor:
        # Without the second factor that the seats ask for they count for nothing.
        actor = replace(actor, seats=(), must_enrol=True)
    return Found(actor, now - held.seen_at > SEEN_EVERY, now - held.proved_at <= PROVED, held.shared_computer)


def hold_session(work: UnitOfWork, token: str, *, waits: bool = False) -> SessionRow | None:
    """The session's row, locked: an open one, or one that waits for the second factor; None where there is none."""
    return work.session.scalars(
        select(SessionRow)
        .where(
            SessionRow.token_hash == _digest(token),
            SessionRow.waits_for_factor.is_(waits),
            SessionRow.expires_at > work.now,
        )
        .with_for_update()
    ).one_or_none()


def find_waiting(work: UnitOfWork, token: str) -> int | None:
    """Whose second factor the browser's session waits for; None where it waits for none."""
    row = hold_session(work, token, waits=True) if token else None
    return row.person_id if row is not None else None


def touch(work: UnitOfWork, token: str) -> None:
    """Note that the session was seen, at most every few minutes."""
    work.session.execute(
        update(SessionRow)
        .where(SessionRow.token_hash == _digest(token), SessionRow.seen_at < work.now - SEEN_EVERY)
        .values(seen_at=work.now)
    )


def end_session(work: UnitOfWork, token: str) -> None:
    """End one session (signing out)."""
    work.session.execute(delete(SessionRow).where(SessionRow.token_hash == _digest(token)))


def end_other_sessions(work: UnitOfWork, person_id: int, keep_token: str = "") -> None:
    """End all sessions of a person but the one given: at a new password or a change of rights."""
    work.session.execute(
        delete(SessionRow).where(SessionRow.person_id == person_id, SessionRow.token_hash != _digest(keep_token))
    )


def _lengths(limits: Limits, shared: bool) -> tuple[timedelta, timedelta]:
    return session_lengths(limits.session_idle_hours, limits.session_absolute_hours, shared=shared)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
