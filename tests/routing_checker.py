"""Checks a plan against its problem without the solver: every bound, and on small problems the optimum itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from itertools import combinations

from webapp.domain.routing import Problem, Solution


def violations(problem: Problem, chosen: Collection[tuple[int, int]]) -> list[str]:
    """Everything that these assignments break."""
    allowed = {(pair.proposal, pair.reviewer) for pair in problem.pairs}
    found = [f"{one} may not be" for one in chosen if one not in allowed]
    for proposal, count in Counter(proposal for proposal, _reviewer in chosen).items():
        if count > problem.seats[proposal]:
            found.append(f"proposal {proposal} has {count} of {problem.seats[proposal]}")
    for reviewer, count in Counter(reviewer for _proposal, reviewer in chosen).items():
        if count > problem.rooms[reviewer]:
            found.append(f"reviewer {reviewer} has {count}, room for {problem.rooms[reviewer]}")
    for cap in problem.caps:
        count = sum((cap.proposal, reviewer) in chosen for reviewer in cap.reviewers)
        if count > cap.at_most:
            found.append(f"proposal {cap.proposal} has {count} of {sorted(cap.reviewers)}, at most {cap.at_most}")
    return found


def worth(problem: Problem, chosen: Collection[tuple[int, int]]) -> int:
    """The points of these assignments, counted one by one."""
    points = sum(pair.value for pair in problem.pairs if (pair.proposal, pair.reviewer) in chosen)
    for preference in problem.preferences:
        count = sum((preference.proposal, reviewer) in chosen for reviewer in preference.reviewers)
        points -= preference.price * max(0, count - preference.at_most)
    for reviewer, count in Counter(reviewer for _proposal, reviewer in chosen).items():
        points -= sum(problem.steps.get(reviewer, ())[:count])
    return points


def best_by_trying(problem: Problem) -> tuple[int, int]:
    """The most seats and then the most points, found by trying every set of pairs."""
    return max((len(chosen), worth(problem, chosen)) for chosen in _every(problem) if not violations(problem, chosen))


def check(problem: Problem, solution: Solution) -> None:
    """Fails where the solution breaks a bound or does not add up to what it says."""
    assert violations(problem, solution.chosen) == []
    assert len(solution.chosen) == solution.filled
    assert worth(problem, solution.chosen) == solution.value


def _every(problem: Problem) -> Iterator[frozenset[tuple[int, int]]]:
    pairs = [(pair.proposal, pair.reviewer) for pair in problem.pairs]
    for count in range(min(len(pairs), sum(problem.seats.values())) + 1):
        for some in combinations(pairs, count):
            yield frozenset(some)
