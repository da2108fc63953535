"""What cannot be staffed, in numbers: what is missing, what stands in the way, and what would do (R40)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from webapp.domain.routing.judging import judge
from webapp.domain.routing.posing import LIMITS, hindrances, meets, pose
from webapp.domain.routing.problem import Problem, Solution
from webapp.domain.routing.shape import Candidate, Need, Policy

Solve = Callable[[Problem], Solution]


@dataclass(frozen=True, slots=True)
class RoleGap:
    """A role rule that the panel does not meet: how many it asks for, has, and how many could be asked at all."""

    id: str
    article: int
    level: int
    asks: int
    has: int
    known: int


@dataclass(frozen=True, slots=True)
class Remedy:
    """Lifting these limits for these people fills `fills` of the empty seats; each was solved again to see.

    `limits` are words of LIMITS or ids of role rules. For a load limit each of the people takes one more.
    """

    limits: tuple[str, ...]
    people: tuple[int, ...]
    fills: int


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What one panel misses: wanted and found reviewers, role rules not met, and how many candidates
    each hindrance keeps away (each counted once, under the gravest)."""

    wanted: int
    found: int
    candidates: int
    roles: tuple[RoleGap, ...]
    hindered: tuple[tuple[str, int], ...]
    remedies: tuple[Remedy, ...]

    @property
    def missing(self) -> int:
        """How many reviewers are missing."""
        return self.wanted - self.found

    def facts(self) -> dict[str, Any]:
        """As stored with the plan."""
        return {**asdict(self), "missing": self.missing}


@dataclass(frozen=True, slots=True)
class _Asked:
    """One panel's question, to be solved again with limits lifted; `filled` seats are as many as can be without."""

    need: Need
    candidates: Sequence[Candidate]
    policy: Policy
    solve: Solve
    seed: int
    filled: int


def find_shortfall(
    need: Need, chosen: Sequence[Candidate], candidates: Sequence[Candidate], policy: Policy, *, solve: Solve, seed: int
) -> Shortfall | None:
    """What is missing where the panel is not full or a role rule not met; None where nothing is."""
    panel = (*need.panel, *chosen)
    gaps = tuple(_role_gaps(need, panel, candidates))
    if len(panel) >= need.wanted and not gaps:
        return None
    seated = {member.person_id for member in panel}
    hindered = Counter(
        found[0] for one in candidates if one.person_id not in seated and (found := hindrances(one, need, policy))
    )
    remedies = tuple(_remedies(_Asked(need, candidates, policy, solve, seed, len(chosen))))
    return Shortfall(need.wanted, len(panel), len(candidates), gaps, tuple(sorted(hindered.items())), remedies)


def _role_gaps(need: Need, panel: Sequence[Candidate], candidates: Sequence[Candidate]) -> Iterator[RoleGap]:
    for role in need.roles:
        has = sum(meets(member, role) for member in panel)
        if has < role.reviewers:
            known = sum(meets(one, role) for one in candidates)
            yield RoleGap(role.id, role.article, role.expertise_at_least, role.reviewers, has, known)


def _remedies(asked: _Asked) -> Iterator[Remedy]:
    """Each limit by itself that fills every seat; where none does, all of them together, if that helps."""
    empty = asked.need.missing - asked.filled
    limits = (*LIMITS, *(role.id for role in asked.need.roles))
    alone = [remedy for limit in limits if (remedy := _lift(asked, (limit,)))] if empty else []
    enough = [remedy for remedy in alone if remedy.fills >= empty]
    if empty and not enough and (together := _lift(asked, limits)):
        enough = [together]
    yield from enough


def _lift(asked: _Asked, limits: tuple[str, ...]) -> Remedy | None:
    need = asked.need
    solution = asked.solve(pose((need,), asked.candidates, asked.policy, asked.seed, lifted=limits))
    gained = solution.filled - asked.filled
    if gained <= 0:
        return None
    people = set(solution.panel(need.proposal_id))
    chosen = [one for one in asked.candidates if one.person_id in people]
    excepted = {one.person_id: found for one in chosen if (found := hindrances(one, need, asked.policy))}
    broken = {word for found in excepted.values() for word in found}
    broken |= set(judge(need, chosen, asked.policy).roles_open)
    return Remedy(tuple(limit for limit in limits if limit in broken), tuple(sorted(excepted)), gained)
