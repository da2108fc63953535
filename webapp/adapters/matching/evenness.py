"""Among equally good matchings the one with the evenest loads, and among those the one that the seed draws."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy

from webapp.adapters.matching.columns import Found, entry_price, gains_of, own_rows
from webapp.adapters.matching.instance import Flags, Instance, Ints
from webapp.adapters.matching.network import Arcs, Columns, Shape, arcs_of, flow_over, price_of, supply_of

DRAWN = 1 << 16


def evenest(instance: Instance, found: Found, shape: Shape, seed: int) -> Found:
    """The best of all matchings that are as good as the one found.

    Those are the flows that its prices allow: a pair above its prices stays, one below stays out, and only what
    lies exactly at its prices may change. So the choice does not hang on which of them was found first.
    """
    load = entry_price(instance, shape, found.flow)
    columns = _at_their_prices(instance, found, shape, load)
    face = _face(instance, found, shape, load, columns)
    supply = supply_of(instance, shape)
    numpy.subtract.at(supply, face.arcs.start, face.fixed)
    numpy.add.at(supply, face.arcs.end, face.fixed)
    kept = (face.free > 0) & ~face.is_load
    flow, _potential = flow_over(supply, _second(instance, columns, face, kept, seed))
    pairs = len(columns.worth)
    chosen = face.fixed[:pairs] > 0
    free = numpy.flatnonzero(kept[:pairs])
    chosen[free] |= flow[: len(free)] > 0
    return Found(columns, replace(found.flow, chosen=chosen), found.rounds)


def drawn(seed: int, proposal: Ints, reviewer: Ints) -> Ints:
    """What the seed draws for each pair: a number below DRAWN, the same on every machine."""
    mixed = proposal.astype(numpy.uint64) * numpy.uint64(0x9E3779B97F4A7C15)
    mixed += reviewer.astype(numpy.uint64) * numpy.uint64(0xC2B2AE3D27D4EB4F)
    mixed += numpy.uint64(seed * 0x165667B19E3779F9 % (1 << 64))
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> numpy.uint64(shift))) * numpy.uint64(factor)
    return ((mixed ^ (mixed >> numpy.uint64(31))) % numpy.uint64(DRAWN)).astype(numpy.int64)


@dataclass(frozen=True, slots=True)
class _Face:
    """The arcs with what is fixed on each and what is free; `is_load` marks those from people to the sink."""

    arcs: Arcs
    fixed: Ints
    free: Ints
    is_load: Flags


def _face(instance: Instance, found: Found, shape: Shape, load: Ints, columns: Columns) -> _Face:
    prices = price_of(instance, shape)
    arcs = arcs_of(instance, columns, shape, prices)
    height = numpy.concatenate([found.flow.seat - prices.offset, found.flow.inner - prices.offset, -load, [0]])
    reduced = arcs.cost + height[arcs.start] - height[arcs.end]
    people = instance.proposals + len(shape.bounds)
    return _Face(
        arcs,
        fixed=numpy.where(reduced < 0, arcs.capacity, 0),
        free=numpy.where(reduced == 0, arcs.capacity, 0),
        is_load=arcs.start >= people,
    )


def _at_their_prices(instance: Instance, found: Found, shape: Shape, load: Ints) -> Columns:
    """Every pair that is worth its prices or more, in the pool or not."""
    parts = []
    for block in instance.blocks:
        row, place = numpy.nonzero(gains_of(block, shape, found.flow, load) >= 0)
        reviewer = block.reviewer[row if len(block.reviewer) > 1 else numpy.zeros_like(row), place]
        bound = numpy.full(len(row), -1, numpy.int64)
        for one, under in own_rows(block, shape):
            mine = slice(*numpy.searchsorted(row, [one, one + 1]))
            bound[mine] = under[place[mine]]
        worth = block.worth[row, place].astype(numpy.int64)
        parts.append((row + block.first, reviewer.astype(numpy.int64), worth, bound))
    proposals, reviewers, worths, bounds = (numpy.concatenate([part[place] for part in parts]) for place in range(4))
    return Columns(proposals, reviewers, worths, bounds)


def _second(instance: Instance, columns: Columns, face: _Face, kept: Flags, seed: int) -> Arcs:
    """The arcs that may change, with what the seed draws as cost, and each further review of somebody dearer."""
    step = DRAWN * 2 * (instance.reviewers + 1)
    cost = numpy.zeros(len(face.free), numpy.int64)
    cost[: len(columns.worth)] = drawn(seed, columns.proposal, columns.reviewer)
    people = int(face.arcs.end.max()) - instance.reviewers
    person = face.arcs.start[face.is_load] - people
    base = numpy.bincount(person, weights=face.fixed[face.is_load], minlength=instance.reviewers).astype(numpy.int64)
    room = numpy.bincount(person, weights=face.free[face.is_load], minlength=instance.reviewers).astype(numpy.int64)
    one = numpy.repeat(numpy.arange(instance.reviewers), room)
    further = numpy.arange(len(one)) - numpy.repeat(numpy.cumsum(room) - room, room)
    return Arcs(
        start=numpy.concatenate([face.arcs.start[kept], one + people]),
        end=numpy.concatenate([face.arcs.end[kept], numpy.full(len(one), people + instance.reviewers)]),
        capacity=numpy.concatenate([face.free[kept], numpy.ones(len(one), numpy.int64)]),
        cost=numpy.concatenate([cost[kept], step * (base[one] + further)]),
    )
