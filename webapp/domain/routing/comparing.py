"""Why not her: what choosing somebody would cost a panel exactly, or the rule that keeps them from it (R39)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from webapp.domain.routing.judging import Judged, judge
from webapp.domain.routing.posing import fit, hindrances, pose
from webapp.domain.routing.reasons import main_reason, rank
from webapp.domain.routing.shape import Candidate, Need, Policy
from webapp.domain.routing.shortfalls import Solve


@dataclass(frozen=True, slots=True)
class WhyNot:
    """What stands against one person.

    `blocked` are the hard rules in their way, the gravest first; then there is no loss. Otherwise the best panel
    with them is worth `loss` points less and fills `seats_lost` seats fewer than the best of all, and `leaves`
    are those who would give place. `why` is the part that loses most (of WHY_NOT).
    """

    person_id: int
    blocked: tuple[str, ...] = ()
    points: int = 0
    rank: int = 0
    eligible: int = 0
    loss: int = 0
    seats_lost: int = 0
    why: str = ""
    leaves: tuple[int, ...] = ()

    def facts(self) -> dict[str, Any]:
        """As stored with a plan."""
        return asdict(self)


def why_not(
    need: Need, asked: Candidate, candidates: Sequence[Candidate], policy: Policy, *, solve: Solve, seed: int
) -> WhyNot:
    """What choosing `asked` for the panel's empty seats would cost; both panels are solved to the optimum."""
    blocked = hindrances(asked, need, policy)
    if blocked or not need.missing:
        return WhyNot(asked.person_id, blocked)
    best = _best(need, candidates, policy, solve, seed)
    beside = replace(need, panel=(*need.panel, asked))
    others = _best(beside, candidates, policy, solve, seed)
    with_them = [asked, *others]
    before, instead = judge(need, best, policy), judge(need, with_them, policy)
    points, ranked = fit(asked, need, policy).points, rank(need, candidates, policy)
    kept = {one.person_id for one in with_them}
    return WhyNot(
        person_id=asked.person_id,
        points=points,
        rank=1 + sum(other.points > points for _one, other in ranked),
        eligible=len(ranked),
        loss=before.value - instead.value,
        seats_lost=len(best) - len(with_them),
        why=_why(asked, best, before, instead),
        leaves=tuple(one.person_id for one in best if one.person_id not in kept),
    )


def _best(need: Need, candidates: Sequence[Candidate], policy: Policy, solve: Solve, seed: int) -> list[Candidate]:
    people = set(solve(pose((need,), candidates, policy, seed)).panel(need.proposal_id))
    return [one for one in candidates if one.person_id in people]


def _why(asked: Candidate, best: Sequence[Candidate], before: Judged, instead: Judged) -> str:
    return "" if asked in best else main_reason(before, instead)
