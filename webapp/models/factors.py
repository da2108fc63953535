"""Second factors of signing in: the code app, passkeys, recovery codes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base, references, row_id


class CodeApp(Base):
    """The secret that a person's code app shares with the product, sealed with a key of the application's.

    It counts once `confirmed_at` is set; `last_step` is the step of the last code that was taken, since
    each code is taken once.
    """

    __tablename__ = "code_apps"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    sealed_secret: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(default=0, server_default="0")


class Passkey(Base):
    """A passkey: its public half, and how often it has signed."""

    __tablename__ = "passkeys"
    __table_args__ = (CheckConstraint("sign_count >= 0", name="signs_counted"),)

    id: Mapped[row_id]
    person_id: Mapped[int] = references("people.id", ondelete="CASCADE")
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int]
    name: Mapped[str]
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """A code that stands in once for a lost factor; the row holds its hash only."""

    __tablename__ = "recovery_codes"

    id: Mapped[row_id]
    person_id: Mapped[int] = references("people.id", ondelete="CASCADE")
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
