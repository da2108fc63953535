"""The audit chain: how an event is hashed onto the one before, and how a chain is verified (R62)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

SUBJECT_KINDS = ("proposal", "partner", "call", "person", "initiative")
START = "0" * 64


@dataclass(frozen=True, slots=True)
class Link:
    """One event as its chain sees it: all that is hashed, and the hash that was stored."""

    subject_kind: str
    subject_id: int
    number: int
    name: str
    at: datetime
    actor_id: int | None
    acting_for_id: int | None
    version_id: int | None
    payload: Mapping[str, Any]
    previous_hash: str
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain is broken: the subject, the number of the event, and how."""

    subject_kind: str
    subject_id: int
    number: int
    how: str


def link_hash(link: Link) -> str:
    """SHA-256 over the event's canonical JSON and the hash before it, as lower-case hex."""
    body = {
        "subject": [link.subject_kind, link.subject_id, link.number],
        "name": link.name,
        "at": link.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "who": [link.actor_id, link.acting_for_id],
        "version": link.version_id,
        "payload": link.payload,
        "previous": link.previous_hash,
    }
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def breaks(links: Iterable[Link], head: str, length: int) -> tuple[Break, ...]:
    """Every break of one subject's chain, given its links in order of number and its kept head.

    Finds a changed event (its hash no longer fits), a removed one (a number is missing, or the head
    names an event that is not there), an inserted one (more events than counted, or a link that does
    not follow).
    """
    found: list[Break] = []
    previous, expected = START, 1
    last: Link | None = None
    for link in links:
        if link.number != expected:
            found.append(_at(link, "removed" if link.number > expected else "inserted"))
        if link.previous_hash != previous and link.number == expected:
            found.append(_at(link, "does not follow"))
        if link_hash(link) != link.hash:
            found.append(_at(link, "changed"))
        previous, expected, last = link.hash, link.number + 1, link
    if last is None:
        return tuple(found)
    if expected - 1 < length:
        found.append(_at(last, "removed after"))
    elif expected - 1 > length:
        found.append(_at(last, "inserted after"))
    elif previous != head:
        found.append(_at(last, "head differs"))
    return tuple(found)


def _at(link: Link, how: str) -> Break:
    return Break(link.subject_kind, link.subject_id, link.number, how)
