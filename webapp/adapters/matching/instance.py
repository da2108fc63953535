"""A matching problem as arrays: proposals, reviewers, the pairs that may be, what each is worth."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy
from numpy.typing import NDArray

Ints = NDArray[numpy.int64]
Small = NDArray[numpy.int32]
Flags = NDArray[numpy.bool_]

ABSENT = numpy.iinfo(numpy.int32).min
"""Stands in a block where there is no pair."""

BLOCK_CELLS = 2_000_000


@dataclass(frozen=True, slots=True)
class Block:
    """Some proposals in a row with their candidates side by side: `worth` of each, ABSENT where the list is shorter.

    `reviewer` has a row for each proposal, or one row for all where everybody is a candidate of every proposal.
    """

    first: int
    worth: Small
    reviewer: Small

    @property
    def proposals(self) -> range:
        """The places of the block's proposals."""
        return range(self.first, self.first + len(self.worth))

    def reviewers(self, row: int) -> Small:
        """The candidates of one of its rows, in the order of `worth`."""
        candidates: Small = self.reviewer[row if len(self.reviewer) > 1 else 0]
        return candidates

    def cost_of(self, price: Ints) -> Any:
        """The reviewers' prices, in the order of `worth`."""
        return price[self.reviewer]


@dataclass(frozen=True, slots=True)
class Instance:
    """`seats` by proposal; `least` and `most` by reviewer; the pairs in blocks.

    `steps` are the prices of a reviewer's first, second … review, rising; none where loads cost nothing.
    """

    seats: Ints
    least: Ints
    most: Ints
    blocks: tuple[Block, ...]
    steps: Ints | None = field(default=None)

    @property
    def proposals(self) -> int:
        """How many proposals there are."""
        return len(self.seats)

    @property
    def reviewers(self) -> int:
        """How many reviewers there are."""
        return len(self.most)

    @property
    def highest(self) -> int:
        """The largest worth of any pair, at least 0."""
        return max([0, *(int(block.worth.max(initial=0)) for block in self.blocks)])

    @property
    def lowest(self) -> int:
        """The smallest worth of any pair, at most 0."""
        real = (block.worth[block.worth != ABSENT] for block in self.blocks)
        return min([0, *(int(worth.min(initial=0)) for worth in real)])

    def place_of(self, proposal: int) -> tuple[int, int]:
        """The number of the block that holds the proposal, and its row there."""
        number = bisect_right(self.blocks, proposal, key=lambda block: block.first) - 1
        return number, proposal - self.blocks[number].first


def from_lists(seats: Ints, least: Ints, most: Ints, pairs: tuple[Any, Any, Any]) -> Instance:
    """An instance from pairs (proposal, reviewer, worth) side by side; every pair at most once."""
    proposal, reviewer, worth = pairs
    order = numpy.lexsort((reviewer, proposal))
    proposal, reviewer, worth = proposal[order], reviewer[order], worth[order]
    counts = numpy.bincount(proposal, minlength=len(seats))
    starts = numpy.concatenate([[0], numpy.cumsum(counts)])
    blocks = tuple(_list_blocks(starts, counts, reviewer.astype(numpy.int32), worth.astype(numpy.int32)))
    return Instance(seats, least, most, blocks)


def from_matrix(seats: Ints, least: Ints, most: Ints, worth: Small) -> Instance:
    """An instance in which everybody may review everything but where the matrix says ABSENT."""
    everybody = numpy.arange(len(most), dtype=numpy.int32)[None]
    rows = max(1, BLOCK_CELLS // max(1, len(most)))
    blocks = tuple(Block(first, worth[first : first + rows], everybody) for first in range(0, len(seats), rows))
    return Instance(seats, least, most, blocks)


def _list_blocks(starts: Any, counts: Any, reviewer: Small, worth: Small) -> Iterator[Block]:
    first, proposals = 0, len(counts)
    while first < proposals:
        last, widest = first + 1, max(1, int(counts[first]))
        while last < proposals and (last + 1 - first) * max(widest, int(counts[last])) <= BLOCK_CELLS:
            widest = max(widest, int(counts[last]))
            last += 1
        row = numpy.repeat(numpy.arange(last - first), counts[first:last])
        part = slice(starts[first], starts[last])
        place = numpy.arange(starts[first], starts[last]) - starts[first:last][row]
        filled = numpy.full((last - first, widest), ABSENT, numpy.int32)
        people = numpy.zeros((last - first, widest), numpy.int32)
        filled[row, place], people[row, place] = worth[part], reviewer[part]
        yield Block(first, filled, people)
        first = last
