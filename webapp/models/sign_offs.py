"""Sign-offs: what an organisation's signatory was asked to certify before submission, and what came of it (R69)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.domain.sign_offs import STATES
from webapp.models.base import Base, one_of, references, row_id


class SignOff(Base):
    """One time that an organisation's signatory was asked; asked again, it gets another row and number.

    `sha256` is the hash of the content that was signed: the same that the version then has.
    """

    __tablename__ = "sign_offs"
    __table_args__ = (
        one_of("state", STATES),
        CheckConstraint("(state = 'asked') = (settled_at IS NULL)", name="settled_has_time"),
        CheckConstraint("(state = 'signed') = (sha256 IS NOT NULL)", name="signed_has_hash"),
        UniqueConstraint("proposal_id", "organisation_id", "number"),
    )

    id: Mapped[row_id]
    proposal_id: Mapped[int] = references("proposals.id", index=False)
    organisation_id: Mapped[int] = references("organisations.id")
    number: Mapped[int]
    state: Mapped[str] = mapped_column(default="asked", server_default="asked")
    link_id: Mapped[int] = references("mailed_links.id")
    asked_by_id: Mapped[int] = references("people.id")
    asked_at: Mapped[datetime]
    # As the signatory typed it when certifying.
    signed_by: Mapped[str] = mapped_column(default="", server_default="")
    sha256: Mapped[str | None]
    reason: Mapped[str] = mapped_column(default="", server_default="")
    settled_at: Mapped[datetime | None]
