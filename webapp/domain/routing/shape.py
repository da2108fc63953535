"""What routing works with: a call's policy, what a proposal needs, who might review it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

RELEASES = ("after_look", "at_once")
"""Whether invitations go out when the panel is made, or after the secretariat has looked at it (R36)."""

Barred = Mapping[int, str]
"""Who may not be asked again for this version, or never, with the word for why."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What the soft rules are worth, in points; a level of expertise in a secondary article is worth `expertise`."""

    expertise: int = 10
    returning: int = 8
    partner_diversity: int = 12
    kind_diversity: int = 4
    even_load: int = 3


@dataclass(frozen=True, slots=True)
class RoleRule:
    """At least so many of the panel have a level of expertise of at least `expertise_at_least` in the article."""

    id: str
    label: str
    article: int
    reviewers: int
    expertise_at_least: int


@dataclass(frozen=True, slots=True)
class Policy:
    """How the panels of a call are made (R36, R37): data of the call.

    `partner_at_most` and `organisation_at_most` bound how many of one panel come from one partner or
    organisation (None: not bounded). `some_expertise` asks for knowledge of at least one mapped article.
    """

    wanted: int = 3
    release: str = "after_look"
    lead_partner_conflicts: bool = False
    partner_at_most: int | None = None
    organisation_at_most: int | None = 1
    some_expertise: bool = True
    roles: tuple[RoleRule, ...] = ()
    weights: Weights = field(default_factory=Weights)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who reviews for the call, as routing sees them.

    `expertise` holds levels 1 to 3 by the article's number. `open_reviews` are live and not in yet, they
    count against `load_max`; `all_reviews` are those of this call so far, for an even load.
    """

    person_id: int
    expertise: Mapping[int, int] = field(default_factory=dict, hash=False)
    languages: frozenset[str] = frozenset()
    partner_id: int | None = None
    organisation_id: int | None = None
    organisation_kind: str = ""
    open_reviews: int = 0
    all_reviews: int = 0
    load_max: int = 8
    is_away: bool = False
    is_unreachable: bool = False


@dataclass(frozen=True, slots=True)
class Need:
    """What one version of one proposal needs: articles with the primary first, its language, its rules.

    `panel` are those who stay: no accepted assignment is moved (R41). `returning` reviewed an earlier version.
    """

    proposal_id: int
    wanted: int
    articles: tuple[int, ...]
    language: str
    roles: tuple[RoleRule, ...] = ()
    panel: tuple[Candidate, ...] = ()
    barred: Barred = field(default_factory=dict, hash=False)
    returning: frozenset[int] = frozenset()

    @property
    def missing(self) -> int:
        """How many reviewers it still wants."""
        return max(0, self.wanted - len(self.panel))


def read_policy(raw: Mapping[str, Any], wanted: int) -> Policy:
    """The policy as a call keeps it; what is not there has its default.

    Keys: release, lead_partner_conflicts, partner_at_most, organisation_at_most, some_expertise, weights
    (by name, in points), roles ([{id, label, article, reviewers, expertise_at_least}]).
    """
    plain = Policy()
    release = raw.get("release", plain.release)
    return Policy(
        wanted=wanted,
        release=release if release in RELEASES else plain.release,
        lead_partner_conflicts=bool(raw.get("lead_partner_conflicts", False)),
        partner_at_most=raw.get("partner_at_most"),
        organisation_at_most=raw.get("organisation_at_most", plain.organisation_at_most),
        some_expertise=bool(raw.get("some_expertise", True)),
        roles=tuple(RoleRule(**rule) for rule in raw.get("roles", ())),
        weights=Weights(**{name: int(points) for name, points in raw.get("weights", {}).items()}),
    )


def base_language(tag: str) -> str:
    """The language of a tag without script and region: pt of pt-BR."""
    return tag.replace("_", "-").split("-")[0].lower()
