"""What a panel is worth, part by part, and which hard rules it breaks: for reasons, and for work by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from webapp.domain.routing.posing import fit, load_price, meets
from webapp.domain.routing.shape import Candidate, Need, Policy, base_language


@dataclass(frozen=True, slots=True)
class Judged:
    """The worth of those chosen beside the ones who stay: `fit` less the prices of load and sameness.

    `roles_open` are the ids of role rules that the whole panel does not meet; `crowded` says whether
    more come from one organisation or partner than the call lets.
    """

    fit: int
    load: int
    same_partner: int
    same_kind: int
    roles_open: tuple[str, ...]
    crowded: bool

    @property
    def value(self) -> int:
        """All points together, as the solver counts them."""
        return self.fit - self.load - self.same_partner - self.same_kind


def judge(need: Need, chosen: Sequence[Candidate], policy: Policy) -> Judged:
    """What these people would be worth to this panel."""
    panel = (*need.panel, *chosen)
    weights = policy.weights
    return Judged(
        fit=sum(fit(one, need, policy).points for one in chosen),
        load=sum(load_price(one, policy) for one in chosen),
        same_partner=weights.partner_diversity * _repeated(need, chosen, "partner_id"),
        same_kind=weights.kind_diversity * _repeated(need, chosen, "organisation_kind"),
        roles_open=tuple(
            role.id for role in need.roles if sum(meets(member, role) for member in panel) < role.reviewers
        ),
        crowded=_is_over(panel, "organisation_id", policy.organisation_at_most)
        or _is_over(panel, "partner_id", policy.partner_at_most),
    )


def languages_read(candidate: Candidate, need: Need) -> str:
    """The proposal's language if the candidate reads it, else nothing."""
    wanted = base_language(need.language)
    return wanted if wanted in {base_language(tag) for tag in candidate.languages} else ""


def _repeated(need: Need, chosen: Sequence[Candidate], attribute: str) -> int:
    """How many of those chosen repeat what is there already."""
    before = Counter(getattr(member, attribute) for member in need.panel)
    after = before + Counter(getattr(one, attribute) for one in chosen)
    return sum(max(0, after[shared] - 1) - max(0, before[shared] - 1) for shared in after if shared)


def _is_over(panel: Sequence[Candidate], attribute: str, at_most: int | None) -> bool:
    if at_most is None:
        return False
    counted = Counter(getattr(member, attribute) for member in panel)
    return any(count > at_most for shared, count in counted.items() if shared)
