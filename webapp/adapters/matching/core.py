"""Names the core of a shortfall: proposals that together need more than those they could have have room for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy

from webapp.adapters.matching.columns import Found
from webapp.adapters.matching.instance import ABSENT, Instance, Ints


@dataclass(frozen=True, slots=True)
class Core:
    """These proposals need `needed` reviews, and all who could write them, `reviewers`, have `room` for fewer.

    Everybody counts with their load, or with as many of the proposals as they may review where that is less.
    Each of the proposals may be the one that misses somebody; `needed` less `room` is what is missing.
    """

    proposals: Ints
    reviewers: Ints
    needed: int
    room: int


def find_core(instance: Instance, found: Found) -> Core:
    """The core of a best matching that leaves seats empty: what chains of exchanges from an empty seat reach."""
    proposal, reviewer, _worth = found.pairs
    filled = numpy.bincount(proposal, minlength=instance.proposals)
    inside = filled < instance.seats
    chosen = {(int(one), int(other)) for one, other in zip(proposal, reviewer, strict=True)}
    fresh, people = inside.copy(), numpy.zeros(instance.reviewers, numpy.bool_)
    degree = numpy.zeros(instance.reviewers, numpy.int64)
    while fresh.any():
        for one in numpy.flatnonzero(fresh):
            candidates = _candidates(instance, int(one))
            degree[candidates] += 1
            people[[other for other in candidates.tolist() if (int(one), other) not in chosen]] = True
        giving = numpy.zeros_like(inside)
        giving[proposal[people[reviewer]]] = True
        fresh = giving & ~inside
        inside |= fresh
    needed, room = int(instance.seats[inside].sum()), int(numpy.minimum(instance.most, degree).sum())
    return Core(numpy.flatnonzero(inside), numpy.flatnonzero(degree), needed, room)


def _candidates(instance: Instance, proposal: int) -> Ints:
    number, row = instance.place_of(proposal)
    block = instance.blocks[number]
    candidates: Ints = block.reviewers(row)[block.worth[row] != ABSENT].astype(numpy.int64)
    return candidates
