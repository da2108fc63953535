"""The assignment problem as the solver gets it: seats, people, pairs with their worth, and bounds."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

TIE_RANGE = 1 << 16


@dataclass(frozen=True, slots=True)
class Pair:
    """A reviewer who may review a proposal, and what that is worth in points."""

    proposal: int
    reviewer: int
    value: int


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so many of these people on the proposal's panel."""

    proposal: int
    reviewers: frozenset[int]
    at_most: int


@dataclass(frozen=True, slots=True)
class Preference:
    """Each of these people above `at_most` on the proposal's panel costs `price` points."""

    proposal: int
    reviewers: frozenset[int]
    at_most: int
    price: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Seats to fill by proposal, room by reviewer, and all that may or may not be.

    `steps` are the prices of a reviewer's first, second … further review; they rise, so that loads
    come out even. Wanted first: as many seats filled as can be; then the most points; then `seed`
    chooses among what is equal, the same way every time.
    """

    seats: Mapping[int, int]
    rooms: Mapping[int, int]
    pairs: tuple[Pair, ...]
    caps: tuple[Cap, ...] = ()
    preferences: tuple[Preference, ...] = ()
    steps: Mapping[int, tuple[int, ...]] = field(default_factory=dict, hash=False)
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Solution:
    """Who reviews what; `filled` seats and then `value` points are proven to be the most there can be."""

    chosen: frozenset[tuple[int, int]]
    filled: int
    value: int

    def panel(self, proposal: int) -> tuple[int, ...]:
        """The people chosen for the proposal, in order of their ids."""
        return tuple(sorted(reviewer for one, reviewer in self.chosen if one == proposal))


def tie_worth(seed: int, pair: Pair) -> int:
    """What a pair is worth among equals: a number below TIE_RANGE, drawn from the seed."""
    drawn = hashlib.sha256(f"{seed}:{pair.proposal}:{pair.reviewer}".encode()).digest()
    return int.from_bytes(drawn[:4], "big") % TIE_RANGE


def make_seed(*parts: int) -> int:
    """The seed of a plan, from the ids of what it is made for; stored with it."""
    drawn = hashlib.sha256(":".join(str(part) for part in parts).encode()).digest()
    return int.from_bytes(drawn[:4], "big")
