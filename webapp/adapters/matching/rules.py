"""Keeps rules that no flow can know: a linear program over few columns, then whole numbers where it left parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy

from webapp.adapters.matching.columns import NEVER, Pool, optimum
from webapp.adapters.matching.highs import Rows, Solved, solve_rows
from webapp.adapters.matching.instance import ABSENT, Flags, Instance, Ints
from webapp.adapters.matching.network import Columns, Shape

FIRST = 12
"""Of each proposal's pairs, how many of the best by price the program begins with, and how many of each role."""

MORE = 4
WHOLE = 60_000
"""Up to so many columns the program is solved in whole numbers as one; above, panels that are whole already stay."""

TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Group:
    """A rule for every panel: at most `most` who share a label; label 0 is shared with nobody."""

    labels: Ints
    most: int


@dataclass(frozen=True, slots=True)
class Expert:
    """A rule for these proposals: at least `least` of the panel are among `who` (a flag for each reviewer)."""

    proposals: Ints
    who: Flags
    least: int


@dataclass(frozen=True, slots=True)
class Ruled:
    """A matching that keeps every rule: `filled` seats and `total` worth; no such matching has more than `bound`.

    Both count a filled seat `seat` points beside its worth, so that one stands for fill and worth alike.
    """

    proposal: Ints
    reviewer: Ints
    total: int
    seat: int
    bound: float

    @property
    def value(self) -> int:
        """What the bound bounds."""
        return self.total + self.seat * len(self.proposal)


def keep_rules(instance: Instance, groups: Sequence[Group], experts: Sequence[Expert]) -> Ruled:
    """The best matching under the rules, with the bound of the linear program over all pairs.

    Seats that a rule keeps for somebody stay empty where nobody fits. Least loads are not looked at here.
    """
    seat = 2 * (instance.highest - instance.lowest + 1)
    pool = Pool.of(instance)
    base = optimum(instance, pool)
    pool = pool.near(Shape(), base.flow, FIRST)
    _add_experts(instance, pool, experts, base.flow.load)
    while True:
        columns = pool.columns(Shape())
        rows = _rows(instance, columns, groups, experts)
        solved = solve_rows(columns.worth + seat, rows)
        if not _add_gaining(instance, pool, solved, seat):
            break
    chosen = _whole(columns, rows, solved, seat)
    proposal, reviewer = columns.proposal[chosen], columns.reviewer[chosen]
    return Ruled(proposal, reviewer, int(columns.worth[chosen].sum()), seat, solved.value)


def _whole(columns: Columns, rows: Rows, solved: Solved, seat: int) -> Flags:
    """Whole numbers: all at once, or where there are many, for the panels that the program left in parts."""
    if len(columns.worth) <= WHOLE:
        taken: Flags = solve_rows(columns.worth + seat, rows, whole=True).values > 0.5
        return taken
    parted = (solved.values > TOLERANCE) & (solved.values < 1 - TOLERANCE)
    open_proposals = numpy.zeros(int(columns.proposal.max()) + 1, numpy.bool_)
    open_proposals[columns.proposal[parted]] = True
    free = open_proposals[columns.proposal]
    fixed = ~free & (solved.values > 0.5)
    part = solve_rows((columns.worth + seat)[free], rows.without(free, fixed), whole=True)
    chosen: Flags = fixed
    chosen[numpy.flatnonzero(free)[part.values > 0.5]] = True
    return chosen


def _add_experts(instance: Instance, pool: Pool, experts: Sequence[Expert], load: Ints) -> None:
    for expert in experts:
        asked = numpy.zeros(instance.proposals, numpy.bool_)
        asked[expert.proposals] = True
        for block, taken in zip(instance.blocks, pool.taken, strict=True):
            rows = numpy.flatnonzero(asked[block.first : block.first + len(block.worth)])
            people = numpy.broadcast_to(block.reviewer, block.worth.shape)[rows]
            fit = expert.who[people] & (block.worth[rows] != ABSENT)
            gain = numpy.where(fit, block.worth[rows] - numpy.minimum(load[people], 1 << 30), -NEVER)
            best = numpy.argpartition(gain, max(0, gain.shape[1] - FIRST), axis=1)[:, -FIRST:]
            own = numpy.zeros_like(fit)
            numpy.put_along_axis(own, best, True, axis=1)
            taken[rows] |= own & fit


def _add_gaining(instance: Instance, pool: Pool, solved: Solved, seat: int) -> bool:
    """Put pairs in the pool that could gain at the program's prices; without those of the rules, which only rise."""
    seats, load = solved.prices[: instance.proposals], solved.prices[instance.proposals :][: instance.reviewers]
    load = numpy.where(instance.most > 0, load, float(NEVER))
    some = False
    for number, (block, taken) in enumerate(zip(instance.blocks, pool.taken, strict=True)):
        gain = block.worth + float(seat) - load[block.reviewer] - seats[block.first :][: len(block.worth), None]
        gain[taken | (block.worth == ABSENT)] = -NEVER
        best = numpy.argpartition(gain, max(0, gain.shape[1] - MORE), axis=1)[:, -MORE:]
        fresh = numpy.zeros_like(taken)
        numpy.put_along_axis(fresh, best, True, axis=1)
        fresh &= gain > 1e-4
        some |= bool(fresh.any())
        pool.taken[number] = taken | fresh
    return some


def _rows(instance: Instance, columns: Columns, groups: Sequence[Group], experts: Sequence[Expert]) -> Rows:
    """Seats, then loads, then each group and role of a panel that its columns could break."""
    everything = numpy.arange(len(columns.worth))
    parts = [
        (columns.proposal, everything, instance.seats.astype(numpy.float64)),
        (columns.reviewer, everything, instance.most.astype(numpy.float64)),
        *(_group_rows(columns, group) for group in groups),
        *_expert_rows(instance, columns, experts),
    ]
    return Rows.stacked(parts, len(columns.worth))


def _group_rows(columns: Columns, group: Group) -> tuple[Any, Any, Any]:
    label = group.labels[columns.reviewer]
    keys = columns.proposal * (int(group.labels.max(initial=0)) + 1) + label
    _names, numbers, counts = numpy.unique(keys, return_inverse=True, return_counts=True)
    inside = numpy.flatnonzero((counts[numbers] > group.most) & (label > 0))
    used, own = numpy.unique(numbers[inside], return_inverse=True)
    return own, inside, numpy.full(len(used), float(group.most))


def _expert_rows(instance: Instance, columns: Columns, experts: Sequence[Expert]) -> Iterator[tuple[Any, Any, Any]]:
    for expert in experts:
        asked = numpy.zeros(instance.proposals, numpy.bool_)
        asked[expert.proposals] = True
        inside = numpy.flatnonzero(asked[columns.proposal] & ~expert.who[columns.reviewer])
        used, own = numpy.unique(columns.proposal[inside], return_inverse=True)
        yield own, inside, numpy.maximum(instance.seats[used] - expert.least, 0).astype(numpy.float64)
