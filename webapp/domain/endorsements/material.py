"""Which changes between two versions are material to a partner, so that it is asked again (R31)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from webapp.domain.budgets import read_budget
from webapp.domain.versions import difference

Content = Mapping[str, Any]


def material_changes(before: Content, after: Content, material: Iterable[str]) -> tuple[str, ...]:
    """Of what is material to a partner, what differs between two contents of a proposal.

    A name of `MATERIAL`, or the dotted path of a field ("plan.starts_on"), which stands for all in it.
    """
    return tuple(name for name in material if difference(_look(name, before), _look(name, after)))


def _title(content: Content) -> Any:
    return _section(content, "basics").get("title")


def _amount(content: Content) -> Any:
    budget = read_budget(_section(content, "budget"))
    return [budget.currency, f"{budget.total:f}"]


def _sites(content: Content) -> Any:
    return _section(content, "partners").get("city_pairs")


def _lead(content: Content) -> Any:
    partners = _section(content, "partners")
    return [partners.get("lead_partner"), partners.get("lead_organisation")]


def _data_abroad(content: Content) -> Any:
    return _section(content, "safeguards").get("personal_data")


def _articles(content: Content) -> Any:
    articles = _section(content, "articles")
    return [articles.get("primary"), sorted(articles.get("secondary") or ())]


MATERIAL: Mapping[str, Callable[[Content], Any]] = MappingProxyType(
    {
        "title": _title,
        "amount": _amount,
        "sites": _sites,
        "lead": _lead,
        "data_abroad": _data_abroad,
        "articles": _articles,
    }
)
"""What can be material to a partner, by name: how it is read from a proposal's content."""


def _look(name: str, content: Content) -> Any:
    if name in MATERIAL:
        return MATERIAL[name](content)
    value: Any = content
    for key in name.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _section(content: Content, name: str) -> Mapping[str, Any]:
    section = content.get(name)
    return section if isinstance(section, Mapping) else {}
