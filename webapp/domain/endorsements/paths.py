"""A partner's own path: how long it takes, who signs, what silence means, what is material (R32)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from webapp.domain.endorsements.material import MATERIAL
from webapp.domain.problems import Problem

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
class PartnerRule:
    """One version of a partner's path. It is pinned when a case opens; a change touches no case in flight.

    All days are the partner's working days. `notice_days` are counted from the due day. `material`
    names what makes the partner be asked again when it changes (see `MATERIAL`; also a dotted path of
    a field). `ministries` are those consulted, by the number of an article as text.
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
    ministries: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)


def read_rule(version: int, content: Mapping[str, Any]) -> PartnerRule:
    """A path as it was stored; what is not there has its default. ValueError names what is not known."""
    known = {entry.name for entry in fields(PartnerRule)} - {"version"}
    if unknown := sorted(set(content) - known):
        raise ValueError(f"a partner's path knows no {', '.join(unknown)}")
    values = dict(content)
    for name in ("notice_days", "material"):
        if name in values:
            values[name] = tuple(values[name])
    if "ministries" in values:
        values["ministries"] = {article: tuple(names) for article, names in values["ministries"].items()}
    return PartnerRule(version=version, **values)


def write_rule(rule: PartnerRule) -> dict[str, Any]:
    """What is stored of a path besides its version, as JSON knows it."""
    content = asdict(rule)
    del content["version"]
    content["notice_days"] = list(rule.notice_days)
    content["material"] = list(rule.material)
    content["ministries"] = {article: list(names) for article, names in rule.ministries.items()}
    return content


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
