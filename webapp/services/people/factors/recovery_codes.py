"""Recovery codes: made anew all together, shown once."""

from __future__ import annotations

import secrets

from sqlalchemy import delete

from webapp.domain.errors import NotNow
from webapp.domain.events import Event
from webapp.domain.factors import RECOVERY_CODES, RECOVERY_LENGTH, RECOVERY_LETTERS, recovery_code, recovery_hash
from webapp.domain.policy import Action
from webapp.models.factors import RecoveryCode
from webapp.queries.factors import find_factors
from webapp.services.access import allow
from webapp.services.work import UnitOfWork


def make_codes(work: UnitOfWork) -> list[str]:
    """New codes in the place of all before; this is the only time that anybody can read them.

    Raises NotNow where there is no second factor that they could stand in for.
    """
    allow(work, Action.USE_ACCOUNT)
    person_id = work.actor.person_id or 0
    if not find_factors(work.session, person_id).any:
        raise NotNow("factor_first")
    work.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    codes = [recovery_code(_draw()) for _ in range(RECOVERY_CODES)]
    work.session.add_all(
        RecoveryCode(
            person_id=person_id,
            code_hash=recovery_hash(work.ports.signing_key, person_id, code),
            made_at=work.now,
        )
        for code in codes
    )
    work.record(Event("RecoveryCodesMade", "person", person_id))
    return codes


def _draw() -> bytes:
    """Random bytes in which each letter of a code is as likely as any other."""
    even = 256 - 256 % len(RECOVERY_LETTERS)
    drawn = b""
    while len(drawn) < RECOVERY_LENGTH:
        drawn += bytes(byte for byte in secrets.token_bytes(RECOVERY_LENGTH) if byte < even)
    return drawn
