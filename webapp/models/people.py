"""People, the seats they hold, their sessions, the links mailed to them, and organisations."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.domain.people import LINK_KINDS, ORGANISATION_KINDS, ROLES
from webapp.models.base import Base, one_of, references, row_id


class Person(Base):
    """One person with an account. Erasure replaces the contact columns and keeps the row (R60)."""

    __tablename__ = "people"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint("digest_hour BETWEEN 0 AND 23", name="digest_hour_known"),
    )

    id: Mapped[row_id]
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    address_as: Mapped[str] = mapped_column(default="", server_default="")
    language: Mapped[str] = mapped_column(default="en", server_default="en")
    time_zone: Mapped[str] = mapped_column(default="UTC", server_default="UTC")
    theme: Mapped[str] = mapped_column(default="", server_default="")
    password_hash: Mapped[str | None]
    confirmed_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    # When the person asked for erasure while something stood in the way; and when it was done (R60).
    erasure_asked_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    # Set when a receiving server refused the address for good (R56).
    undeliverable_at: Mapped[datetime | None]
    # One mail a day at this hour of the person's own zone, for what need not come at once (R52).
    digest_hour: Mapped[int | None]
    # What is optional comes under Alerts alone; what is not mandatory waits for the partner's next working day.
    app_only: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    quiet_weekends: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    organisation_id: Mapped[int | None] = references("organisations.id", nullable=True)
    created_at: Mapped[datetime]

    seats: Mapped[list[SeatRow]] = relationship(order_by="SeatRow.id", foreign_keys="SeatRow.person_id")


class SeatRow(Base):
    """A role held for a scope: secretariat of an initiative, focal point of a partner (R1)."""

    __tablename__ = "seats"
    __table_args__ = (
        one_of("role", ROLES),
        CheckConstraint("(role IN ('focal_point', 'deputy')) = (partner_id IS NOT NULL)", name="partner_scope"),
        CheckConstraint("(role = 'reviewer') = (call_id IS NOT NULL)", name="call_scope"),
        CheckConstraint(
            "role IN ('administrator', 'focal_point', 'deputy', 'reviewer') OR initiative_id IS NOT NULL",
            name="initiative_scope",
        ),
        UniqueConstraint(
            "person_id",
            "role",
            "initiative_id",
            "partner_id",
            "call_id",
            postgresql_nulls_not_distinct=True,
            name="uq_seats_one_each",
        ),
    )

    id: Mapped[row_id]
    person_id: Mapped[int] = references("people.id")
    role: Mapped[str]
    initiative_id: Mapped[int | None] = references("initiatives.id", nullable=True)
    partner_id: Mapped[int | None] = references("partners.id", nullable=True)
    call_id: Mapped[int | None] = references("calls.id", nullable=True)
    # A deputy acts from starts_on to ends_on, both included, in the partner's days (R34).
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    granted_by_id: Mapped[int | None] = references("people.id", nullable=True)
    granted_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SessionRow(Base):
    """One signed-in browser; the cookie holds the id, the row its SHA-256 only."""

    __tablename__ = "sessions"

    id: Mapped[row_id]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    person_id: Mapped[int] = references("people.id", ondelete="CASCADE")
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    device: Mapped[str] = mapped_column(default="", server_default="")
    shared_computer: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    # Password given, second factor not yet: nobody is signed in by such a row.
    waits_for_factor: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    # When the person last showed who they are; dangerous things ask again after a while.
    proved_at: Mapped[datetime]
    wrong_factors: Mapped[int] = mapped_column(default=0, server_default="0")
    # What the browser's passkey has to sign, once.
    challenge: Mapped[bytes | None] = mapped_column(LargeBinary)
    challenge_until: Mapped[datetime | None]


class MailedLink(Base):
    """A link mailed to a person: to confirm an address, set a password, take a seat.

    The token in the mail is derived from the row and the application's secret
    (`webapp.domain.people.link_token`); no row holds it.
    """

    __tablename__ = "mailed_links"
    __table_args__ = (
        one_of("kind", LINK_KINDS),
        Index("ix_mailed_links_email_kind", "email", "kind"),
    )

    id: Mapped[row_id]
    kind: Mapped[str]
    nonce: Mapped[bytes] = mapped_column(LargeBinary)
    email: Mapped[str]
    person_id: Mapped[int | None] = references("people.id", nullable=True, ondelete="CASCADE")
    # Invitations: the seat or collaboration that accepting gives.
    role: Mapped[str | None]
    initiative_id: Mapped[int | None] = references("initiatives.id", nullable=True)
    partner_id: Mapped[int | None] = references("partners.id", nullable=True)
    call_id: Mapped[int | None] = references("calls.id", nullable=True)
    proposal_id: Mapped[int | None] = references("proposals.id", nullable=True)
    invited_by_id: Mapped[int | None] = references("people.id", nullable=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Organisation(Base):
    """A body that carries out projects; claimed by an applicant, confirmed by its partner."""

    __tablename__ = "organisations"
    __table_args__ = (
        one_of("kind", ORGANISATION_KINDS),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name="confirmed_by_someone"),
        CheckConstraint("(signatory_name = '') = (signatory_email = '')", name="signatory_has_address"),
        UniqueConstraint("partner_id", "name"),
    )

    id: Mapped[row_id]
    partner_id: Mapped[int] = references("partners.id", index=False)
    name: Mapped[str]
    kind: Mapped[str]
    website: Mapped[str] = mapped_column(default="", server_default="")
    claimed_by_id: Mapped[int | None] = references("people.id", nullable=True, use_alter=True)
    claimed_at: Mapped[datetime]
    confirmed_by_id: Mapped[int | None] = references("people.id", nullable=True, use_alter=True)
    confirmed_at: Mapped[datetime | None]
    # Who certifies what is submitted in its name; empty where it asks for no signature (R69).
    signatory_name: Mapped[str] = mapped_column(default="", server_default="")
    signatory_email: Mapped[str] = mapped_column(default="", server_default="")


class Throttle(Base):
    """How often a thing was tried in the running window: sign-in by account and by network."""

    __tablename__ = "throttles"

    key: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    window_ends_at: Mapped[datetime] = mapped_column(index=True)


class KeptForm(Base):
    """A form that was posted after its session had ended, sealed until the person signs in again (R5)."""

    __tablename__ = "kept_forms"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    person_id: Mapped[int] = references("people.id", ondelete="CASCADE")
    # Where it goes and what it says: the server keeps it for its person, and reads it only for them.
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    kept_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
