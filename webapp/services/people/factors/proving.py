"""Shows who a person is: the second step of signing in, and once more before dangerous things."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update

from webapp.domain.events import Event
from webapp.domain.factors import WRONG_AT_MOST, matching_step, recovery_hash
from webapp.domain.ports import NewPasskey
from webapp.models.factors import CodeApp, Passkey, RecoveryCode
from webapp.models.people import Person, SessionRow
from webapp.queries.factors import find_factors
from webapp.services import sessions
from webapp.services.people.factors.code_app import open_secret
from webapp.services.people.factors.passkeys import ask_to_sign, take_challenge
from webapp.services.people.throttle import count_try, network_of, tries
from webapp.services.work import UnitOfWork

TRIES_BY_PAIR = 10
TRIES_BY_PERSON = 100


@dataclass(frozen=True, slots=True)
class Given:
    """What a person gives to show who they are: a code of the app or a recovery code, or a passkey's answer."""

    code: str = ""
    passkey: str = ""


@dataclass(frozen=True, slots=True)
class Proved:
    """The outcome: the new session's token, or why there is none (`wrong`, `too_many`, `over`)."""

    token: str = ""
    refused: str = ""


def ask_passkey_to_sign_in(work: UnitOfWork, token: str) -> str:
    """Options for the browser, for a session that waits for the second factor; empty where none does."""
    row = sessions.hold_session(work, token, waits=True)
    return ask_to_sign(work, row) if row is not None else ""


def finish_sign_in(work: UnitOfWork, token: str, given: Given, *, network: str, device: str) -> Proved:
    """Take the second factor; the session's id is renewed.

    A wrong one is counted and kept, so this returns instead of raising. After some the password is asked
    again, and the person is told that somebody knows it; nobody is ever locked out by another's tries.
    """
    row = sessions.hold_session(work, token, waits=True)
    person = work.session.get(Person, row.person_id) if row is not None else None
    if row is None or person is None or person.disabled_at is not None:
        return Proved(refused="over")
    counted = (f"factor:{person.id}", f"factor:{person.id} {network_of(network)}")
    by_person, by_pair = (tries(work, key) for key in counted)
    if by_pair >= TRIES_BY_PAIR or (by_person >= TRIES_BY_PERSON and by_pair > 0):
        return Proved(refused="too_many")
    if not _fits(work, row, given):
        for key in counted:
            count_try(work, key)
        return _count_wrong(work, row, token)
    new = sessions.open_session(work, person, device=device, shared=row.shared_computer)
    sessions.end_session(work, token)
    return Proved(token=new)


def ask_passkey_to_step_up(work: UnitOfWork, token: str) -> str:
    """Options for the browser, for a session that has to show again whose it is; empty where it is over."""
    row = sessions.hold_session(work, token)
    return ask_to_sign(work, row) if row is not None else ""


def step_up(work: UnitOfWork, token: str, given: Given, *, password: str = "") -> Proved:
    """Show once more who one is: by the second factor where there is one, else by the password.

    Five wrong tries end this session, and no other.
    """
    row = sessions.hold_session(work, token)
    if row is None or row.person_id != work.actor.person_id:
        return Proved(refused="over")
    if find_factors(work.session, row.person_id).any:
        fits = _fits(work, row, given)
    else:
        person = work.session.get_one(Person, row.person_id)
        fits = work.ports.hasher.matches(person.password_hash, password)
    if not fits:
        return _count_wrong(work, row, token)
    row.proved_at, row.wrong_factors = work.now, 0
    return Proved(token=token)


def _count_wrong(work: UnitOfWork, row: SessionRow, token: str) -> Proved:
    row.wrong_factors += 1
    if row.wrong_factors < WRONG_AT_MOST:
        return Proved(refused="wrong")
    work.record(Event("SecondFactorRefused", "person", row.person_id))
    work.session.flush()
    sessions.end_session(work, token)
    return Proved(refused="over")


def _fits(work: UnitOfWork, row: SessionRow, given: Given) -> bool:
    if given.passkey:
        return _signed(work, row, given.passkey)
    return bool(given.code.strip()) and (_app_code(work, row, given.code) or _recovery_code(work, row, given.code))


def _app_code(work: UnitOfWork, row: SessionRow, code: str) -> bool:
    app = work.session.get(CodeApp, row.person_id, with_for_update=True)
    if app is None or app.confirmed_at is None:
        return False
    step = matching_step(open_secret(work, app), code, work.now, app.last_step)
    if step is not None:
        app.last_step = step
    return step is not None


def _recovery_code(work: UnitOfWork, row: SessionRow, code: str) -> bool:
    digest = recovery_hash(work.ports.signing_key, row.person_id, code)
    used = work.session.scalar(
        update(RecoveryCode)
        .where(
            RecoveryCode.person_id == row.person_id,
            RecoveryCode.code_hash == digest,
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=work.now)
        .returning(RecoveryCode.id)
    )
    if used is None:
        return False
    left = find_factors(work.session, row.person_id).codes_left
    work.record(Event("RecoveryCodeUsed", "person", row.person_id, {"left": left}))
    return True


def _signed(work: UnitOfWork, row: SessionRow, answer: str) -> bool:
    challenge = take_challenge(work, row)
    claimed = work.ports.passkeys.credential_id(answer)
    key = work.session.scalars(
        select(Passkey).where(Passkey.person_id == row.person_id, Passkey.credential_id == claimed).with_for_update()
    ).one_or_none()
    if challenge is None or key is None:
        return False
    known = NewPasskey(key.credential_id, key.public_key, key.sign_count)
    count = work.ports.passkeys.read_signed(answer, challenge, known)
    if count is None:
        return False
    key.sign_count, key.used_at = count, work.now
    return True
