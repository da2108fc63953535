"""Poses the problem: who may review what by the hard rules, and what each pair is worth by the soft ones (R37)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from webapp.domain.routing.problem import Cap, Pair, Preference, Problem
from webapp.domain.routing.shape import Candidate, Need, Policy, RoleRule, base_language

PRIMARY_COUNTS = 2
"""How many times an article counts that is the primary one (R37)."""

LIMITS = ("full", "away", "language", "no_expertise")
"""Hindrances that somebody can lift: by a higher load limit, another language, another time."""

EXCEPTION_PRICE = 100_000
"""What an exception costs when asking which limit, lifted for how few, would do: more than any fit is worth."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a candidate suits: points, and the mapped articles they know with their levels."""

    points: int
    articles: tuple[tuple[int, int], ...]
    returning: bool = False


def hindrances(candidate: Candidate, need: Need, policy: Policy) -> tuple[str, ...]:
    """Every hard rule that keeps the candidate from this panel, the gravest first; none means eligible.

    The words: those of `need.barred` (conflict, party, declined, …), unreachable, and the LIMITS.
    """
    found: list[str] = []
    if candidate.person_id in need.barred:
        found.append(need.barred[candidate.person_id])
    if candidate.is_unreachable:
        found.append("unreachable")
    if candidate.open_reviews >= candidate.load_max:
        found.append("full")
    if candidate.is_away:
        found.append("away")
    if base_language(need.language) not in {base_language(tag) for tag in candidate.languages}:
        found.append("language")
    if policy.some_expertise and not any(candidate.expertise.get(article) for article in need.articles):
        found.append("no_expertise")
    return tuple(found)


def fit(candidate: Candidate, need: Need, policy: Policy) -> Fit:
    """What the candidate brings to the proposal by the soft rules that concern them alone."""
    known = tuple(
        (article, candidate.expertise[article]) for article in need.articles if article in candidate.expertise
    )
    levels = sum(level * (PRIMARY_COUNTS if article == need.articles[0] else 1) for article, level in known)
    returning = candidate.person_id in need.returning
    points = policy.weights.expertise * levels + (policy.weights.returning if returning else 0)
    return Fit(points, known, returning)


def meets(candidate: Candidate, role: RoleRule) -> bool:
    """Whether the candidate is one of those that the rule asks for."""
    return candidate.expertise.get(role.article, 0) >= role.expertise_at_least


def load_price(candidate: Candidate, policy: Policy, further: int = 0) -> int:
    """What one more review costs somebody who has as many already, and `further` ones in this plan."""
    return policy.weights.even_load * (candidate.all_reviews + further)


def pose(
    needs: Sequence[Need],
    candidates: Sequence[Candidate],
    policy: Policy,
    seed: int,
    *,
    lifted: Collection[str] = (),
) -> Problem:
    """The problem of filling what the proposals still need.

    `lifted` names limits (LIMITS, or the id of a role rule) that are not held, to ask what lifting
    them would do: each person who needs the exception then costs EXCEPTION_PRICE.
    """
    pairs: list[Pair] = []
    caps: list[Cap] = []
    preferences: list[Preference] = []
    for need in needs:
        eligible = list(_eligible(need, candidates, policy, frozenset(lifted)))
        pairs += (Pair(need.proposal_id, one.person_id, value) for one, value in eligible)
        people = [one for one, _value in eligible]
        caps += _caps(need, people, policy, frozenset(lifted))
        preferences += _preferences(need, people, policy)
    used = {pair.reviewer for pair in pairs}
    rooms = {one.person_id: _room(one, lifted) for one in candidates if one.person_id in used}
    return Problem(
        seats={need.proposal_id: need.missing for need in needs},
        rooms=rooms,
        pairs=tuple(sorted(pairs, key=lambda pair: (pair.proposal, pair.reviewer))),
        caps=tuple(caps),
        preferences=tuple(preferences),
        steps={
            one.person_id: tuple(load_price(one, policy, further) for further in range(rooms[one.person_id]))
            for one in candidates
            if one.person_id in used
        },
        seed=seed,
    )


def _room(candidate: Candidate, lifted: Collection[str]) -> int:
    room = candidate.load_max - candidate.open_reviews
    return max(room, 1) if "full" in lifted else max(room, 0)


def _eligible(
    need: Need, candidates: Sequence[Candidate], policy: Policy, lifted: frozenset[str]
) -> Iterator[tuple[Candidate, int]]:
    seated = {member.person_id for member in need.panel}
    for one in candidates:
        hindered = frozenset(hindrances(one, need, policy))
        if one.person_id in seated or hindered - lifted:
            continue
        yield one, fit(one, need, policy).points - (EXCEPTION_PRICE if hindered else 0)


def _caps(need: Need, people: Sequence[Candidate], policy: Policy, lifted: frozenset[str]) -> Iterator[Cap]:
    """Bounds by organisation and partner; and for each role rule, seats that only those it asks for may take."""
    for attribute, at_most in (
        ("organisation_id", policy.organisation_at_most),
        ("partner_id", policy.partner_at_most),
    ):
        if at_most is not None:
            for group, seated in _groups(need, people, attribute):
                yield Cap(need.proposal_id, group, max(0, at_most - seated))
    for role in need.roles:
        if role.id not in lifted:
            others = frozenset(one.person_id for one in people if not meets(one, role))
            seated = sum(not meets(member, role) for member in need.panel)
            yield Cap(need.proposal_id, others, max(0, need.wanted - role.reviewers - seated))


def _preferences(need: Need, people: Sequence[Candidate], policy: Policy) -> Iterator[Preference]:
    weights = policy.weights
    for attribute, price in (("partner_id", weights.partner_diversity), ("organisation_kind", weights.kind_diversity)):
        if price:
            for group, seated in _groups(need, people, attribute):
                yield Preference(need.proposal_id, group, max(0, 1 - seated), price)


def _groups(need: Need, people: Sequence[Candidate], attribute: str) -> Iterator[tuple[frozenset[int], int]]:
    """Candidates who share a partner, organisation or kind, with how many of it are on the panel already."""
    groups: dict[object, set[int]] = defaultdict(set)
    for one in people:
        groups[getattr(one, attribute)].add(one.person_id)
    for shared, group in groups.items():
        seated = sum(getattr(member, attribute) == shared for member in need.panel)
        if shared and (len(group) > 1 or seated):
            yield frozenset(group), seated
