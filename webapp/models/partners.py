"""Partners of an initiative, the rules of their own path, and vacancies."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base, one_of, references, row_id


class Partner(Base):
    """A country or international organisation that takes part; names by language are data."""

    __tablename__ = "partners"
    __table_args__ = (UniqueConstraint("initiative_id", "code"),)

    id: Mapped[row_id]
    initiative_id: Mapped[int] = references("initiatives.id", index=False)
    code: Mapped[str]
    names: Mapped[dict[str, Any]]
    capital: Mapped[str] = mapped_column(default="", server_default="")
    time_zone: Mapped[str] = mapped_column(default="UTC", server_default="UTC")
    office_email: Mapped[str] = mapped_column(default="", server_default="")
    joined_on: Mapped[date | None]
    left_on: Mapped[date | None]


class PartnerPath(Base):
    """One version of a partner's own path: clocks, signatures, silence (R32). Never changed."""

    __tablename__ = "partner_paths"
    __table_args__ = (UniqueConstraint("partner_id", "version"),)

    id: Mapped[row_id]
    partner_id: Mapped[int] = references("partners.id", index=False)
    version: Mapped[int]
    rule: Mapped[dict[str, Any]]
    created_by_id: Mapped[int | None] = references("people.id", nullable=True)
    created_at: Mapped[datetime]


class PartnerDay(Base):
    """A day that differs from the library's calendar of the partner: holiday or working day (R50)."""

    __tablename__ = "partner_days"
    __table_args__ = (UniqueConstraint("partner_id", "day"),)

    id: Mapped[row_id]
    partner_id: Mapped[int] = references("partners.id", index=False)
    day: Mapped[date]
    is_working: Mapped[bool]
    name: Mapped[str]


class Vacancy(Base):
    """Nobody can sign for a partner (R34): raised with its reason, closed when somebody can."""

    __tablename__ = "vacancies"
    __table_args__ = (
        one_of("reason", ("no_focal_point", "bounced", "silent")),
        Index("uq_vacancies_open", "partner_id", unique=True, postgresql_where=text("closed_at IS NULL")),
    )

    id: Mapped[row_id]
    partner_id: Mapped[int] = references("partners.id")
    reason: Mapped[str]
    raised_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
