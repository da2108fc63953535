"""Raises the worst-off proposal: the highest floor under every panel's worth that a full matching can keep."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy

from webapp.adapters.matching.columns import Found, Pool, entry_price, optimum
from webapp.adapters.matching.instance import ABSENT, Flags, Instance, Ints
from webapp.adapters.matching.network import OUT, Bound, Shape

UNBOUND = -(1 << 30)
ATTEMPTS = 5
ROUNDS = 12
HALVINGS = 24
WIDE = 40
"""How many pairs of a proposal that is raised are worked with."""

MARGIN = 0.25
"""How far above the floor, as a part of it, a panel is held too while others are raised."""


@dataclass(frozen=True, slots=True)
class Floor:
    """The floor kept, and the bound that no full matching exceeds; the matching, and the most it could total.

    `counted` says for whom the floor is: those that can be staffed whatever the others get. Everybody under
    `shape` keeps it.
    """

    level: int
    bound: int
    found: Found
    shape: Shape
    most_total: int
    counted: Flags


def raise_floor(instance: Instance, pool: Pool, base: Found, counted: Flags) -> Floor:
    """The best total under the highest floor that could be reached; `base` is the best total without one.

    No floor can be above the best panel of any single proposal: that is the first bound, and the first tried.
    """
    total = int(base.pairs[2].sum())
    if not counted.any():
        return Floor(0, 0, base, Shape(), total, counted)
    tops, nearly = _tops(instance)
    level, bound = int(base.sums(instance.proposals)[counted].min()), int(tops[counted].min())
    best = Floor(level, bound, base, Shape(), total, counted)
    asked = bound
    for _attempt in range(ATTEMPTS):
        if best.level >= bound:
            break
        low = numpy.where(counted, asked - nearly, UNBOUND)
        reached = _reach(instance, pool, replace(best, level=asked, bound=bound), base.flow.missing, low)
        if reached is None:
            bound = asked - 1
        elif reached.level == asked:
            best = reached
        asked = max(best.level + 1, (best.level + min(bound, asked)) // 2) if best.level < asked else bound
    return replace(best, bound=bound)


def keep_floor(instance: Instance, floor: Floor, change: Callable[[Found, Shape], Found]) -> Floor:
    """The matching after a change that keeps its total; whoever falls below the floor by it is held as they were."""
    shape, found = floor.shape, floor.found
    held = _near(instance, floor, found, shape, ())
    for _round in range(ROUNDS):
        grown = chained(instance, shape, held, floor.level)
        # What a panel as it is keeps to costs nothing: the new bounds have the price of what they stand in.
        more = [found.flow.seat[bound.proposal] for bound in grown.bounds[len(shape.bounds) :]]
        inner = numpy.concatenate([found.flow.inner, numpy.array(more, numpy.int64)])
        shape, found = grown, replace(found, flow=replace(found.flow, inner=inner))
        changed = change(found, shape)
        fallen = _below(instance, floor, changed)
        if not fallen.size:
            return replace(floor, found=changed, shape=shape)
        held = _panels_of(found, fallen)
    return floor


def chained(instance: Instance, shape: Shape, panels: Mapping[int, Ints], level: int) -> Shape:
    """The shape in which these proposals' panels are at least as good, place by place, as the worths given.

    Whatever is as good in every place has at least the same sum, and this is a flow: of a panel at most so many
    may be under the first worth, at most so many of those under the second.
    """
    bounds, rows = list(shape.bounds), dict(shape.rows)
    for proposal, worths in panels.items():
        number, row = instance.place_of(proposal)
        block = instance.blocks[number]
        steps = numpy.sort(worths)[::-1].copy()
        steps[-1] -= max(0, int(steps.sum()) - level)
        worth = block.worth[row]
        under = numpy.where((worth == ABSENT) | (worth < steps[-1]), OUT, -1)
        parent = -1
        for place in range(1, len(steps)):
            inside = (worth < steps[place - 1]) & (worth >= steps[-1]) & (worth != ABSENT)
            if not inside.any() or steps[place] == steps[place - 1]:
                continue
            most = len(steps) - place
            bounds.append(Bound(proposal, most, most, 0, parent))
            parent = len(bounds) - 1
            under[inside] = parent
        rows[proposal] = under
    return Shape(bounds, rows, shape.low)


def _reach(instance: Instance, pool: Pool, goal: Floor, missing: int, low: Ints) -> Floor | None:
    """The floor at the goal's level; None where it is proven out of reach; at level UNBOUND where it was not reached.

    Pairs that no panel of enough worth can hold are left out: if then a seat stays empty, no matching has the floor.
    """
    shape = Shape(low=low)
    found = optimum(instance, pool, shape)
    if found.flow.missing > missing:
        return None
    most_total, is_draft = int(found.pairs[2].sum()), False
    pool = pool.near(shape, found.flow)
    for _round in range(ROUNDS):
        fallen = numpy.union1d(_below(instance, goal, found), _short(instance, found, shape))
        if not fallen.size and found.flow.missing == missing:
            if not is_draft:
                return replace(goal, found=found, shape=shape, most_total=most_total)
            found, is_draft = optimum(instance, pool, shape), False
            continue
        panels = _panels(instance, pool, fallen, entry_price(instance, shape, found.flow), (goal.level, low))
        shape = chained(
            instance, _without(shape, panels), panels | _near(instance, goal, found, shape, panels), goal.level
        )
        found, is_draft = optimum(instance, pool, shape, is_draft=True), True
    return replace(goal, level=UNBOUND)


def _near(instance: Instance, goal: Floor, found: Found, shape: Shape, others: Collection[int]) -> dict[int, Ints]:
    """The panels as they are of those not far above the floor, so that they do not fall below it in turn."""
    sums = found.sums(instance.proposals)
    near = numpy.flatnonzero(goal.counted & (sums >= goal.level) & (sums <= goal.level * (1 + MARGIN)))
    return _panels_of(found, [one for one in near if int(one) not in others and int(one) not in shape.rows])


def _panels_of(found: Found, proposals: Any) -> dict[int, Ints]:
    """The worths on the panels of these proposals."""
    proposal, _reviewer, worth = found.pairs
    order = numpy.argsort(proposal, kind="stable")
    starts = numpy.searchsorted(proposal[order], proposals, side="left")
    ends = numpy.searchsorted(proposal[order], proposals, side="right")
    return {
        int(one): worth[order[start:end]]
        for one, start, end in zip(proposals, starts, ends, strict=True)
        if end > start
    }


def _short(instance: Instance, found: Found, shape: Shape) -> Ints:
    """Proposals bound to the floor that miss somebody: their bounds ask for what others took."""
    filled = numpy.bincount(found.pairs[0], minlength=instance.proposals)
    bound = numpy.fromiter(shape.rows.keys(), numpy.int64, len(shape.rows))
    short: Ints = bound[filled[bound] < instance.seats[bound]]
    return short


def _without(shape: Shape, panels: Mapping[int, Any]) -> Shape:
    """The shape without the bounds of these proposals; numbers are given anew."""
    kept = [number for number, bound in enumerate(shape.bounds) if bound.proposal not in panels]
    renumbered = numpy.full(len(shape.bounds) + 2, -1, numpy.int64)
    renumbered[kept] = numpy.arange(len(kept))
    renumbered[-1], renumbered[-2] = -1, OUT
    bounds = [replace(shape.bounds[old], parent=int(renumbered[shape.bounds[old].parent])) for old in kept]
    rows = {proposal: renumbered[under] for proposal, under in shape.rows.items() if proposal not in panels}
    return Shape(bounds, rows, shape.low)


def _below(instance: Instance, floor: Floor, found: Found) -> Ints:
    sums = found.sums(instance.proposals)
    below: Ints = numpy.flatnonzero(floor.counted & (sums < floor.level))
    return below


def _panels(instance: Instance, pool: Pool, proposals: Ints, load: Ints, goal: tuple[int, Ints]) -> dict[int, Ints]:
    """For each proposal the panel of enough worth that is dearest above these prices, by weighing worth up.

    What comes next best by the same weight is put in the pool, for when others take the best.
    """
    level, low = goal
    made = {}
    for proposal in proposals:
        number, row = instance.place_of(int(proposal))
        block = instance.blocks[number]
        places = numpy.flatnonzero((block.worth[row] != ABSENT) & (block.worth[row] >= low[proposal]))
        worth = block.worth[row][places].astype(numpy.float64)
        gain = worth - numpy.minimum(load[block.reviewers(row)[places]], 1 << 30)
        weight = _weight(worth, gain, int(instance.seats[proposal]), level)
        value = gain + weight * worth
        made[int(proposal)] = worth[_top(value, int(instance.seats[proposal]))].astype(numpy.int64)
        pool.taken[number][row, places[_top(value, WIDE)]] = True
    return made


def _weight(worth: Any, gain: Any, seats: int, level: int) -> float:
    """The least weight of worth by which the best panel has enough of it."""
    less, more = 0.0, 1.0
    while worth[_top(gain + more * worth, seats)].sum() < level and more < 1e12:
        less, more = more, more * 4
    for _halving in range(HALVINGS):
        middle = (less + more) / 2
        if worth[_top(gain + middle * worth, seats)].sum() < level:
            less = middle
        else:
            more = middle
    return more


def _top(values: Any, count: int) -> Any:
    count = min(count, len(values))
    return numpy.argpartition(values, len(values) - count)[len(values) - count :]


def _tops(instance: Instance) -> tuple[Ints, Ints]:
    """The worth of each proposal's best panel, and of its best with one seat less."""
    tops, nearly = numpy.zeros_like(instance.seats), numpy.zeros_like(instance.seats)
    deepest = int(instance.seats.max(initial=0))
    for block in instance.blocks:
        usable = (block.worth != ABSENT) & (instance.most[block.reviewer] > 0)
        worth = numpy.where(usable, block.worth, 0)
        depth = min(deepest, worth.shape[1])
        best = -numpy.sort(-numpy.partition(worth, worth.shape[1] - depth, axis=1)[:, -depth:], axis=1)
        sums = numpy.concatenate(
            [numpy.zeros((len(best), 1), numpy.int64), numpy.cumsum(best, axis=1, dtype=numpy.int64)], axis=1
        )
        rows, places = numpy.arange(len(best)), slice(block.first, block.first + len(best))
        tops[places] = sums[rows, numpy.minimum(instance.seats[places], depth)]
        nearly[places] = sums[rows, numpy.clip(instance.seats[places] - 1, 0, depth)]
    return tops, nearly
