"""Finds the best matching over all pairs from few of them: columns are added by price until no pair could gain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy

from webapp.adapters.matching.instance import ABSENT, Block, Flags, Instance, Ints
from webapp.adapters.matching.network import OUT, Columns, Flow, Shape, price_of, solve

FIRST = 20
"""How many of the best pairs of a proposal the flow begins with."""

MORE = 10
"""How many pairs of a proposal are added at once, those that gain most."""

NEAR = 14
"""How many pairs of a proposal are near enough to being of use while floors and bounds are tried."""

MANY = 150_000
NARROWED = 2
"""After so many rounds, of more pairs than these only those near to being of use are worked with further."""

NEVER = 1 << 40


@dataclass(slots=True)
class Pool:
    """Which pairs the flow works with, block by block."""

    instance: Instance
    taken: list[Flags]

    @classmethod
    def of(cls, instance: Instance, first: int = FIRST) -> Pool:
        """The best pairs of each proposal; where a list is short, all of it."""
        taken = []
        for block in instance.blocks:
            taken.append(_best(block.worth, first) & (block.worth != ABSENT))
        return cls(instance, taken)

    def add(self, other: list[Flags]) -> None:
        """Take these pairs too."""
        self.taken = [mine | more for mine, more in zip(self.taken, other, strict=True)]

    def near(self, shape: Shape, flow: Flow, count: int = NEAR) -> Pool:
        """A smaller pool: for each proposal the pairs that are nearest to being of use at these prices."""
        load = entry_price(self.instance, shape, flow)
        kept = []
        for block, taken in zip(self.instance.blocks, self.taken, strict=True):
            gain = numpy.where(taken, gains_of(block, shape, flow, load), -NEVER)
            kept.append(_best(gain, count) & taken)
        return Pool(self.instance, kept)

    @property
    def size(self) -> int:
        """How many pairs are taken."""
        return sum(int(taken.sum()) for taken in self.taken)

    def columns(self, shape: Shape) -> Columns:
        """The pairs taken, those that the shape rules out aside."""
        parts = [_columns(block, taken, shape) for block, taken in zip(self.instance.blocks, self.taken, strict=True)]
        proposal, reviewer, worth, bound = (numpy.concatenate([part[place] for part in parts]) for place in range(4))
        return Columns(proposal, reviewer, worth, bound)


@dataclass(frozen=True, slots=True)
class Found:
    """A best flow over all pairs: the columns with the flow; `rounds` of adding columns proved it."""

    columns: Columns
    flow: Flow
    rounds: int

    @property
    def pairs(self) -> tuple[Ints, Ints, Ints]:
        """Proposal, reviewer and worth of what is chosen."""
        chosen = self.flow.chosen
        return self.columns.proposal[chosen], self.columns.reviewer[chosen], self.columns.worth[chosen]

    def sums(self, proposals: int) -> Ints:
        """The worth of each proposal's panel."""
        proposal, _reviewer, worth = self.pairs
        return numpy.bincount(proposal, weights=worth, minlength=proposals).astype(numpy.int64)


def optimum(instance: Instance, pool: Pool, shape: Shape | None = None, *, is_draft: bool = False) -> Found:
    """The best flow over every pair that the shape allows, certified by its prices; the pool grows.

    A draft is the best over the pool alone, for trying.
    """
    shape = shape or Shape()
    rounds = 0
    while True:
        rounds += 1
        columns = pool.columns(shape)
        flow = solve(instance, columns, shape)
        gains = None if is_draft else improving(instance, pool, shape, flow)
        if gains is None:
            return Found(columns, flow, rounds)
        if rounds == NARROWED and pool.size > MANY and not flow.missing:
            pool.taken = pool.near(shape, flow, FIRST).taken
        pool.add(gains)


def improving(instance: Instance, pool: Pool, shape: Shape, flow: Flow) -> list[Flags] | None:
    """Pairs outside the pool that could gain at these prices, for each proposal those that gain most; None: none."""
    load = entry_price(instance, shape, flow)
    found, some = [], False
    for block, taken in zip(instance.blocks, pool.taken, strict=True):
        gain = gains_of(block, shape, flow, load)
        gain[taken] = -NEVER
        positive = gain > 0
        if positive.any():
            some = True
            rows = numpy.flatnonzero(positive.any(axis=1))
            best = numpy.zeros_like(positive)
            best[rows] = _best(gain[rows], MORE) & positive[rows]
            found.append(best)
        else:
            found.append(positive)
    return found if some else None


def gains_of(block: Block, shape: Shape, flow: Flow, load: Ints) -> Any:
    """What each pair is worth above the prices of its seat and its reviewer; far below 0 where it may not be."""
    rows = slice(block.first, block.first + len(block.worth))
    gain = block.worth - block.cost_of(load)
    gain -= flow.seat[rows, None]
    if shape.low is not None:
        gain[block.worth < shape.low[rows, None]] = -NEVER
    gain[block.worth == ABSENT] = -NEVER
    for row, under in own_rows(block, shape):
        inside = under >= 0
        gain[row, inside] += flow.seat[row + block.first] - flow.inner[under[inside]]
        gain[row, under == OUT] = -NEVER
    return gain


def entry_price(instance: Instance, shape: Shape, flow: Flow) -> Ints:
    """The reviewers' prices: no less than what their first review costs, and out of reach without any room."""
    prices = price_of(instance, shape)
    first = numpy.where(instance.least > 0, 0, prices.above_least)
    if instance.steps is not None and instance.steps.size:
        first = first + instance.steps[:, 0]
    return numpy.where(instance.most > 0, numpy.maximum(flow.load, first), NEVER)


def _best(values: Any, count: int) -> Flags:
    """Where the largest values of each row are."""
    flags = numpy.zeros(values.shape, numpy.bool_)
    if values.shape[1] <= count:
        flags[:] = True
        return flags
    best = numpy.argpartition(values, values.shape[1] - count, axis=1)[:, -count:]
    numpy.put_along_axis(flags, best, True, axis=1)
    return flags


def _columns(block: Block, taken: Flags, shape: Shape) -> tuple[Ints, Ints, Ints, Ints]:
    row, place = numpy.nonzero(taken)
    worth = block.worth[row, place].astype(numpy.int64)
    reviewer = block.reviewer[row if len(block.reviewer) > 1 else numpy.zeros_like(row), place].astype(numpy.int64)
    proposal = row + block.first
    bound = numpy.full(len(row), -1, numpy.int64)
    for one, under in own_rows(block, shape):
        mine = slice(*numpy.searchsorted(row, [one, one + 1]))
        bound[mine] = under[place[mine]]
    usable = bound != OUT
    if shape.low is not None:
        usable &= worth >= shape.low[proposal]
    return proposal[usable], reviewer[usable], worth[usable], bound[usable]


def own_rows(block: Block, shape: Shape) -> Iterator[tuple[int, Ints]]:
    """The rows of the block that have bounds of their own, with what each candidate is under."""
    for proposal in sorted(shape.rows):
        if proposal in block.proposals:
            yield proposal - block.first, shape.rows[proposal]
