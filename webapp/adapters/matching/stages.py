"""Solves a matching in stages: fill, least loads, the highest floor, the best total under it, even loads, the draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy

from webapp.adapters.matching.columns import FIRST, Found, Pool, optimum
from webapp.adapters.matching.core import Core, find_core
from webapp.adapters.matching.evenness import evenest
from webapp.adapters.matching.floor import keep_floor, raise_floor
from webapp.adapters.matching.instance import Instance, Ints
from webapp.adapters.matching.network import Shape

WHOLE_LISTS = 700_000
"""Up to so many pairs the flow works with all of them at once."""


@dataclass(frozen=True, slots=True)
class Stages:
    """What each stage reached, and the bound that was proven for it.

    `filled` seats are the most there can be; `floor` is for the proposals that can always be staffed. `squares`
    is the sum of the loads' squares, the least among matchings of this worth.
    """

    seats: int
    filled: int
    below_least: int
    floor: int
    floor_bound: int
    total: int
    total_bound: int
    squares: int
    rounds: int
    pairs_priced: int


@dataclass(frozen=True, slots=True)
class Matching:
    """Who reviews what, by place; the stages; the prices that prove the total; the core of what is missing."""

    proposal: Ints
    reviewer: Ints
    stages: Stages
    load_prices: Ints
    core: Core | None


def match(instance: Instance, *, seed: int = 0, with_floor: bool = True) -> Matching:
    """The best matching by the stages; the same instance and seed give the same matching."""
    pairs = sum(block.worth.size for block in instance.blocks)
    pool = Pool.of(instance, FIRST if pairs > WHOLE_LISTS else 1 << 30)
    base = optimum(instance, pool)
    core = find_core(instance, base) if base.flow.missing else None
    counted = instance.seats > 0
    if core:
        counted[core.proposals] = False
    if not with_floor:
        counted[:] = False
    floor = raise_floor(instance, pool, base, counted)

    def change(found: Found, shape: Shape) -> Found:
        return evenest(instance, found, shape, seed)

    floor = keep_floor(instance, floor, change)
    proposal, reviewer, worth = floor.found.pairs
    order = numpy.lexsort((reviewer, proposal))
    load = numpy.bincount(reviewer, minlength=instance.reviewers)
    stages = Stages(
        seats=int(instance.seats.sum()),
        filled=len(proposal),
        below_least=int(numpy.maximum(numpy.minimum(instance.least, instance.most) - load, 0).sum()),
        floor=floor.level,
        floor_bound=floor.bound,
        total=int(worth.sum()),
        total_bound=floor.most_total,
        squares=int((load**2).sum()),
        rounds=base.rounds,
        pairs_priced=pairs,
    )
    return Matching(proposal[order], reviewer[order], stages, base.flow.load, core)
