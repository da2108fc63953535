"""Measures the routing of whole calls and prints the figures; `make bench-routing`."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import numpy

from webapp.adapters.matching.instance import ABSENT, from_lists, from_matrix
from webapp.adapters.matching.rules import Expert, Group, keep_rules
from webapp.adapters.matching.stages import match

PANEL = 3
CANDIDATES = 50
MOVE_PRICE = 12
ARTICLES = 20


def drawn(proposals: int, reviewers: int, spare: float, seed: int = 0) -> tuple[Any, Any]:
    """Worth of all pairs from levels of expertise by article, the primary counting double; and the most loads."""
    draw = numpy.random.default_rng(seed)
    levels = numpy.zeros((reviewers, ARTICLES), numpy.int64)
    for own in levels:
        known = draw.choice(ARTICLES, draw.integers(2, 6), replace=False)
        own[known] = draw.integers(1, 4, len(known))
    weights = numpy.zeros((proposals, ARTICLES), numpy.int64)
    for own in weights:
        mapped = draw.choice(ARTICLES, draw.integers(1, 5), replace=False)
        own[mapped] = 1
        own[mapped[0]] = 2
    worth = (10 * weights @ levels.T + draw.integers(0, 10, (proposals, reviewers))).astype(numpy.int32)
    return worth, numpy.full(reviewers, int(numpy.ceil(proposals * PANEL * spare / reviewers)))


def all_pairs(proposals: int, reviewers: int, spare: float) -> Any:
    """An instance in which everybody is a candidate."""
    worth, most = drawn(proposals, reviewers, spare)
    return from_matrix(numpy.full(proposals, PANEL), most * 0, most, worth)


def lists(proposals: int, reviewers: int, spare: float) -> Any:
    """An instance with the fifty best candidates of each proposal."""
    worth, most = drawn(proposals, reviewers, spare)
    count = min(CANDIDATES, reviewers - 1)
    best = numpy.argpartition(-worth, count, axis=1)[:, :count]
    proposal = numpy.repeat(numpy.arange(proposals), count)
    pairs = numpy.take_along_axis(worth, best, 1).ravel()
    return from_lists(numpy.full(proposals, PANEL), most * 0, most, (proposal, best.ravel(), pairs))


def staged(instance: Any, *, with_floor: bool) -> str:
    """Solve and say what each stage reached."""
    stages = match(instance, with_floor=with_floor).stages
    floor = f"floor {stages.floor} of {stages.floor_bound}, " if with_floor else ""
    return (
        f"filled {stages.filled:,} of {stages.seats:,}, {floor}total {stages.total:,} of {stages.total_bound:,} "
        f"({stages.total / max(1, stages.total_bound):.3%})"
    )


def ruled(proposals: int, reviewers: int) -> tuple[Any, ...]:
    """An instance with languages, caps by organisation and partner, a senior on each panel, an expert on some."""
    worth, most = drawn(proposals, reviewers, 1.3)
    draw = numpy.random.default_rng(5)
    organisation = draw.integers(1, reviewers // 4 + 1, reviewers)
    reads = draw.random((reviewers, 4)) < [0.95, 0.4, 0.3, 0.2]
    written = draw.choice(4, proposals, p=[0.6, 0.2, 0.1, 0.1])
    worth[~reads[:, written].T] = ABSENT
    instance = from_matrix(numpy.full(proposals, PANEL), most * 0, most, worth)
    groups = [Group(organisation, 1), Group(organisation % 14 + 1, 2 if reviewers < 100 else 1)]
    wants = numpy.flatnonzero(draw.random(proposals) < 0.15)
    experts = [
        Expert(wants, draw.random(reviewers) < 0.2, 1),
        Expert(numpy.arange(proposals), draw.random(reviewers) < 0.4, 1),
    ]
    return instance, groups, experts


def under_rules(asked: tuple[Any, ...]) -> str:
    """Solve under rules and say how near the bound it is, by worth alone where all is filled."""
    instance, groups, experts = asked
    found = keep_rules(instance, groups, experts)
    base = found.seat * len(found.proposal)
    return (
        f"filled {len(found.proposal):,} of {int(instance.seats.sum()):,}, "
        f"total {found.total:,} of {found.bound - base:,.0f} ({found.total / (found.bound - base):.3%})"
    )


def standing() -> tuple[Any, ...]:
    """A solved call of 10,000, of which people who hold about 523 assignments leave."""
    worth, most = drawn(10_000, 2_000, 1.3)
    seats = numpy.full(10_000, PANEL)
    before = match(from_matrix(seats, most * 0, most, worth), with_floor=False)
    load = numpy.bincount(before.reviewer, minlength=2_000)
    leaving = numpy.flatnonzero(numpy.cumsum(load) <= 523)
    return worth, seats, most, before, leaving


def mended(asked: tuple[Any, ...], price: int) -> str:
    """Fill what those who left open, with a price on every other move."""
    worth, seats, most, before, leaving = asked
    gone = numpy.isin(before.reviewer, leaving)
    left, valued = most.copy(), worth.copy()
    left[leaving] = 0
    valued[before.proposal[~gone], before.reviewer[~gone]] += price
    found = match(from_matrix(seats, most * 0, left, valued), with_floor=False)
    stays = set(zip(before.proposal[~gone].tolist(), before.reviewer[~gone].tolist(), strict=True))
    now = list(zip(found.proposal.tolist(), found.reviewer.tolist(), strict=True))
    total = int(worth[found.proposal, found.reviewer].sum())
    return f"{int(gone.sum())} open slots, {len(stays - set(now))} moves, total {total:,}"


def short() -> Any:
    """A call with one article that too few know."""
    worth, most = drawn(10_000, 2_000, 1.3)
    worth[:49] = ABSENT
    worth[:49, :4] = 30
    most[:4] = 19
    return from_matrix(numpy.full(10_000, PANEL), most * 0, most, worth)


def named(instance: Any) -> str:
    """Say the core of the shortfall."""
    core = match(instance, with_floor=False).core
    assert core is not None
    return (
        f"{len(core.proposals)} proposals need {core.needed} reviews; "
        f"the {len(core.reviewers)} people who could write them have room for {core.room}"
    )


Case = tuple[str, Callable[[], Any], Callable[[Any], str]]
CASES: tuple[Case, ...] = (
    ("100 x 30 x 3, lists", lambda: lists(100, 30, 1.3), lambda one: staged(one, with_floor=True)),
    ("1,000 x 200 x 3, lists", lambda: lists(1_000, 200, 1.3), lambda one: staged(one, with_floor=True)),
    (
        "10,000 x 2,000 x 3, lists, optimum",
        lambda: lists(10_000, 2_000, 1.3),
        lambda one: staged(one, with_floor=False),
    ),
    (
        "10,000 x 2,000 x 3, lists, with floor",
        lambda: lists(10_000, 2_000, 1.3),
        lambda one: staged(one, with_floor=True),
    ),
    (
        "all pairs, 5 % spare, optimum",
        lambda: all_pairs(10_000, 2_000, 1.05),
        lambda one: staged(one, with_floor=False),
    ),
    (
        "all pairs, 5 % spare, with floor",
        lambda: all_pairs(10_000, 2_000, 1.05),
        lambda one: staged(one, with_floor=True),
    ),
    ("whole policy, 100 x 30", lambda: ruled(100, 30), under_rules),
    ("whole policy, 1,000 x 200", lambda: ruled(1_000, 200), under_rules),
    ("523 open slots, no price", standing, lambda one: mended(one, 0)),
    ("523 open slots, with a price", standing, lambda one: mended(one, MOVE_PRICE)),
    ("core of a shortfall", short, named),
)


@click.command()
@click.argument("number", type=int, required=False)
def main(number: int | None) -> None:
    """Measure every case, each in a process of its own, or the one with this number in this process."""
    if number is not None:
        measure(*CASES[number])
        return
    click.echo("Processor seconds of solving alone, and the memory of the whole process above that of the instance.\n")
    for case in range(len(CASES)):
        subprocess.run([sys.executable, "-m", "tests.bench.routing", str(case)], check=False, cwd=Path.cwd())
    click.echo(f"\nLoad of the machine now: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors.")


def measure(name: str, make: Callable[[], Any], run: Callable[[Any], str]) -> None:
    """One case: what it takes and what it says."""
    asked = make()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    said = run(asked)
    seconds = time.process_time() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    click.echo(f"{name:<40}{seconds:>7.2f} s {memory / 1024:>5.0f} MB (from {before / 1024:.0f})  {said}")


if __name__ == "__main__":
    main()
