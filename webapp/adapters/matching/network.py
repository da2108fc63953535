"""The flow of one matching: seats to people through the bounds on panels, solved by LEMON's network simplex."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy

from webapp.adapters.matching.instance import Flags, Instance, Ints


@dataclass(frozen=True, slots=True)
class Bound:
    """At most `most` of some candidates of a proposal, each above `free` at a price; inside `parent`, if any."""

    proposal: int
    most: int
    free: int
    price: int = 0
    parent: int = -1


@dataclass(slots=True)
class Shape:
    """Bounds on panels beside seats and loads: nested or apart, so that all stays a flow.

    `rows` says for a proposal, candidate by candidate in the order of its block, the number of the innermost
    bound they are under (-1: none), or -2 where they may not be taken. `low` is the least worth a pair must have.
    """

    bounds: list[Bound] = field(default_factory=list)
    rows: dict[int, Ints] = field(default_factory=dict)
    low: Ints | None = None


OUT = -2


@dataclass(frozen=True, slots=True)
class Columns:
    """The pairs that the flow works with, side by side, with the bound each is under."""

    proposal: Ints
    reviewer: Ints
    worth: Ints
    bound: Ints


@dataclass(frozen=True, slots=True)
class Flow:
    """A best flow: which columns are chosen, missing seats, and the prices that prove it.

    `seat` are prices of the proposals' seats, `inner` of the bounds, `load` of the reviewers' time, all at least 0
    for `load`: a pair is worth taking where worth > the price of its tail + that of its reviewer.
    """

    chosen: Flags
    missing: int
    seat: Ints
    inner: Ints
    load: Ints


@dataclass(frozen=True, slots=True)
class Arcs:
    """The arcs of a network, side by side."""

    start: Ints
    end: Ints
    capacity: Ints
    cost: Ints


@dataclass(frozen=True, slots=True)
class Prices:
    """What a review below a reviewer's least load, and an empty seat, cost: more than any chain of exchanges gains."""

    offset: int
    above_least: int
    empty: int


def price_of(instance: Instance, shape: Shape) -> Prices:
    """Prices that put filling before least loads, and those before worth (each exchange passes a reviewer once)."""
    dearest = max((bound.price for bound in shape.bounds), default=0)
    step = int(instance.steps.max()) if instance.steps is not None and instance.steps.size else 0
    gain = 2 * (instance.reviewers + 1) * (instance.highest - instance.lowest + dearest + step + 1)
    least = gain if instance.least.any() else 0
    return Prices(instance.highest, least, 2 * least + gain)


def solve(instance: Instance, columns: Columns, shape: Shape) -> Flow:
    """The flow of most seats, then least loads kept, then worth, over these columns."""
    prices = price_of(instance, shape)
    flow, potential = flow_over(supply_of(instance, shape), arcs_of(instance, columns, shape, prices))
    return _read(instance, columns, shape, prices, (flow, potential))


def flow_over(supply: Ints, arcs: Arcs) -> tuple[Ints, Ints]:
    """The cheapest flow, arc by arc, and the height of each node that proves it."""
    # Loaded when first needed: the web seldom solves.
    import pylmcf

    order = numpy.argsort(arcs.start * len(supply) + arcs.end, kind="stable")
    starts, ends = arcs.start[order].astype(numpy.int32), arcs.end[order].astype(numpy.int32)
    graph: Any = pylmcf.Graph(len(supply), starts, ends)
    graph.set_node_supply(supply)
    graph.set_edge_capacities(arcs.capacity[order])
    graph.set_edge_costs(arcs.cost[order])
    graph.solve()
    flow = numpy.empty(len(order), numpy.int64)
    flow[order] = graph.result()
    return flow, graph.potentials()


def supply_of(instance: Instance, shape: Shape) -> Ints:
    """What flows out of each node: the seats of proposals; all of it ends in the last node."""
    supply = numpy.zeros(instance.proposals + len(shape.bounds) + instance.reviewers + 1, numpy.int64)
    supply[: instance.proposals] = instance.seats
    supply[-1] = -int(instance.seats.sum())
    return supply


def _read(instance: Instance, columns: Columns, shape: Shape, prices: Prices, solved: tuple[Ints, Ints]) -> Flow:
    flow, potential = solved
    pairs, proposals, inner = len(columns.worth), instance.proposals, len(shape.bounds)
    relative = potential - potential[-1]
    return Flow(
        chosen=flow[:pairs] > 0,
        missing=int(flow[pairs : pairs + proposals].sum()),
        seat=prices.offset + relative[:proposals],
        inner=prices.offset + relative[proposals : proposals + inner],
        load=-relative[proposals + inner : -1],
    )


def arcs_of(instance: Instance, columns: Columns, shape: Shape, prices: Prices) -> Arcs:
    """Every arc: pairs first, then empty seats, loads, bounds."""
    proposals, inner = instance.proposals, len(shape.bounds)
    people, sink = proposals + inner, proposals + inner + instance.reviewers
    tail = numpy.where(columns.bound >= 0, proposals + columns.bound, columns.proposal)
    parts = [
        _arc(tail, people + columns.reviewer, 1, prices.offset - columns.worth),
        _arc(numpy.arange(proposals), sink, instance.seats, prices.empty),
        *_load_arcs(instance, people, sink, prices.above_least),
    ]
    for number, bound in enumerate(shape.bounds):
        start = proposals + bound.parent if bound.parent >= 0 else bound.proposal
        parts.append(_arc(numpy.array([start]), proposals + number, min(bound.free, bound.most), 0))
        if bound.most > bound.free:
            parts.append(_arc(numpy.array([start]), proposals + number, bound.most - bound.free, bound.price))
    starts, ends, capacity, cost = (numpy.concatenate([part[place] for part in parts]) for place in range(4))
    return Arcs(starts, ends, capacity, cost)


def _load_arcs(instance: Instance, people: int, sink: int, above_least: int) -> list[tuple[Ints, Ints, Ints, Ints]]:
    everybody = people + numpy.arange(instance.reviewers)
    if instance.steps is None:
        least = numpy.minimum(instance.least, instance.most)
        within = [_arc(everybody, sink, least, 0)] if least.any() else []
        return [*within, _arc(everybody, sink, instance.most - least, above_least)]
    made = []
    for step in range(int(instance.most.max(initial=0))):
        there = instance.most > step
        price = instance.steps[there, step] + numpy.where(instance.least[there] > step, 0, above_least)
        made.append(_arc(everybody[there], sink, 1, price))
    return made


def _arc(start: Any, end: Any, capacity: Any, cost: Any) -> tuple[Ints, Ints, Ints, Ints]:
    size = len(start)
    return (
        start.astype(numpy.int64),
        numpy.broadcast_to(numpy.asarray(end, numpy.int64), (size,)),
        numpy.broadcast_to(numpy.asarray(capacity, numpy.int64), (size,)),
        numpy.broadcast_to(numpy.asarray(cost, numpy.int64), (size,)),
    )
