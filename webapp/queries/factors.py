"""Questions about second factors: which a person has, and whether one is there at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from webapp.models.factors import CodeApp, Passkey, RecoveryCode


@dataclass(frozen=True, slots=True)
class PasskeyLine:
    """One of one's own passkeys."""

    id: int
    name: str
    made_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Factors:
    """What a person signs in with besides the password; how many recovery codes are left."""

    code_app_at: datetime | None
    passkeys: tuple[PasskeyLine, ...]
    codes_left: int

    @property
    def any(self) -> bool:
        """Whether there is a second factor."""
        return self.code_app_at is not None or bool(self.passkeys)

    @property
    def count(self) -> int:
        """How many second factors there are."""
        return len(self.passkeys) + (self.code_app_at is not None)


def has_factor(person_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """The condition under which the person in this column has a second factor."""
    return or_(
        exists().where(CodeApp.person_id == person_id, CodeApp.confirmed_at.is_not(None)),
        exists().where(Passkey.person_id == person_id),
    )


def find_factors(session: Session, person_id: int) -> Factors:
    """One person's second factors."""
    left = select(func.count()).where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    app = select(CodeApp.confirmed_at).where(CodeApp.person_id == person_id)
    head = session.execute(select(app.scalar_subquery(), left.scalar_subquery())).one()
    keys = session.scalars(select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.id))
    return Factors(
        code_app_at=head[0],
        passkeys=tuple(PasskeyLine(key.id, key.name, key.made_at, key.used_at) for key in keys),
        codes_left=head[1],
    )
