"""Texts of drafts: which fields of two differ, where an entry of a list is now (R6), what a copy carries (R13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from webapp.domain.completeness.texts import read_day
from webapp.domain.texts import is_blank
from webapp.domain.versions import canonical_json

DIGITS = 16


@dataclass(frozen=True, slots=True)
class Differing:
    """A field that two people left with different values.

    `is_mine` where I changed it since I saw it; where I did not, the other's change stands unless I say so.
    """

    name: str
    mine: Any
    theirs: Any
    is_mine: bool


def fingerprint(value: Any) -> str:
    """A short mark of a value: the same for the same value, and for all that is empty."""
    plain = None if is_blank(value) or value is False else value
    return sha256(canonical_json(plain)).hexdigest()[:DIGITS]


def fingerprints(values: Mapping[str, Any]) -> dict[str, str]:
    """The marks of fields as somebody sees them, to tell later which of them that person changed."""
    return {name: fingerprint(value) for name, value in values.items()}


def differing(mine: Mapping[str, Any], theirs: Mapping[str, Any], seen: Mapping[str, str]) -> tuple[Differing, ...]:
    """The fields of mine that differ from theirs, in my order; `seen` are the marks of what I began with."""
    found = []
    for name, value in mine.items():
        mark = fingerprint(value)
        if mark != fingerprint(theirs.get(name)):
            found.append(Differing(name, value, theirs.get(name), is_mine=mark != seen.get(name)))
    return tuple(found)


def find_entry(entries: Sequence[Any], mark: str, near: int) -> int | None:
    """Where the entry with this mark stands now, the one nearest to its former place; None where it is no more."""
    places = [place for place, entry in enumerate(entries) if fingerprint(entry) == mark]
    return min(places, key=lambda place: abs(place - near), default=None)


def without_past_days(value: Any, today: date) -> Any:
    """The content without the days (fields that end in `_on`) that are over: a copy is planned anew (R13)."""
    if isinstance(value, list):
        return [without_past_days(entry, today) for entry in value]
    if not isinstance(value, Mapping):
        return value
    kept = {}
    for key, entry in value.items():
        day = read_day(entry) if key.endswith("_on") else None
        if day is None or day >= today:
            kept[key] = without_past_days(entry, today)
    return kept
