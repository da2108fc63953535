"""Passkeys: asked of the browser, added, removed."""

from __future__ import annotations

import secrets

from sqlalchemy import select

from webapp.domain.errors import Invalid, NotAllowed, NotFound, NotNow
from webapp.domain.events import Event
from webapp.domain.factors import CHALLENGE_MINUTES, PASSKEYS_AT_MOST
from webapp.domain.policy import Action
from webapp.domain.problems import Problem
from webapp.models.factors import Passkey
from webapp.models.people import SessionRow
from webapp.services.access import allow
from webapp.services.people.factors.ending import check_removal, end_of_removal
from webapp.services.sessions import end_other_sessions, hold_session
from webapp.services.work import UnitOfWork

NAME_AT_MOST = 60


def ask_to_make(work: UnitOfWork, token: str) -> str:
    """Options for the browser to make a passkey, with a challenge that this session has to answer soon."""
    allow(work, Action.USE_ACCOUNT)
    row = hold_session(work, token)
    if row is None or not work.ports.passkeys.is_offered:
        raise NotFound
    known = _known(work, row.person_id)
    return work.ports.passkeys.ask_to_make(row.person_id, work.actor.email, known, set_challenge(work, row))


def add_passkey(work: UnitOfWork, token: str, answer: str, name: str) -> None:
    """Keep the passkey that the browser made. Raises Invalid where the answer does not fit the challenge."""
    row = hold_session(work, token)
    if row is None:
        raise NotFound
    challenge = take_challenge(work, row)
    made = work.ports.passkeys.read_made(answer, challenge) if challenge else None
    known = _known(work, row.person_id)
    if made is None:
        raise Invalid([Problem("account", "name", "passkey_unfit")])
    if len(known) >= PASSKEYS_AT_MOST:
        raise NotNow("passkeys_many", {"most": PASSKEYS_AT_MOST})
    if work.session.scalar(select(Passkey.id).where(Passkey.credential_id == made.credential_id)) is not None:
        raise NotAllowed("passkey_known")
    work.session.add(
        Passkey(
            person_id=row.person_id,
            credential_id=made.credential_id,
            public_key=made.public_key,
            sign_count=made.sign_count,
            name=" ".join(name.split())[:NAME_AT_MOST],
            made_at=work.now,
        )
    )
    end_other_sessions(work, row.person_id, token)
    work.record(Event("PasskeyAdded", "person", row.person_id))


def remove_passkey(work: UnitOfWork, passkey_id: int, *, keep_token: str) -> None:
    """Take one of one's own passkeys away. Raises NotNow where it is the last factor of who needs one."""
    row = work.session.get(Passkey, passkey_id, with_for_update=True)
    if row is None or row.person_id != work.actor.person_id:
        raise NotFound
    check_removal(work)
    work.session.delete(row)
    work.record(Event("PasskeyRemoved", "person", row.person_id))
    end_of_removal(work, keep_token)


def ask_to_sign(work: UnitOfWork, row: SessionRow) -> str:
    """Options for the browser to sign with one of the person's passkeys; raises NotFound where there is none."""
    known = _known(work, row.person_id)
    if not known:
        raise NotFound
    return work.ports.passkeys.ask_to_sign(known, set_challenge(work, row))


def set_challenge(work: UnitOfWork, row: SessionRow) -> bytes:
    """A new challenge for this session, in the place of any before."""
    row.challenge, row.challenge_until = secrets.token_bytes(32), work.later(minutes=CHALLENGE_MINUTES)
    return row.challenge


def take_challenge(work: UnitOfWork, row: SessionRow) -> bytes | None:
    """The session's challenge, used up by this; None where there is none or it is too old."""
    challenge, until = row.challenge, row.challenge_until
    row.challenge = row.challenge_until = None
    return challenge if until is not None and until > work.now else None


def _known(work: UnitOfWork, person_id: int) -> list[bytes]:
    found = select(Passkey.credential_id).where(Passkey.person_id == person_id).order_by(Passkey.id)
    return list(work.session.scalars(found))
