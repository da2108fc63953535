"""Reads instances for measuring from a file of arrays, and writes plans as rows of proposal and reviewer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy

from webapp.adapters.matching.instance import ABSENT, Instance, Ints, from_lists, from_matrix

DENSE = 0.25
"""From this part of all pairs on, an instance is held as a table of everybody by everything."""


def read_instance(path: Path) -> Instance:
    """The instance: ep, er, aff (a row a pair, places from 0), k a proposal, lmin and lmax a reviewer.

    k, lmin and lmax may each be one number for all; then there are as many as the pairs name. Raises ValueError
    where the arrays do not fit together.
    """
    with numpy.load(path, allow_pickle=False) as arrays:
        proposal, reviewer = arrays["ep"], arrays["er"]
        seats = _each(arrays["k"], proposal)
        least, most = _each(arrays["lmin"], reviewer), _each(arrays["lmax"], reviewer)
        people = max(len(least), len(most))
        least, most = _spread(least, people), _spread(most, people)
        _check(proposal, seats, reviewer, most)
        if len(proposal) < DENSE * len(seats) * people:
            return from_lists(seats, least, most, (proposal, reviewer, arrays["aff"]))
        worth = numpy.full((len(seats), people), ABSENT, numpy.int32)
        worth[proposal, reviewer] = arrays["aff"]
        return from_matrix(seats, least, most, worth)


def write_plan(path: Path, proposal: Ints, reviewer: Ints) -> None:
    """The plan, a row for each assignment, places from 0."""
    with path.open("w", encoding="ascii", newline="\n") as file:
        file.write("proposal,reviewer\n")
        numpy.savetxt(file, numpy.column_stack([proposal, reviewer]), fmt="%d", delimiter=",")


def _each(values: Any, named: Any) -> Ints:
    if values.ndim == 0:
        return numpy.full(int(named.max(initial=-1)) + 1, int(values), numpy.int64)
    whole: Ints = values.astype(numpy.int64)
    return whole


def _spread(values: Ints, size: int) -> Ints:
    return values if len(values) == size else numpy.full(size, values[0] if len(values) else 0, numpy.int64)


def _check(proposal: Any, seats: Ints, reviewer: Any, most: Ints) -> None:
    if len(proposal) != len(reviewer):
        raise ValueError("ep and er must be of one length")
    if len(proposal) and (proposal.min() < 0 or reviewer.min() < 0):
        raise ValueError("places start at 0")
    if len(proposal) and (proposal.max() >= len(seats) or reviewer.max() >= len(most)):
        raise ValueError("ep and er must name proposals and reviewers that k and lmax know")
