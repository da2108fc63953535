"""Matchings of whole calls: the stages against every matching there is, and their certificates (R36, R40)."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.matching_checker import best_by_trying, certify_total, check, highest_floor, ints, pairs_of
from webapp.adapters.matching.columns import Pool, optimum
from webapp.adapters.matching.instance import ABSENT, Instance, from_lists, from_matrix
from webapp.adapters.matching.rules import Expert, Group, keep_rules
from webapp.adapters.matching.stages import match
from webapp.cli import desk

THOROUGH = settings(max_examples=25, deadline=None)


@st.composite
def instances(draw: st.DrawFn, *, proposals: int = 3, reviewers: int = 4) -> Instance:
    """Small instances, some of which cannot be filled."""
    rows, people = draw(st.integers(1, proposals)), draw(st.integers(1, reviewers))
    worth = draw(
        st.lists(
            st.lists(st.one_of(st.just(ABSENT), st.integers(0, 9)), min_size=people, max_size=people),
            min_size=rows,
            max_size=rows,
        )
    )
    most = [draw(st.integers(0, 3)) for _ in range(people)]
    least = [draw(st.integers(0, one)) for one in most]
    seats = [draw(st.integers(1, 2)) for _ in range(rows)]
    return from_matrix(ints(*seats), ints(*least), ints(*most), numpy.array(worth, numpy.int32))


def large(seed: int = 0, *, proposals: int = 300, reviewers: int = 60, spare: float = 1.05) -> Instance:
    """An instance with little room to spare."""
    draw = numpy.random.default_rng(seed)
    levels = draw.integers(0, 4, (reviewers, 12)) * (draw.random((reviewers, 12)) < 0.3)
    mapped = (draw.random((proposals, 12)) < 0.2).astype(int)
    worth = (10 * mapped @ levels.T + draw.integers(0, 10, (proposals, reviewers))).astype(numpy.int32)
    most = numpy.full(reviewers, int(numpy.ceil(3 * proposals * spare / reviewers)))
    return from_matrix(numpy.full(proposals, 3), numpy.zeros(reviewers, numpy.int64), most, worth)


@pytest.mark.rule("R36")
@THOROUGH
@given(instances())
def test_fill_then_least_loads_then_worth_then_even_loads_are_the_best_there_are(instance: Instance) -> None:
    found = match(instance, seed=3, with_floor=False)
    check(instance, found)
    stages = found.stages
    assert (stages.filled, -stages.below_least, stages.total, -stages.squares) == best_by_trying(instance)


@pytest.mark.rule("R36")
@THOROUGH
@given(instances())
def test_the_floor_is_within_its_bound_and_the_bound_is_true(instance: Instance) -> None:
    found = match(instance, seed=3)
    check(instance, found)
    best = highest_floor(instance)
    if best >= 0:
        assert found.stages.floor <= best <= found.stages.floor_bound
        sums = numpy.zeros(instance.proposals, int)
        pairs = pairs_of(instance)
        for proposal, reviewer in zip(found.proposal.tolist(), found.reviewer.tolist(), strict=True):
            sums[proposal] += pairs[proposal, reviewer]
        assert sums[instance.seats > 0].min() >= found.stages.floor


@pytest.mark.rule("R36")
def test_few_columns_reach_the_optimum_of_all_pairs_and_the_floor_its_bound() -> None:
    instance = large(proposals=1200, reviewers=600)
    found = match(instance, with_floor=False)
    check(instance, found)
    certify_total(instance, found)
    assert found.stages.rounds > 1, "the instance is large enough to need columns by price"


@pytest.mark.rule("R36")
def test_the_worst_off_is_raised_to_the_bound_that_no_matching_exceeds() -> None:
    instance = large(4, spare=1.15)
    raised = match(instance)
    check(instance, raised)
    assert raised.stages.floor == raised.stages.floor_bound > worst_of(instance)
    assert raised.stages.total >= 0.99 * raised.stages.total_bound


@pytest.mark.rule("R40")
def test_short_lists_leave_seats_empty_that_all_pairs_fill() -> None:
    """The trap: with little room to spare the best candidates of all are the same few."""
    instance = large()
    (block,) = instance.blocks
    best = numpy.argsort(-block.worth, axis=1)[:, :6]
    proposal = numpy.repeat(numpy.arange(300), 6)
    worth = numpy.take_along_axis(block.worth, best, 1).ravel()
    short = match(from_lists(instance.seats, instance.least, instance.most, (proposal, best.ravel(), worth)))
    assert short.core is not None
    assert match(instance).core is None


@pytest.mark.rule("R36")
def test_the_same_instance_and_seed_give_the_same_matching_in_whatever_order_its_pairs_come() -> None:
    instance = large(2)
    first, again = match(instance, seed=5), match(instance, seed=5)
    assert (first.proposal == again.proposal).all() and (first.reviewer == again.reviewer).all()
    pairs = list(pairs_of(instance).items())
    numpy.random.default_rng(1).shuffle(pairs)
    proposal, reviewer = (numpy.array([pair[place] for pair, _worth in pairs]) for place in range(2))
    worth = numpy.array([worth for _pair, worth in pairs])
    shuffled = from_lists(instance.seats, instance.least, instance.most, (proposal, reviewer, worth))
    other = match(shuffled, seed=5, with_floor=False)
    plain = match(instance, seed=5, with_floor=False)
    assert (other.reviewer == plain.reviewer).all()
    assert (match(instance, seed=6, with_floor=False).reviewer != plain.reviewer).any()


@pytest.mark.rule("R36")
@THOROUGH
@given(instances(), st.lists(st.integers(0, 9), min_size=3, max_size=3), st.integers(1, 2))
def test_one_more_reviewer_never_lowers_what_can_be(instance: Instance, worths: list[int], room: int) -> None:
    (block,) = instance.blocks
    column = numpy.array(worths[: instance.proposals], numpy.int32)[:, None]
    wider = from_matrix(
        instance.seats,
        numpy.append(instance.least, 0) * 0,
        numpy.append(instance.most, room),
        numpy.hstack([block.worth, column]),
    )
    before = match(replace(instance, least=instance.least * 0), with_floor=False).stages
    after = match(wider, with_floor=False).stages
    assert (after.filled, after.total) >= (before.filled, before.total)


@pytest.mark.rule("R37")
@THOROUGH
@given(instances(proposals=2, reviewers=3), st.data())
def test_rules_on_panels_are_kept_at_the_best_total_there_is(instance: Instance, data: st.DataObject) -> None:
    people = instance.reviewers
    labels = numpy.array(data.draw(st.lists(st.integers(0, 2), min_size=people, max_size=people)))
    who = numpy.array(data.draw(st.lists(st.booleans(), min_size=people, max_size=people)))
    ruled = keep_rules(instance, [Group(labels, 1)], [Expert(numpy.arange(instance.proposals), who, 1)])
    panels: dict[int, list[int]] = {}
    for proposal, reviewer in zip(ruled.proposal.tolist(), ruled.reviewer.tolist(), strict=True):
        panels.setdefault(proposal, []).append(reviewer)
    pairs = pairs_of(instance)
    for proposal, panel in panels.items():
        assert may_be(panel, labels, who, int(instance.seats[proposal]))
    assert ruled.value == best_ruled(instance, pairs, labels, who, ruled.seat)
    assert ruled.value <= ruled.bound + 1e-6


def test_a_price_on_moves_keeps_what_stands() -> None:
    """Solved afresh after a reviewer left, many assignments move; with a price, few, for next to nothing."""
    instance = large(4, spare=1.3)
    before = match(instance, with_floor=False)
    standing = set(zip(before.proposal.tolist(), before.reviewer.tolist(), strict=True))
    most = instance.most.copy()
    most[0] = 0
    (block,) = instance.blocks
    changed = from_matrix(instance.seats, instance.least, most, block.worth)
    price = numpy.zeros_like(block.worth)
    price[before.proposal, before.reviewer] = 8
    priced = from_matrix(instance.seats, instance.least, most, block.worth + price)
    moved, total = [], []
    for one in (changed, priced):
        found = match(one, with_floor=False)
        now = set(zip(found.proposal.tolist(), found.reviewer.tolist(), strict=True))
        moved.append(len({pair for pair in standing if pair[1] != 0} - now))
        total.append(int(block.worth[found.proposal, found.reviewer].sum()))
    assert moved[1] < moved[0]
    assert total[1] >= 0.995 * total[0]


def test_the_command_writes_a_plan_and_says_the_bounds(tmp_path: Path) -> None:
    instance = large(3, proposals=40, reviewers=12)
    pairs = pairs_of(instance)
    arrays = {
        "ep": numpy.array([proposal for proposal, _reviewer in pairs]),
        "er": numpy.array([reviewer for _proposal, reviewer in pairs]),
        "aff": numpy.array(list(pairs.values())),
        "k": instance.seats,
        "lmin": instance.least,
        "lmax": instance.most,
    }
    numpy.savez(tmp_path / "instance.npz", **arrays)
    result = CliRunner().invoke(
        desk, ["routing", "solve", str(tmp_path / "instance.npz"), str(tmp_path / "plan.csv"), "--no-floor"]
    )
    assert result.exit_code == 0, result.output
    header, *lines = (tmp_path / "plan.csv").read_text().splitlines()
    assert header == "proposal,reviewer"
    total = sum(pairs[tuple(int(part) for part in line.split(","))] for line in lines)  # type: ignore[index]
    assert f"total {total}; bound {total}" in result.stderr
    assert "filled 120 of 120 seats" in result.stderr


def test_a_file_that_does_not_fit_together_is_said(tmp_path: Path) -> None:
    one = numpy.zeros(1, int)
    numpy.savez(tmp_path / "bad.npz", ep=one + 7, er=one, aff=one, k=one + 1, lmin=one, lmax=one + 1)
    result = CliRunner().invoke(desk, ["routing", "solve", str(tmp_path / "bad.npz"), str(tmp_path / "plan.csv")])
    assert result.exit_code == 1
    assert "cannot be read" in result.output


def may_be(panel: list[int], labels: numpy.ndarray, who: numpy.ndarray, seats: int) -> bool:  # type: ignore[type-arg]
    """Whether the panel keeps the rules of the test."""
    own = [int(labels[one]) for one in panel if labels[one]]
    return len(own) == len(set(own)) and sum(not who[one] for one in panel) <= seats - 1


def best_ruled(instance: Instance, pairs: dict[tuple[int, int], int], labels: object, who: object, seat: int) -> int:
    """The best value of any matching under the rules, by trying."""
    best = 0
    everything = list(pairs)
    for size in range(min(len(everything), int(instance.seats.sum())) + 1):
        for some in combinations(everything, size):
            load = numpy.bincount([reviewer for _one, reviewer in some], minlength=instance.reviewers)
            if (load > instance.most).any():
                continue
            panels = [[reviewer for one, reviewer in some if one == row] for row in range(instance.proposals)]
            if all(
                len(panel) <= instance.seats[row] and may_be(panel, labels, who, int(instance.seats[row]))  # type: ignore[arg-type]
                for row, panel in enumerate(panels)
            ):
                best = max(best, sum(pairs[pair] + seat for pair in some))
    return best


def worst_of(instance: Instance) -> int:
    """The worst panel of the best total."""
    return int(optimum(instance, Pool.of(instance)).sums(instance.proposals).min())
