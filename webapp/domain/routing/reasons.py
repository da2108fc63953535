"""Why somebody was chosen, and why the next best was not (R39)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from webapp.domain.routing.judging import Judged, judge, languages_read
from webapp.domain.routing.posing import Fit, fit, hindrances, meets
from webapp.domain.routing.shape import Candidate, Need, Policy

WHY_NOT = ("role", "crowded", "lower_fit", "same_partner", "same_kind", "more_work", "drawn")
"""Why the next best is not in somebody's place: a rule would break, or the panel would be worth less, or it was
equal and drawn by the seed."""


@dataclass(frozen=True, slots=True)
class NextBest:
    """The best of those not chosen; `loss` is how many points the panel would lose with them instead."""

    person_id: int
    points: int
    why: str
    loss: int


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one reviewer: articles known with levels, the language read, rules they fulfil, their rank by fit.

    `rank` of `eligible` candidates counts from 1; equal points share a rank. `by` is routing or hand.
    """

    articles: tuple[tuple[int, int], ...]
    language: str
    rules: tuple[str, ...]
    points: int
    rank: int
    eligible: int
    returning: bool = False
    next_best: NextBest | None = None
    by: str = "routing"

    def facts(self) -> dict[str, Any]:
        """As stored with the assignment."""
        return asdict(self)


def explain(
    need: Need, chosen: Sequence[Candidate], candidates: Sequence[Candidate], policy: Policy
) -> dict[int, Reason]:
    """The reason for each of those chosen for a panel, by person."""
    ranked = rank(need, candidates, policy)
    taken = {one.person_id for one in chosen}
    left = next((one for one, _fit in ranked if one.person_id not in taken), None)
    before = judge(need, chosen, policy)
    reasons = {}
    for one in chosen:
        others = [other for other in chosen if other is not one]
        instead = judge(need, [*others, left], policy) if left else None
        next_best = _next_best(left, fit(left, need, policy).points, before, instead) if left and instead else None
        reasons[one.person_id] = _reason(one, need, policy, ranked, next_best=next_best)
    return reasons


def explain_by_hand(one: Candidate, need: Need, candidates: Sequence[Candidate], policy: Policy) -> Reason:
    """What speaks for somebody whom the secretariat chose; the reason that a person gave stands beside it."""
    return _reason(one, need, policy, rank(need, candidates, policy), by="hand")


def rank(need: Need, candidates: Sequence[Candidate], policy: Policy) -> list[tuple[Candidate, Fit]]:
    """Those who may be asked, best fit first; equals in order of their ids."""
    seated = {member.person_id for member in need.panel}
    eligible = [
        (one, fit(one, need, policy))
        for one in candidates
        if one.person_id not in seated and not hindrances(one, need, policy)
    ]
    return sorted(eligible, key=lambda entry: (-entry[1].points, entry[0].person_id))


def _reason(
    one: Candidate,
    need: Need,
    policy: Policy,
    ranked: list[tuple[Candidate, Fit]],
    *,
    next_best: NextBest | None = None,
    by: str = "routing",
) -> Reason:
    own = fit(one, need, policy)
    return Reason(
        articles=own.articles,
        language=languages_read(one, need),
        rules=tuple(role.id for role in need.roles if meets(one, role)),
        points=own.points,
        rank=1 + sum(other.points > own.points for _candidate, other in ranked),
        eligible=len(ranked),
        returning=own.returning,
        next_best=next_best,
        by=by,
    )


def main_reason(before: Judged, instead: Judged) -> str:
    """What makes the second panel worse than the first, of WHY_NOT: a rule it breaks, or the part that loses most."""
    if set(instead.roles_open) - set(before.roles_open):
        return "role"
    if instead.crowded and not before.crowded:
        return "crowded"
    if before.value <= instead.value:
        return "drawn"
    parts = {
        "lower_fit": before.fit - instead.fit,
        "same_partner": instead.same_partner - before.same_partner,
        "same_kind": instead.same_kind - before.same_kind,
        "more_work": instead.load - before.load,
    }
    return max(parts, key=lambda part: parts[part])


def _next_best(left: Candidate, points: int, before: Judged, instead: Judged) -> NextBest:
    return NextBest(left.person_id, points, main_reason(before, instead), before.value - instead.value)
