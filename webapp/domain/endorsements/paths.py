"""A partner's own path: how long it takes, who signs, what silence means, what is material (R32)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from webapp.domain.endorsements.material import MATERIAL
from webapp.domain.problems import Problem

MINISTRIES_AT_MOST = 40
NAME_AT_MOST = 200

_WHOLE_NUMBERS = (
    "acknowledge_days",
    "answer_days",
    "extension_days",
    "cooling_off_days",
    "revalidation_days",
    "applicant_answer_days",
    "validity_months",
    "signatures_needed",
)


@dataclass(frozen=True, slots=True)
class Ministry:
    """Whom a partner's focal point can consult, and on which articles; without any, on all of them."""

    name: str
    email: str
    articles: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PartnerRule:
    """One version of a partner's path. It is pinned when a case opens; a change touches no case in flight.

    All days are the partner's working days. `notice_days` are counted from the due day. `material`
    names what makes the partner be asked again when it changes (see `MATERIAL`; also a dotted path of
    a field). `weekend` are the days of its weekend, Monday being 0; empty: as the initiative's data say.
    """

    version: int = 1
    acknowledge_days: int = 5
    answer_days: int = 20
    extension_days: int = 10
    cooling_off_days: int = 5
    notice_days: tuple[int, ...] = (-10, -3, 0, 1)
    revalidation_days: int = 10
    applicant_answer_days: int = 10
    validity_months: int = 18
    signatures_needed: int = 1
    silence_is_consent: bool = False
    material: tuple[str, ...] = tuple(MATERIAL)
    ministries: tuple[Ministry, ...] = ()
    weekend: tuple[int, ...] = ()


def read_rule(version: int, content: Mapping[str, Any]) -> PartnerRule:
    """A path as it was stored; what is not there has its default. ValueError names what is not known."""
    known = {entry.name for entry in fields(PartnerRule)} - {"version"}
    if unknown := sorted(set(content) - known):
        raise ValueError(f"a partner's path knows no {', '.join(unknown)}")
    values = dict(content)
    for name in ("notice_days", "material", "weekend"):
        if name in values:
            values[name] = tuple(values[name])
    if "ministries" in values:
        values["ministries"] = tuple(
            Ministry(entry["name"], entry["email"], tuple(entry["articles"])) for entry in values["ministries"]
        )
    return PartnerRule(version=version, **values)


def write_rule(rule: PartnerRule) -> dict[str, Any]:
    """What is stored of a path besides its version, as JSON knows it."""
    content = asdict(rule)
    del content["version"]
    content["notice_days"] = list(rule.notice_days)
    content["material"] = list(rule.material)
    content["weekend"] = list(rule.weekend)
    content["ministries"] = [
        {"name": entry.name, "email": entry.email, "articles": list(entry.articles)} for entry in rule.ministries
    ]
    return content


def ministries_for(rule: PartnerRule, articles: Iterable[int]) -> tuple[Ministry, ...]:
    """Of the ministries of a path those to consult on a proposal with these articles (row 6)."""
    mapped = set(articles)
    return tuple(entry for entry in rule.ministries if not entry.articles or mapped & set(entry.articles))


def problems(rule: PartnerRule) -> tuple[Problem, ...]:
    """What must be mended before the path can be used, each at its field."""
    return tuple(_problems(rule))


def _problems(rule: PartnerRule) -> Iterator[Problem]:
    for name in _WHOLE_NUMBERS:
        if not 1 <= getattr(rule, name) <= 250:
            yield Problem("path", name, "number_out_of_range", {"least": 1, "most": 250})
    if tuple(sorted(set(rule.notice_days))) != rule.notice_days:
        yield Problem("path", "notice_days", "notices_not_in_order")
    if not {0, 1} <= set(rule.notice_days) or max(rule.notice_days) > 1:
        # At 0 the deputy is told and at +1 the secretariat; after that the case is over.
        yield Problem("path", "notice_days", "notices_need_due_day_and_next")
    if not set(rule.weekend) < set(range(7)):
        yield Problem("path", "weekend", "weekend_leaves_no_day")
    yield from _ministry_problems(rule)


def _ministry_problems(rule: PartnerRule) -> Iterator[Problem]:
    names = [entry.name for entry in rule.ministries]
    if len(names) > MINISTRIES_AT_MOST:
        yield Problem("path", "ministries", "too_many", {"most": MINISTRIES_AT_MOST})
    if len(set(names)) < len(names):
        yield Problem("path", "ministries", "ministry_twice")
    for entry in rule.ministries:
        if not entry.name or len(entry.name) > NAME_AT_MOST or "@" not in entry.email:
            yield Problem("path", "ministries", "ministry_incomplete")
