"""Notices: the outbox's words, and the table event → audience → template → urgency (R53)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from webapp.domain.calendars import Calendar, add_working_days, day_begins, is_working_day, local_day

OUTBOX_KINDS = ("event", "mail", "task", "webhook")
OUTBOX_STATES = ("pending", "sending", "sent", "dead", "unknown", "suppressed", "cancelled")
# States that a person can send again from, and those that can still be called off.
RETRIED_FROM = ("dead", "unknown", "suppressed", "cancelled")
CANCELLED_FROM = ("pending", "dead", "unknown")
# mail_only tells what stands under Alerts already: the daily mail.
URGENCIES = ("mail", "app", "mail_only")
# Who can be told. What each means for an event is looked up by `queries/notices`.
AUDIENCES = (
    "applicant",
    "collaborators",
    "secretariat",
    "other_secretariat",
    "uninvolved_secretariat",
    "administrators",
    "auditors",
    "focal_points",
    "asked_focal_points",
    "lead_focal_points",
    "partner_focal_points",
    "partner_deputies",
    "partner_office",
    "signatory",
    "reviewers",
    "reviewers_done",
    "reviewer",
    "person",
    "actor",
    "address",
    "chosen",
)
# A message written by hand: its notice, and the circles of people it can go to.
MESSAGE_NOTICE = "message_by_hand"
MESSAGE_CIRCLES = ("applicants", "collaborators", "focal_points", "deputies", "reviewers", "secretariat")
# The queue in which a task of the outbox is done; those not named are done with the mails.
LANES = MappingProxyType({"review_routing": "routing", "check_document": "documents"})
USUAL_LANE = "outbox"
# Tries of what happens inside our own database: what fails so often is a fault to be mended.
OWN_TRIES = 6
# Parts of an event's payload in which people write: never in a mail (R55).
FREE_TEXT = frozenset({"reason", "text", "question", "answer", "comment", "note"})


@dataclass(frozen=True, slots=True)
class Notice:
    """One row of the table: whom this event is told to, by which template, how urgently."""

    id: str
    event: str
    audiences: tuple[str, ...]
    template: str
    urgency: str = "mail"
    is_mandatory: bool = True
    carries_secret: bool = False
    names_actor: bool = False
    path: str = ""
    expires_days: int | None = None


@dataclass(frozen=True, slots=True)
class NoticeTable:
    """All notices by event, and the events that are told to nobody, each with its reason."""

    by_event: Mapping[str, tuple[Notice, ...]]
    silent: Mapping[str, str]

    def tells(self, event: str) -> bool:
        """Whether somebody is told of this event."""
        return event in self.by_event

    def knows(self, event: str) -> bool:
        """Whether the event has a row or is said to be silent."""
        return event in self.by_event or event in self.silent

    def notices(self) -> tuple[Notice, ...]:
        """All notices in the order of the table."""
        return tuple(notice for rows in self.by_event.values() for notice in rows)

    def notice(self, notice_id: str) -> Notice | None:
        """The notice with this id; None where the table has it no more."""
        return next((notice for notice in self.notices() if notice.id == notice_id), None)


def parse_notices(raw: Mapping[str, Any]) -> NoticeTable:
    """Read the table from its data: [[notice]] rows and a [silent] table of event → reason.

    Raises ValueError for an unknown word, for an id that is used twice, for an event that is both
    told and silent.
    """
    by_event: dict[str, list[Notice]] = {}
    ids: set[str] = set()
    silent: Mapping[str, str] = raw.get("silent", {})
    for row in raw["notice"]:
        notice = _parse_notice(row)
        if notice.id in ids:
            raise ValueError(f"notice {notice.id} stands twice")
        if notice.event in silent:
            raise ValueError(f"notice {notice.id}: its event {notice.event} is said to be silent")
        ids.add(notice.id)
        by_event.setdefault(notice.event, []).append(notice)
    return NoticeTable(
        by_event=MappingProxyType({event: tuple(rows) for event, rows in by_event.items()}),
        silent=MappingProxyType(dict(silent)),
    )


def _parse_notice(row: Mapping[str, Any]) -> Notice:
    known = {"id", "event", "audience", "template", "urgency", "mandatory", "carries_secret", "names_actor"}
    if unknown := row.keys() - known - {"path", "expires_days"}:
        raise ValueError(f"notice {row.get('id')}: unknown words {', '.join(sorted(unknown))}")
    told = row["audience"]
    notice = Notice(
        id=row["id"],
        event=row["event"],
        audiences=(told,) if isinstance(told, str) else tuple(told),
        template=row.get("template", row["id"]),
        urgency=row.get("urgency", "mail"),
        is_mandatory=row.get("mandatory", True),
        carries_secret=row.get("carries_secret", False),
        names_actor=row.get("names_actor", False),
        path=row.get("path", ""),
        expires_days=row.get("expires_days"),
    )
    if not notice.audiences or not set(notice.audiences) <= set(AUDIENCES) or notice.urgency not in URGENCIES:
        raise ValueError(f"notice {notice.id}: unknown audience or urgency")
    if notice.carries_secret and "{token}" not in notice.path:
        raise ValueError(f"notice {notice.id}: its path does not hold the {{token}} it carries")
    return notice


def next_digest(now: datetime, hour: int, zone: str) -> datetime:
    """When the daily mail goes out next: at this hour of the person's own clock, in UTC, later than now (R52)."""
    there = now.astimezone(ZoneInfo(zone))
    day = there.date()
    while True:
        at = datetime.combine(day, time(hour), tzinfo=ZoneInfo(zone)).astimezone(UTC)
        if at > now:
            return at
        day += timedelta(days=1)


def after_rest(calendar: Calendar, at: datetime) -> datetime:
    """The same moment, or 09:00 of the next working day where it falls on a day of rest of the calendar's partner."""
    day = local_day(calendar, at)
    return at if is_working_day(calendar, day) else day_begins(calendar, add_working_days(calendar, day, 0))


def next_working_digest(now: datetime, hour: int, zone: str, calendar: Calendar) -> datetime:
    """When the daily mail goes out next on a working day of the calendar's partner."""
    at = next_digest(now, hour, zone)
    while not is_working_day(calendar, local_day(calendar, at)):
        at = next_digest(at, hour, zone)
    return at


def lane_of(task: str) -> str:
    """The queue in which a task of the outbox is done."""
    return LANES.get(task, USUAL_LANE)


def next_try(attempts: int, first_pause: timedelta, longest: timedelta, jitter: float) -> timedelta:
    """The pause after so many failed tries: doubling, bounded, with 0 ≤ jitter < 1 adding up to a fifth."""
    doubled: timedelta = first_pause * 2 ** min(max(attempts, 1) - 1, 20)
    return min(doubled, longest) * (1 + jitter / 5)


def mute_token(secret: str, person_id: int, notice: str) -> str:
    """The token of a mail's unsubscribe address: whom and what it switches off, with a MAC."""
    digest = hmac.new(secret.encode(), f"mute|{person_id}|{notice}".encode(), hashlib.sha256).digest()
    mac = base64.urlsafe_b64encode(digest[:18]).decode().rstrip("=")
    return f"{person_id}.{notice}.{mac}"


def read_mute_token(secret: str, token: str) -> tuple[int, str] | None:
    """Whom and what the token switches off: (person, notice); None when it is not one of ours."""
    person, _, rest = token.partition(".")
    notice = rest.rpartition(".")[0]
    if not (person.isascii() and person.isdigit() and len(person) <= 15 and notice):
        return None
    expected = mute_token(secret, int(person), notice)
    return (int(person), notice) if hmac.compare_digest(expected.encode(), token.encode()) else None


_STATUS = re.compile(r"^5\d\d[ -](?:b?['\"])?(5\.\d{1,3}\.\d{1,3})")


def is_hard_bounce(reply: str) -> bool:
    """Whether a receiving server's final no to a recipient says that the address itself is bad (R56).

    By the enhanced status (RFC 3463) where there is one: 5.1.x address, 5.2.1 mailbox disabled; else by
    the code 550, 551 or 553. A full mailbox, a policy, a refused relay say nothing of the address.
    """
    found = _STATUS.match(reply)
    if found:
        return found[1].startswith("5.1.") or found[1] == "5.2.1"
    return reply[:3] in ("550", "551", "553")
