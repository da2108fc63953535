"""What routing asks of the solver, and what it says afterwards (R37, R39, R40)."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest

from webapp.domain.routing import (
    Candidate,
    Need,
    Policy,
    Problem,
    RoleRule,
    Solution,
    Weights,
    explain,
    explain_by_hand,
    find_shortfall,
    fit,
    hindrances,
    judge,
    make_seed,
    pose,
    read_policy,
)

POLICY = Policy()
NEED = Need(1, 3, (5, 1, 10), "fr")
ANNA = Candidate(1, {5: 3, 1: 1}, frozenset({"en", "fr"}), partner_id=4, organisation_id=40, organisation_kind="ngo")
BEN = Candidate(2, {10: 2}, frozenset({"fr-CA"}), partner_id=4, organisation_id=41, organisation_kind="agency")
CHEN = Candidate(3, {1: 2, 10: 1}, frozenset({"fr", "zh"}), partner_id=5, organisation_id=42, organisation_kind="ngo")
DINA = Candidate(4, {5: 1}, frozenset({"fr"}), partner_id=6, organisation_id=43)
EXPERT = RoleRule("expert", "One who knows article 5 well", article=5, reviewers=1, expertise_at_least=2)


@pytest.mark.rule("R37")
@pytest.mark.parametrize(
    ("candidate", "expected"),
    [
        (ANNA, ()),
        (BEN, ()),
        (replace(ANNA, languages=frozenset({"en"})), ("language",)),
        (replace(ANNA, open_reviews=8), ("full",)),
        (replace(ANNA, is_away=True), ("away",)),
        (replace(ANNA, is_unreachable=True), ("unreachable",)),
        (replace(ANNA, expertise={7: 3}), ("no_expertise",)),
        (replace(ANNA, person_id=9, is_away=True), ("conflict", "away")),
    ],
)
def test_hindrances(candidate: Candidate, expected: tuple[str, ...]) -> None:
    assert hindrances(candidate, replace(NEED, barred={9: "conflict"}), POLICY) == expected


@pytest.mark.rule("R37")
def test_the_primary_article_counts_double() -> None:
    assert fit(ANNA, NEED, POLICY).points == 10 * (2 * 3 + 1)
    assert fit(ANNA, NEED, POLICY).articles == ((5, 3), (1, 1))
    assert fit(BEN, NEED, POLICY).points == 10 * 2
    assert fit(BEN, replace(NEED, returning=frozenset({2})), POLICY).points == 10 * 2 + 8


@pytest.mark.rule("R41")
def test_those_who_stay_are_not_asked_again_and_count() -> None:
    need = replace(NEED, panel=(ANNA,))
    problem = pose([need], [ANNA, BEN, CHEN], POLICY, seed=1)
    assert problem.seats == {1: 2}
    assert [pair.reviewer for pair in problem.pairs] == [2, 3]
    # Ben shares Anna's partner: even one more of it costs.
    assert (frozenset({2}), 0) in [(preference.reviewers, preference.at_most) for preference in problem.preferences]


@pytest.mark.rule("R37")
def test_a_role_rule_keeps_its_seats() -> None:
    need = replace(NEED, roles=(EXPERT,))
    (cap,) = [cap for cap in pose([need], [ANNA, BEN, CHEN], POLICY, seed=1).caps if cap.reviewers == {2, 3}]
    assert cap.at_most == 2
    kept = pose([replace(need, panel=(BEN, CHEN))], [ANNA, DINA], POLICY, seed=1)
    assert [cap.at_most for cap in kept.caps if cap.reviewers == {4}] == [0]


def first_come(problem: Problem) -> Solution:
    """Takes people in order of their ids, by the bounds of seats and room alone."""
    chosen: list[tuple[int, int]] = []
    for pair in problem.pairs:
        if sum(proposal == pair.proposal for proposal, _ in chosen) < problem.seats[pair.proposal]:
            chosen.append((pair.proposal, pair.reviewer))
    return Solution(frozenset(chosen), len(chosen), 0)


@pytest.mark.rule("R39")
def test_reasons_say_what_matched_and_why_not_the_next_best() -> None:
    need = replace(NEED, wanted=1, roles=(EXPERT,))
    reason = explain(need, [ANNA], [ANNA, BEN, CHEN, DINA], POLICY)[1]
    assert (reason.articles, reason.language, reason.rules) == (((5, 3), (1, 1)), "fr", ("expert",))
    assert (reason.points, reason.rank, reason.eligible) == (70, 1, 4)
    assert reason.next_best is not None
    assert (reason.next_best.person_id, reason.next_best.points, reason.next_best.why) == (3, 30, "role")


@pytest.mark.rule("R39")
@pytest.mark.parametrize(
    ("other", "why"),
    [
        (replace(CHEN, expertise={5: 2}), "lower_fit"),
        (replace(CHEN, expertise={5: 3, 1: 1}, partner_id=4), "same_partner"),
        (replace(CHEN, expertise={5: 3, 1: 1}, organisation_kind="agency"), "same_kind"),
        (replace(CHEN, expertise={5: 3, 1: 1}, organisation_kind="city", all_reviews=2), "more_work"),
        (replace(CHEN, expertise={5: 3, 1: 1}, organisation_kind="city"), "drawn"),
        (replace(CHEN, expertise={5: 3, 1: 1}, organisation_id=41), "crowded"),
    ],
)
def test_each_reason_for_not_taking_the_next_best(other: Candidate, why: str) -> None:
    need = replace(NEED, panel=(BEN,), wanted=2)
    chosen = replace(ANNA, partner_id=7)
    reason = explain(need, [chosen], [chosen, other], POLICY)[1]
    assert reason.next_best is not None
    assert reason.next_best.why == why
    assert (reason.next_best.loss > 0) == (why not in ("drawn", "crowded"))


def test_by_hand_says_so() -> None:
    reason = explain_by_hand(BEN, NEED, [ANNA, BEN, CHEN], POLICY)
    assert (reason.by, reason.rank, reason.facts()["by"]) == ("hand", 3, "hand")


@pytest.mark.rule("R40")
def test_a_shortfall_counts_what_stands_in_the_way_and_finds_what_would_do() -> None:
    full = replace(CHEN, open_reviews=2, load_max=2)
    away = replace(DINA, is_away=True, open_reviews=8)
    need = replace(NEED, barred={9: "conflict"})
    people = [ANNA, BEN, full, away, replace(ANNA, person_id=9)]
    short = find_shortfall(need, [ANNA, BEN], people, POLICY, solve=first_come, seed=1)
    assert short is not None
    assert (short.wanted, short.found, short.missing, short.candidates) == (3, 2, 1, 5)
    assert short.hindered == (("conflict", 1), ("full", 2))
    assert [(remedy.limits, remedy.people, remedy.fills) for remedy in short.remedies] == [(("full",), (3,), 1)]


@pytest.mark.rule("R40")
def test_a_role_that_nobody_fills_is_said_even_when_every_seat_is_taken() -> None:
    need = replace(NEED, wanted=1, panel=(BEN,), roles=(EXPERT,))
    short = find_shortfall(need, [], [ANNA], POLICY, solve=first_come, seed=1)
    assert short is not None
    assert (short.missing, [(gap.id, gap.asks, gap.has, gap.known) for gap in short.roles]) == (
        0,
        [("expert", 1, 0, 1)],
    )
    assert find_shortfall(replace(need, panel=(ANNA,)), [], [BEN], POLICY, solve=first_come, seed=1) is None


def test_judging_counts_what_repeats() -> None:
    judged = judge(NEED, [ANNA, BEN, CHEN], POLICY)
    assert (judged.fit, judged.same_partner, judged.same_kind, judged.crowded) == (70 + 20 + 30, 12, 4, False)
    assert judge(NEED, [ANNA, replace(BEN, organisation_id=40)], POLICY).crowded
    assert judge(replace(NEED, roles=(EXPERT,)), [BEN], POLICY).roles_open == ("expert",)


def test_policy_has_defaults_and_reads_what_a_call_says() -> None:
    assert read_policy({}, 4) == Policy(wanted=4)
    raw = MappingProxyType(
        {
            "release": "at_once",
            "lead_partner_conflicts": True,
            "partner_at_most": 2,
            "organisation_at_most": None,
            "weights": {"even_load": 0},
            "roles": [{"id": "a", "label": "A", "article": 5, "reviewers": 1, "expertise_at_least": 2}],
        }
    )
    assert read_policy(raw, 3) == Policy(
        release="at_once",
        lead_partner_conflicts=True,
        partner_at_most=2,
        organisation_at_most=None,
        roles=(RoleRule("a", "A", 5, 1, 2),),
        weights=Weights(even_load=0),
    )
    assert read_policy({"release": "never"}, 3).release == "after_look"


def test_a_seed_is_made_from_what_it_is_for() -> None:
    assert make_seed(1, 2, 3) == make_seed(1, 2, 3) != make_seed(1, 23)
