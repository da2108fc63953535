"""The unit of work: one actor, one moment, one transaction, one commit.

Rows, events, timers and outbox rows of a verb are written together or not at all (R24). This is the
only module that commits.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any

from sqlalchemy import Text, cast, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from webapp.domain.audit import START, Link, link_hash
from webapp.domain.deadlines import Timer
from webapp.domain.events import Event
from webapp.domain.notices import OWN_TRIES, lane_of
from webapp.domain.people import Actor
from webapp.domain.ports import (
    Caller,
    Clock,
    DocumentChecker,
    Files,
    Holidays,
    Mailer,
    Passkeys,
    PasswordHasher,
    Renderer,
    ReportReader,
    ReturnedMails,
    Sealer,
    Solver,
    TaskBus,
)
from webapp.domain.rulebook import Rulebook
from webapp.domain.webhooks import SUBJECTS
from webapp.models.audit import AuditChain, EventRow, FormKey
from webapp.models.deadlines import TimerRow
from webapp.models.notices import OutboxRow, Webhook


@dataclass(frozen=True, slots=True)
class Ports:
    """The things outside that verbs may use, built by `webapp.wiring`."""

    clock: Clock
    hasher: PasswordHasher
    files: Files
    bus: TaskBus
    mailer: Mailer
    renderer: Renderer
    documents: DocumentChecker
    holidays: Holidays
    solver: Solver
    sealer: Sealer
    passkeys: Passkeys
    signing_key: str
    caller: Caller
    returned: ReturnedMails | None = None
    report_readers: Mapping[str, ReportReader] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Obligation:
    """What an outbox row is made of: a second one with the same key is the same obligation (R54)."""

    kind: str
    payload: Mapping[str, Any]
    key: str
    order: str
    recipient_id: int | None = None
    due_at: datetime | None = None
    expires_at: datetime | None = None


class UnitOfWork:
    """What a verb works with: the session, who acts, at what time, and what to write beside rows."""

    def __init__(self, session: Session, actor: Actor, ports: Ports, rules: Rulebook) -> None:
        self.session = session
        self.actor = actor
        self.ports = ports
        self.rules = rules
        self._now: datetime | None = None
        self._nudges: list[tuple[str, tuple[int, ...]]] = []
        self._lanes: set[str] = set()
        self._seen_to = ""

    @property
    def now(self) -> datetime:
        """The moment of this unit of work, in UTC: the clock's, else the database's; read once."""
        if self._now is None:
            with self.session.no_autoflush:  # a verb may ask for the time while it fills in a new row
                given = self.ports.clock.now() or self.session.scalars(select(func.clock_timestamp())).one()
            self._now = given.astimezone(UTC)
        return self._now

    @property
    def known_now(self) -> datetime | None:
        """The moment where it is known without asking; None leaves it to the statement that is to be sent anyway."""
        return self._now or self.ports.clock.now()

    def record(self, event: Event) -> int:
        """Write the event at the end of its subject's chain and, if anybody is told, its outbox row.

        Returns the event's id. The subject's row must be locked by the verb already.
        """
        head, number = self._lock_chain(event.subject_kind, event.subject_id)
        link = Link(
            subject_kind=event.subject_kind,
            subject_id=event.subject_id,
            number=number + 1,
            name=event.name,
            at=self.now,
            actor_id=self.actor.person_id,
            acting_for_id=event.acting_for_id,
            version_id=event.version_id,
            payload=dict(event.payload),
            previous_hash=head,
        )
        row = EventRow(
            **{name: getattr(link, name) for name in Link.__slots__ if name != "hash"},
            hash=link_hash(link),
        )
        self.session.add(row)
        self.session.flush()
        self.session.execute(
            update(AuditChain)
            .where(
                AuditChain.subject_kind == event.subject_kind,
                AuditChain.subject_id == event.subject_id,
            )
            .values(head=row.hash, length=row.number)
        )
        if self.rules.notices.tells(event.name):
            self.oblige("event", {"event_id": row.id}, key=f"event:{row.id}", order=_order(event))
        if event.subject_kind in SUBJECTS:
            self._tell_systems(row.id, event)
        return row.id

    def _tell_systems(self, event_id: int, event: Event) -> None:
        """An outbox row for each system that is told of events (R66)."""
        table = OutboxRow.metadata.tables[OutboxRow.__tablename__]
        unique = func.replace(cast(func.gen_random_uuid(), Text), "-", "")
        new = {
            "kind": literal("webhook"),
            "order_key": func.concat("webhook:", Webhook.id, "/", _order(event)),
            "dedupe_key": func.concat("webhook:", event_id, ":", Webhook.id),
            "message_id": func.concat("<", unique, "@", self.rules.limits.mail_domain, ">"),
            "payload": func.jsonb_build_object("webhook_id", Webhook.id, "event_id", event_id),
            "max_attempts": literal(self.rules.limits.outbox_max_attempts),
            "due_at": literal(self.now),
            "created_at": literal(self.now),
        }
        told = select(*new.values()).where(Webhook.stopped_at.is_(None))
        made = self.session.execute(insert(table).from_select(list(new), told).returning(table.c.id))
        if made.first() is not None:
            self._lanes.add("webhooks")

    def oblige(
        self,
        kind: str,
        payload: Mapping[str, Any],
        *,
        key: str,
        order: str,
        recipient_id: int | None = None,
        due_at: datetime | None = None,
        expires_at: datetime | None = None,
    ) -> int | None:
        """Write an outbox row; a second one with the same key is the same obligation (R54).

        Returns the row's id, or None where the obligation was there already.
        """
        made = Obligation(kind, payload, key, order, recipient_id, due_at, expires_at)
        return self.oblige_all([made]).get(key)

    def oblige_all(self, obligations: Sequence[Obligation]) -> dict[str, int]:
        """Write many outbox rows at once; returns the ids of those that were not there already, by their keys."""
        if not obligations:
            return {}
        self._lanes.update(lane_of(str(one.payload.get("task", ""))) for one in obligations)
        table = OutboxRow.metadata.tables[OutboxRow.__tablename__]
        made = self.session.execute(
            insert(table)
            .on_conflict_do_nothing(index_elements=["dedupe_key"])
            .returning(table.c.dedupe_key, table.c.id),
            [self._row_of(one) for one in obligations],
        )
        return dict(made.all())

    def _row_of(self, one: Obligation) -> dict[str, Any]:
        limits = self.rules.limits
        return {
            "kind": one.kind,
            "order_key": one.order,
            "dedupe_key": one.key,
            "message_id": f"<{uuid.uuid4().hex}@{limits.mail_domain}>",
            "recipient_id": one.recipient_id,
            "payload": dict(one.payload),
            "max_attempts": limits.outbox_max_attempts if one.kind == "mail" else OWN_TRIES,
            "due_at": one.due_at or self.now,
            "expires_at": one.expires_at,
            "created_at": self.now,
        }

    def set_timers(
        self, timers: Iterable[Timer], subject_kind: str, subject_id: int, *, proposal_id: int | None = None
    ) -> None:
        """Write timers of one subject; the same timer set twice is one, with the facts of the last time (R51)."""
        for timer in timers:
            row = insert(TimerRow)
            self.session.execute(
                row.values(
                    kind=timer.kind,
                    subject_kind=subject_kind,
                    subject_id=subject_id,
                    proposal_id=proposal_id,
                    due_at=timer.due_at,
                    facts=timer.facts(),
                    set_at=self.now,
                ).on_conflict_do_update(
                    index_elements=["kind", "subject_kind", "subject_id", "due_at"],
                    set_={"facts": row.excluded.facts},
                    where=TimerRow.done_at.is_(None),
                )
            )

    def nudge(self, task: str, *args: int) -> None:
        """Ask for a worker's attention after the commit; losing it loses nothing."""
        self._nudges.append((task, args))

    def see_to(self, lane: str) -> None:
        """Say that this process looks through the lane anyway once this is committed: no nudge for it."""
        self._seen_to = lane

    def first_answer(self, key: str) -> str | None:
        """Where the first use of this one-time form key led, or None when this is the first (R9).

        A second request with the same key waits here for the first one's transaction.
        """
        if not key:
            return None
        taken = self.session.execute(
            insert(FormKey)
            .values(key=key, person_id=self.actor.person_id, answer="", created_at=self.now)
            .on_conflict_do_nothing(index_elements=["key"])
            .returning(FormKey.key)
        ).scalar()
        if taken is not None:
            return None
        return self.session.scalars(
            select(FormKey.answer).where(FormKey.key == key, FormKey.person_id == self.actor.person_id)
        ).one_or_none()

    def remember_answer(self, key: str, answer: str) -> None:
        """Keep where this use of the form key led."""
        if key:
            own = update(FormKey).where(FormKey.key == key, FormKey.person_id == self.actor.person_id)
            self.session.execute(own.values(answer=answer))

    def later(self, **delta: float) -> datetime:
        """The moment that lies so much after now."""
        return self.now + timedelta(**delta)

    def commit(self) -> None:
        """Commit once, then nudge; called by leaving the `with` block of `open_work`."""
        self.session.commit()
        for lane in sorted(self._lanes - {self._seen_to}):
            self.ports.bus.nudge(f"{lane}.run")
        for task, args in self._nudges:
            self.ports.bus.nudge(task, *args)

    def _lock_chain(self, kind: str, subject_id: int) -> tuple[str, int]:
        self.session.execute(
            insert(AuditChain)
            .values(subject_kind=kind, subject_id=subject_id, head=START, length=0)
            .on_conflict_do_nothing()
        )
        chain = self.session.execute(
            select(AuditChain.head, AuditChain.length)
            .where(AuditChain.subject_kind == kind, AuditChain.subject_id == subject_id)
            .with_for_update()
        ).one()
        return chain.head, chain.length


def _order(event: Event) -> str:
    return f"{event.subject_kind}:{event.subject_id}"


class OpenWork:
    """A `with` block around a unit of work: commits when left, rolls back when an error leaves it."""

    def __init__(self, make: Callable[[], UnitOfWork]) -> None:
        self._make = make

    def __enter__(self) -> UnitOfWork:
        self._work = self._make()
        return self._work

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._work.commit()
            else:
                self._work.session.rollback()
        finally:
            self._work.session.close()


@contextmanager
def reading(session: Session) -> Iterator[Session]:
    """A read-only session that is closed at the end; nothing it did is kept."""
    try:
        yield session
    finally:
        session.rollback()
        session.close()
