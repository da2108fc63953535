"""Checks matchings without the solver: every bound, the totals, and the certificate of the stages, counted anew."""

from __future__ import annotations

from itertools import combinations, product

import numpy

from webapp.adapters.matching.instance import ABSENT, Instance, Ints
from webapp.adapters.matching.stages import Matching


def pairs_of(instance: Instance) -> dict[tuple[int, int], int]:
    """Every pair that may be, with its worth."""
    found = {}
    for block in instance.blocks:
        people = numpy.broadcast_to(block.reviewer, block.worth.shape)
        for row, place in zip(*numpy.nonzero(block.worth != ABSENT), strict=True):
            found[block.first + int(row), int(people[row, place])] = int(block.worth[row, place])
    return found


def check(instance: Instance, matching: Matching) -> None:
    """Fails where a bound is broken or a number is not what it says."""
    pairs = pairs_of(instance)
    chosen = list(zip(matching.proposal.tolist(), matching.reviewer.tolist(), strict=True))
    assert len(set(chosen)) == len(chosen) and set(chosen) <= pairs.keys()
    panel = numpy.bincount(matching.proposal, minlength=instance.proposals)
    load = numpy.bincount(matching.reviewer, minlength=instance.reviewers)
    assert (panel <= instance.seats).all() and (load <= instance.most).all()
    stages = matching.stages
    assert stages.filled == len(chosen)
    assert stages.total == sum(pairs[pair] for pair in chosen) <= stages.total_bound
    assert stages.floor <= stages.floor_bound
    assert stages.squares == int((load**2).sum())
    if matching.core:
        core = matching.core
        inside = set(core.proposals.tolist())
        of_them = [reviewer for proposal, reviewer in pairs if proposal in inside]
        assert set(of_them) == set(core.reviewers.tolist())
        assert core.needed == int(instance.seats[core.proposals].sum())
        assert core.room == sum(min(int(instance.most[one]), of_them.count(one)) for one in set(of_them))
        # Nobody outside can help, so what is missing there is missing in every matching.
        assert stages.seats - stages.filled == core.needed - core.room
    else:
        assert stages.filled == stages.seats


def certify_total(instance: Instance, matching: Matching) -> None:
    """Fails unless the reviewers' prices prove that no full matching is worth more than the bound of the base."""
    prices = numpy.maximum(matching.load_prices, 0)
    most = int((prices * instance.most).sum())
    for block in instance.blocks:
        gain = numpy.where(block.worth == ABSENT, -(1 << 40), block.worth - prices[block.reviewer])
        gain = -numpy.sort(-gain, axis=1)
        for row, proposal in enumerate(block.proposals):
            most += int(gain[row, : instance.seats[proposal]].sum())
    assert most == matching.stages.total


def best_by_trying(instance: Instance) -> tuple[int, int, int, int]:
    """Filled seats, fewest reviews below least loads, total worth, least squares: found by trying every matching."""
    pairs = pairs_of(instance)
    panels = [
        [some for size in range(int(instance.seats[one]) + 1) for some in combinations(_candidates(pairs, one), size)]
        for one in range(instance.proposals)
    ]
    best = (-1, 0, 0, 0)
    for panel in product(*panels):
        load = numpy.zeros(instance.reviewers, int)
        for some in panel:
            load[list(some)] += 1
        if (load <= instance.most).all():
            total = sum(pairs[one, reviewer] for one, some in enumerate(panel) for reviewer in some)
            below = int(numpy.maximum(numpy.minimum(instance.least, instance.most) - load, 0).sum())
            best = max(best, (int(load.sum()), -below, total, -int((load**2).sum())))
    return best


def highest_floor(instance: Instance) -> int:
    """The highest worst panel among full matchings, by trying; -1 where none is full."""
    pairs, best = pairs_of(instance), -1
    panels = [
        list(combinations(_candidates(pairs, one), int(instance.seats[one]))) for one in range(instance.proposals)
    ]
    for panel in product(*panels):
        load = numpy.zeros(instance.reviewers, int)
        for some in panel:
            load[list(some)] += 1
        if (load <= instance.most).all():
            worst = min(sum(pairs[one, reviewer] for reviewer in some) for one, some in enumerate(panel))
            best = max(best, worst)
    return best


def _candidates(pairs: dict[tuple[int, int], int], proposal: int) -> list[int]:
    return sorted(reviewer for one, reviewer in pairs if one == proposal)


def ints(*values: int) -> Ints:
    """A row of whole numbers."""
    return numpy.array(values, numpy.int64)
