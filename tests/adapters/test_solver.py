"""The solver finds the proven optimum, breaks no bound, and does so the same way every time (R36, R37)."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.routing_cases import candidates, needs, policies
from tests.routing_checker import best_by_trying, check, violations, worth
from webapp.adapters.solver import HighsSolver
from webapp.domain.routing import (
    Candidate,
    Cap,
    Need,
    Pair,
    Policy,
    Preference,
    Problem,
    explain,
    find_shortfall,
    hindrances,
    judge,
    pose,
    why_not,
)

SOLVER = HighsSolver()
THOROUGH = settings(max_examples=120, deadline=None)


@pytest.mark.rule("R36")
@THOROUGH
@given(needs(people=4), candidates(most=4), policies)
def test_the_optimum_is_the_best_of_all_that_can_be_tried(
    asked: tuple[Need, ...], people: tuple[Candidate, ...], policy: Policy
) -> None:
    problem = pose(asked, people, policy, seed=1)
    solution = SOLVER.solve(problem)
    check(problem, solution)
    assert (solution.filled, solution.value) == best_by_trying(problem)


@pytest.mark.rule("R37", "R38")
@THOROUGH
@given(needs(), candidates(), policies)
def test_no_hard_rule_is_ever_broken(asked: tuple[Need, ...], people: tuple[Candidate, ...], policy: Policy) -> None:
    solution = SOLVER.solve(pose(asked, people, policy, seed=1))
    by_id = {one.person_id: one for one in people}
    for need in asked:
        panel = [by_id[person] for person in solution.panel(need.proposal_id)]
        assert len(panel) <= need.missing
        assert not {one.person_id for one in panel} & set(need.barred)
        assert all(hindrances(one, need, policy) == () for one in panel)
        if not judge(need, (), policy).crowded:
            assert not judge(need, panel, policy).crowded
    for one in people:
        taken = sum(reviewer == one.person_id for _proposal, reviewer in solution.chosen)
        assert one.open_reviews + taken <= max(one.load_max, one.open_reviews)


@pytest.mark.rule("R37")
@THOROUGH
@given(needs(proposals=1), candidates(), policies)
def test_the_seats_of_a_role_stay_empty_until_somebody_fits(
    asked: tuple[Need, ...], people: tuple[Candidate, ...], policy: Policy
) -> None:
    (need,) = asked
    need = replace(need, panel=())
    by_id = {one.person_id: one for one in people}
    chosen = [by_id[person] for person in SOLVER.solve(pose((need,), people, policy, seed=1)).panel(need.proposal_id)]
    for role in need.roles:
        experts = sum(one.expertise.get(role.article, 0) >= role.expertise_at_least for one in chosen)
        assert experts >= role.reviewers or len(chosen) - experts <= max(0, need.wanted - role.reviewers)


@pytest.mark.rule("R36")
@THOROUGH
@given(needs(), candidates(most=5), policies, st.data())
def test_adding_a_reviewer_never_lowers_the_optimum(
    asked: tuple[Need, ...], people: tuple[Candidate, ...], policy: Policy, data: st.DataObject
) -> None:
    (more,) = data.draw(candidates(most=1, first=50).filter(bool))
    before = SOLVER.solve(pose(asked, people, policy, seed=1))
    after = SOLVER.solve(pose(asked, (*people, more), policy, seed=1))
    assert (after.filled, after.value) >= (before.filled, before.value)


@pytest.mark.rule("R36")
@THOROUGH
@given(needs(), candidates(), policies, st.integers(0, 2**32), st.randoms())
def test_the_same_input_gives_the_same_output_in_any_order(
    asked: tuple[Need, ...], people: tuple[Candidate, ...], policy: Policy, seed: int, dice: object
) -> None:
    shuffled = list(people)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    assert SOLVER.solve(pose(asked, people, policy, seed)) == SOLVER.solve(pose(asked, shuffled, policy, seed))


@pytest.mark.rule("R36")
def test_the_seed_chooses_among_equals() -> None:
    problem = Problem(seats={1: 1}, rooms=dict.fromkeys(range(8), 1), pairs=tuple(Pair(1, n, 5) for n in range(8)))
    chosen = {SOLVER.solve(replace(problem, seed=seed)).panel(1) for seed in range(40)}
    assert len(chosen) > 4


@pytest.mark.rule("R37")
def test_preferences_give_way_to_filling_and_caps_do_not() -> None:
    pairs = tuple(Pair(1, person, 10) for person in (1, 2, 3))
    both = frozenset({1, 2})
    problem = Problem({1: 3}, {1: 1, 2: 1, 3: 1}, pairs, preferences=(Preference(1, both, 1, 100),))
    solution = SOLVER.solve(problem)
    assert (solution.filled, solution.value) == (3, -70)
    assert SOLVER.solve(replace(problem, caps=(Cap(1, both, 1),))).filled == 2


@pytest.mark.rule("R37")
def test_loads_come_out_even() -> None:
    """Two equal reviewers, four proposals: two each, though nothing else asks for it."""
    pairs = tuple(Pair(proposal, person, 10) for proposal in range(4) for person in (1, 2))
    steps = {1: (0, 3, 6, 9), 2: (0, 3, 6, 9)}
    solution = SOLVER.solve(Problem(dict.fromkeys(range(4), 1), {1: 4, 2: 4}, pairs, steps=steps))
    assert sum(person == 1 for _proposal, person in solution.chosen) == 2


@pytest.mark.rule("R39")
@THOROUGH
@given(needs(proposals=1), candidates(), policies)
def test_every_choice_is_explained_and_no_single_exchange_would_be_better(
    asked: tuple[Need, ...], people: tuple[Candidate, ...], policy: Policy
) -> None:
    (need,) = asked
    by_id = {one.person_id: one for one in people}
    solution = SOLVER.solve(pose(asked, people, policy, seed=1))
    chosen = [by_id[person] for person in solution.panel(need.proposal_id)]
    reasons = explain(need, chosen, people, policy)
    assert set(reasons) == {one.person_id for one in chosen}
    assert judge(need, chosen, policy).value == solution.value
    for reason in reasons.values():
        assert 1 <= reason.rank <= reason.eligible
        if reason.next_best and reason.next_best.why not in ("role", "crowded"):
            assert reason.next_best.loss >= 0


@pytest.mark.rule("R40")
@THOROUGH
@given(needs(proposals=1), candidates(), policies)
def test_a_shortfall_is_told_exactly_when_something_is_missing_and_its_remedies_hold(
    asked: tuple[Need, ...], people: tuple[Candidate, ...], policy: Policy
) -> None:
    (need,) = asked
    by_id = {one.person_id: one for one in people}
    chosen = [by_id[person] for person in SOLVER.solve(pose(asked, people, policy, seed=1)).panel(need.proposal_id)]
    short = find_shortfall(need, chosen, people, policy, solve=SOLVER.solve, seed=1)
    panel = len(need.panel) + len(chosen)
    if short is None:
        assert panel >= need.wanted
        return
    assert (short.found, short.wanted, short.candidates) == (panel, need.wanted, len(people))
    for remedy in short.remedies:
        lifted = pose((need,), people, policy, seed=1, lifted=remedy.limits)
        again = SOLVER.solve(lifted)
        check(lifted, again)
        assert again.filled == len(chosen) + remedy.fills
        assert set(remedy.people) <= set(again.panel(need.proposal_id))
        assert all(set(hindrances(by_id[person], need, policy)) <= set(remedy.limits) for person in remedy.people)


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    """The library greets whoever makes it; a worker's log is for the product's own lines."""
    SOLVER.solve(Problem(seats={1: 1}, rooms={2: 1}, pairs=(Pair(1, 2, 1),)))
    assert capfd.readouterr().out == ""


@pytest.mark.rule("R39")
@THOROUGH
@given(needs(proposals=1), candidates(most=5), policies)
def test_what_choosing_somebody_would_cost_is_the_difference_of_the_best_panels_with_and_without(
    asked: tuple[Need, ...], people: tuple[Candidate, ...], policy: Policy
) -> None:
    (need,) = asked
    problem = pose(asked, people, policy, seed=1)
    for one in people:
        found = why_not(need, one, people, policy, solve=SOLVER.solve, seed=1)
        assert found.blocked == hindrances(one, need, policy)
        pairs = {pair.reviewer for pair in problem.pairs}
        if found.blocked or not need.missing or one.person_id not in pairs:
            continue
        sets = [
            frozenset((need.proposal_id, person) for person in some)
            for size in range(need.missing + 1)
            for some in combinations(sorted(pairs), size)
        ]
        fitting = [some for some in sets if not violations(problem, some)]
        with_them = [some for some in fitting if (need.proposal_id, one.person_id) in some]
        if not with_them:
            # A seat is kept for somebody of a role: whoever is asked about does not have it.
            continue
        filled, value = max((len(some), worth(problem, some)) for some in fitting)
        own_filled, own_value = max((len(some), worth(problem, some)) for some in with_them)
        assert (found.seats_lost, found.loss) == (filled - own_filled, value - own_value)
