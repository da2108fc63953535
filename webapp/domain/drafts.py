"""Two texts of one section: which fields differ, who changed them, and where an entry of a list is now (R6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

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
