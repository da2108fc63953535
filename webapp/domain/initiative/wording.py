"""The initiative's data in a reader's language: our words for it, never its own text or its partners' names (R17)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

from webapp.domain.initiative import shape

Shape = TypeVar("Shape")

WORDS: dict[type, tuple[str, ...]] = {
    shape.Option: ("label",),
    shape.Question: ("label", "hint", "unit"),
    shape.Indicator: ("label", "unit"),
    shape.Criterion: ("label", "guidance"),
    shape.Expertise: ("label",),
    shape.PanelRule: ("label",),
    shape.Profile: ("summary",),
    shape.Article: ("short_title",),
    shape.Term: ("label", "hint"),
    shape.ArticleGroup: ("heading",),
    shape.Initiative: ("title",),
    shape.PartnerEntry: ("capital",),
}
"""The fields that hold words of ours; all others stay as they are."""


def put_in_words(data: Shape, say: Callable[[str], str]) -> Shape:
    """The same data with each of our words as `say` gives it; ids and numbers by which it is compared do not change."""
    if not is_dataclass(data):
        return data
    ours = WORDS.get(type(data), ())
    changed = {one.name: _said(getattr(data, one.name), one.name in ours, say) for one in fields(data)}
    return cast(Shape, replace(cast(Any, data), **changed))


def _said(value: Any, is_ours: bool, say: Callable[[str], str]) -> Any:
    if is_ours:
        return say(value) if value else value
    if isinstance(value, tuple):
        return tuple(put_in_words(one, say) for one in value)
    return put_in_words(value, say)
