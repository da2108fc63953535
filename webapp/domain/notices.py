"""Notices: the outbox's words, and the table event → audience → template → urgency (R53)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any

OUTBOX_KINDS = ("event", "mail", "task")
OUTBOX_STATES = ("pending", "sending", "sent", "dead", "unknown", "suppressed", "cancelled")
URGENCIES = ("mail", "digest", "app")
# Who can be told. What each means for an event is looked up by `queries/notices.py`.
AUDIENCES = (
    "applicant",
    "collaborators",
    "secretariat",
    "other_secretariat",
    "focal_points",
    "lead_focal_points",
    "partner_focal_points",
    "partner_deputies",
    "reviewers",
    "reviewer",
    "person",
    "address",
)


@dataclass(frozen=True, slots=True)
class Notice:
    """One row of the table: whom this event is told to, by which template, how urgently."""

    id: str
    event: str
    audience: str
    template: str
    urgency: str
    is_mandatory: bool = True
    carries_secret: bool = False


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

    def notice(self, notice_id: str) -> Notice:
        """The notice with this id; raises KeyError."""
        return {n.id: n for rows in self.by_event.values() for n in rows}[notice_id]


def parse_notices(raw: Mapping[str, Any]) -> NoticeTable:
    """Read the table from its data: [[notice]] rows and a [silent] table of event → reason.

    Raises ValueError for an unknown audience or urgency and for an id that is used twice.
    """
    by_event: dict[str, list[Notice]] = {}
    ids: set[str] = set()
    for row in raw["notice"]:
        notice = Notice(
            id=row["id"],
            event=row["event"],
            audience=row["audience"],
            template=row.get("template", row["id"]),
            urgency=row.get("urgency", "mail"),
            is_mandatory=row.get("mandatory", True),
            carries_secret=row.get("carries_secret", False),
        )
        if notice.audience not in AUDIENCES or notice.urgency not in URGENCIES:
            raise ValueError(f"notice {notice.id}: unknown audience or urgency")
        if notice.id in ids:
            raise ValueError(f"notice {notice.id} stands twice")
        ids.add(notice.id)
        by_event.setdefault(notice.event, []).append(notice)
    return NoticeTable(
        by_event=MappingProxyType({event: tuple(rows) for event, rows in by_event.items()}),
        silent=MappingProxyType(dict(raw.get("silent", {}))),
    )


def next_try(attempts: int, first_pause: timedelta, longest: timedelta, jitter: float) -> timedelta:
    """The pause after so many failed tries: doubling, bounded, with 0 ≤ jitter < 1 adding up to a fifth."""
    doubled: timedelta = first_pause * 2 ** min(attempts - 1, 20)
    return min(doubled, longest) * (1 + jitter / 5)
