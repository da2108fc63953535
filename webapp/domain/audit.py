"""The audit chain: how an event is hashed onto the one before, and how a chain is verified (R62)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
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


ROOT_WAITS = timedelta(minutes=15)
"""How long after a day its root is made: longer than any transaction lasts, so that no event of it comes later."""
ROOT_DAYS = 31
_TITLE = "Proposal Desk: root of the record"


@dataclass(frozen=True, slots=True)
class Head:
    """The last event of one subject's chain, as far as a root reaches."""

    subject_kind: str
    subject_id: int
    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class Root:
    """One hash over the heads of all chains at the end of a day; `cut` is the id of the last event it covers."""

    day: date
    cut: int
    chains: int
    events: int
    root: str


def make_root(day: date, cut: int, heads: Iterable[Head]) -> Root:
    """The root over these heads, which come in order of kind and id (R62).

    Whoever keeps it elsewhere can later tell whether any event up to that day was changed, removed or
    slipped in, even by somebody who could write the whole database anew.
    """
    digest = hashlib.sha256(f"{_TITLE} 1\n{day.isoformat()}\n{cut}\n".encode())
    chains = events = 0
    for head in heads:
        digest.update(f"{head.subject_kind} {head.subject_id} {head.number} {head.hash}\n".encode())
        chains, events = chains + 1, events + head.number
    return Root(day, cut, chains, events, digest.hexdigest())


def day_over(day: date) -> datetime:
    """The first moment after the day, in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=UTC)


def days_without_root(last: date | None, now: datetime) -> list[date]:
    """The days that are over and have no root yet, a month of them at most; without any root, the last such day.

    After a clock that jumped back there is none.
    """
    newest = (now.astimezone(UTC) - ROOT_WAITS).date() - timedelta(days=1)
    first = newest if last is None else max(last + timedelta(days=1), newest - timedelta(days=ROOT_DAYS - 1))
    return [first + timedelta(days=number) for number in range((newest - first).days + 1)]


def write_root(root: Root) -> str:
    """A root as a file to be kept elsewhere."""
    return (
        f"{_TITLE}\nday {root.day.isoformat()}\ncut {root.cut}\n"
        f"chains {root.chains}\nevents {root.events}\nroot {root.root}\n"
    )


def read_root(text: str) -> Root:
    """A root from the file that `write_root` makes; raises ValueError for any other text."""
    title, _newline, rest = text.strip().partition("\n")
    held = dict(line.split(" ", 1) for line in rest.splitlines() if " " in line)
    if title.strip() != _TITLE or held.keys() != {"day", "cut", "chains", "events", "root"}:
        raise ValueError("this is not the file of a root")
    return Root(
        date.fromisoformat(held["day"]), int(held["cut"]), int(held["chains"]), int(held["events"]), held["root"]
    )
