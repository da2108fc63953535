"""The outbox (every obligation is a row), mails as rendered, notifications in the app, addresses set aside."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.domain.notices import OUTBOX_KINDS, OUTBOX_STATES
from webapp.models.base import Base, one_of, references, row_id


class OutboxRow(Base):
    """One obligation: an event to be told, a mail to be sent, a task to be done (`reliability.md` §1).

    The payload holds names and ids only. Rows of one `order_key` are claimed in order of their id.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        one_of("kind", OUTBOX_KINDS),
        one_of("state", OUTBOX_STATES),
        CheckConstraint(
            "(state = 'sending') = (lease_token IS NOT NULL AND lease_until IS NOT NULL)",
            name="leased_while_sending",
        ),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_has_time"),
        CheckConstraint("attempts >= 0 AND attempts <= max_attempts + 1", name="attempts_bounded"),
        Index("ix_outbox_due", "due_at", "id", postgresql_where=text("state = 'pending'")),
        Index("ix_outbox_leased", "lease_until", postgresql_where=text("state = 'sending'")),
        Index(
            "ix_outbox_order",
            "order_key",
            "id",
            postgresql_where=text("state IN ('pending', 'sending')"),
        ),
        Index("ix_outbox_state_created", "state", "created_at"),
        Index(
            "ix_outbox_webhook",
            text("((payload #>> '{webhook_id}'::text[])::bigint)"),
            "id",
            postgresql_where=text("kind = 'webhook'"),
        ),
    )

    id: Mapped[row_id]
    kind: Mapped[str]
    order_key: Mapped[str]
    dedupe_key: Mapped[str] = mapped_column(unique=True)
    message_id: Mapped[str] = mapped_column(unique=True)
    recipient_id: Mapped[int | None] = references("people.id", nullable=True)
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default="pending", server_default="pending")
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    max_attempts: Mapped[int] = mapped_column(default=12, server_default="12")
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    lease_token: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    last_error: Mapped[str | None]
    smtp_reply: Mapped[str | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class Mail(Base):
    """A mail as it was rendered when its event was told; every attempt sends just this.

    The bodies are None for mails that carry a secret link: these are rendered anew, the same.
    """

    __tablename__ = "mails"

    outbox_id: Mapped[int] = mapped_column(ForeignKey("outbox.id", ondelete="CASCADE"), primary_key=True)
    to_address: Mapped[str]
    to_name: Mapped[str] = mapped_column(default="", server_default="")
    subject: Mapped[str]
    text: Mapped[str | None]
    html: Mapped[str | None]
    headers: Mapped[dict[str, Any]]
    rendered_at: Mapped[datetime]


class Notification(Base):
    """One message to one person about one event: one for each (event, notice, person) (R54).

    `sentence` is the notice's subject in the language the person had then, `path` where it leads.
    """

    __tablename__ = "notifications"
    __table_args__ = (
        UniqueConstraint("event_id", "notice", "person_id"),
        Index(
            "ix_notifications_for_digest",
            "person_id",
            "id",
            postgresql_where=text("for_digest AND digested_at IS NULL"),
        ),
        Index(
            "ix_notifications_unread",
            "person_id",
            postgresql_where=text("read_at IS NULL"),
        ),
    )

    id: Mapped[row_id]
    event_id: Mapped[int] = references("events.id", index=False)
    notice: Mapped[str]
    person_id: Mapped[int] = references("people.id")
    proposal_id: Mapped[int | None] = references("proposals.id", nullable=True, ondelete="CASCADE")
    sentence: Mapped[str]
    path: Mapped[str]
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    # Waits for the person's daily mail, and when that told it (R52).
    for_digest: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    digested_at: Mapped[datetime | None]


class MutedNotice(Base):
    """A notice that a person wants no mails of any more; the bell still shows it (R55)."""

    __tablename__ = "muted_notices"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    notice: Mapped[str] = mapped_column(primary_key=True)
    muted_at: Mapped[datetime]


class MutedProposal(Base):
    """A proposal of which a person wants no optional mails; the bell still shows what happens to it."""

    __tablename__ = "muted_proposals"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("proposals.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    muted_at: Mapped[datetime]


class Wording(Base):
    """The secretariat's own words of one letter in one language: the highest number holds, all are kept (R57).

    `words` maps each sentence of the template to what is said instead; empty: the product's own words again.
    """

    __tablename__ = "wordings"
    __table_args__ = (UniqueConstraint("template", "language", "number"),)

    id: Mapped[row_id]
    template: Mapped[str]
    language: Mapped[str]
    number: Mapped[int]
    words: Mapped[dict[str, Any]]
    written_by_id: Mapped[int] = references("people.id")
    written_at: Mapped[datetime]


class Message(Base):
    """A message that a member of the secretariat wrote by hand, and to whom: a filter of people (R56)."""

    __tablename__ = "messages"

    id: Mapped[row_id]
    initiative_id: Mapped[int] = references("initiatives.id")
    subject: Mapped[str]
    text: Mapped[str]
    audience: Mapped[dict[str, Any]]
    # How many people fitted when it was sent; who they are is found as each is told.
    people: Mapped[int]
    event_id: Mapped[int | None] = references("events.id", nullable=True)
    written_by_id: Mapped[int] = references("people.id")
    sent_at: Mapped[datetime]


class Suppression(Base):
    """An address to which no mail goes since a receiving server refused it for good (R56)."""

    __tablename__ = "suppressions"

    email: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    since: Mapped[datetime]


class Webhook(Base):
    """Another system that is told of events, and the sealed secret by which it knows us (R66)."""

    __tablename__ = "webhooks"

    id: Mapped[row_id]
    url: Mapped[str]
    what_for: Mapped[str]
    secret: Mapped[bytes]
    added_by_id: Mapped[int] = references("people.id")
    added_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]
    stopped_because: Mapped[str] = mapped_column(default="", server_default="")


class CaughtMail(Base):
    """A mail that the demonstration's built-in mailbox received by SMTP."""

    __tablename__ = "caught_mails"

    id: Mapped[row_id]
    message_id: Mapped[str] = mapped_column(index=True)
    to_address: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str]
    raw: Mapped[bytes]
    received_at: Mapped[datetime]
