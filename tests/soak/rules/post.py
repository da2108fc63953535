"""The outbox: a row for each event that somebody is told of, none twice, nothing left undone after a sweep."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from tests.soak.judging import Look, rule
from webapp.models.notices import Notification, OutboxRow


@rule("R24", "R54")
def every_event_is_told_once(look: Look) -> Iterator[str]:
    """Each new event that the table of notices tells has one row, and one alone."""
    told = {event.id for event in look.events if look.seen.rules.notices.tells(event.name)}
    if not told:
        return
    number = OutboxRow.payload["event_id"].as_integer()
    rows = Counter(look.session.scalars(select(number).where(OutboxRow.kind == "event", number >= min(told))))
    for event in sorted(told):
        if rows[event] != 1:
            yield f"event {event} has {rows[event]} rows"


@rule("R54", "R56")
def a_sweep_leaves_nothing(look: Look) -> Iterator[str]:
    """After one no row is due or leased, and none has failed but mails that a server refused."""
    if "outbox" not in look.swept:
        return
    earlier = aliased(OutboxRow)
    # Where the clock went back, a row can wait behind an earlier one that is not due any more.
    waits = exists().where(
        earlier.order_key == OutboxRow.order_key,
        earlier.kind == OutboxRow.kind,
        earlier.id < OutboxRow.id,
        earlier.state == "pending",
        earlier.due_at > look.seen.now,
    )
    is_due = (OutboxRow.state == "pending") & (OutboxRow.due_at <= look.seen.now) & ~waits
    left = select(OutboxRow).where((OutboxRow.state == "sending") | is_due)
    for row in look.session.scalars(left):
        yield f"row {row.id} ({row.kind} {row.payload}) is still {row.state}: {row.last_error}"
    failed = select(OutboxRow).where(
        OutboxRow.kind != "mail",
        OutboxRow.last_error.is_not(None),
        OutboxRow.last_error.not_like("No longer applies%"),
    )
    for row in look.session.scalars(failed):
        yield f"row {row.id} ({row.kind} {row.payload}) failed: {row.last_error}"


@rule("R54")
def one_event_tells_one_person_once(look: Look) -> Iterator[str]:
    """One mail and one line in the app for each event, notice and person."""
    if "outbox" not in look.swept:
        return
    event, notice = OutboxRow.payload["event_id"].as_integer(), OutboxRow.payload["notice"].as_string()
    mails = (
        select(event, notice, OutboxRow.recipient_id, func.count())
        .where(OutboxRow.kind == "mail", OutboxRow.recipient_id.is_not(None))
        .group_by(event, notice, OutboxRow.recipient_id)
        .having(func.count() > 1)
    )
    lines = (
        select(Notification.event_id, Notification.notice, Notification.person_id, func.count())
        .group_by(Notification.event_id, Notification.notice, Notification.person_id)
        .having(func.count() > 1)
    )
    for found in (*look.session.execute(mails), *look.session.execute(lines)):
        yield f"told more than once: {tuple(found)}"
