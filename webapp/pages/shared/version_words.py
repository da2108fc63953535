"""The difference of two versions as the page shows it: sections, fields, words that went and came (R11)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.domain.versions import Change, difference, word_difference
from webapp.pages.shared.content_words import FIELD_NAMES, LANGUAGES
from webapp.pages.shared.context import rulebook
from webapp.pages.shared.filters import day_text, list_words
from webapp.pages.shared.reader import partner_name
from webapp.pages.shared.section_words import SECTION_NAMES

# The parts of sections that hold others; the words of fields are those of the forms.
PARTS = {
    "participants": _l("Participant"),
    "city_pairs": _l("City pair"),
    "primary": _l("Main article"),
    "secondary": _l("Secondary article"),
    "justifications": _l("How it serves article"),
    "answers": _l("Answers for article"),
    "claims": _l("Sentences served of article"),
    "evidence": _l("What shows it"),
    "milestones": _l("Milestone"),
    "indicators": _l("Indicator"),
    "lines": _l("Budget line"),
    "sources": _l("Source of funding"),
}
FIELDS = {**FIELD_NAMES, **PARTS}
# Parts of a section whose keys are the numbers of articles; other numbers are places in a list.
BY_ARTICLE = ("justifications", "answers", "claims", "aside", "indicators")


@dataclass(frozen=True, slots=True)
class ChangedField:
    """One field that differs, with the pieces of its text: (same | removed | added, text)."""

    label: str
    parts: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ChangedSection:
    """One section with its fields that differ; without any it is unchanged."""

    title: str
    fields: list[ChangedField]


def changed_sections(
    before: Mapping[str, Any], after: Mapping[str, Any], organisations: Mapping[int, str] | None = None
) -> list[ChangedSection]:
    """All sections in their order, each with what differs; `organisations` are the names of those referred to."""
    names = organisations or {}
    by_section: dict[str, list[ChangedField]] = defaultdict(list)
    for change in difference(before, after):
        section, _dot, path = change.path.partition(".")
        by_section[section].append(ChangedField(_label(path), _pieces(change, names)))
    known = [ChangedSection(str(name), by_section.pop(section, [])) for section, name in SECTION_NAMES.items()]
    return known + [ChangedSection(_plain(section), fields) for section, fields in by_section.items()]


def _label(path: str) -> str:
    """The words for a field's path: "milestones.1.due_on" is "Milestone 2: Due on"."""
    words: list[str] = []
    steps = path.split(".")
    named = _asked_by_articles() if steps[0] in BY_ARTICLE else {}
    for step in steps:
        if step.isdigit() and words:
            number = step if steps[0] in BY_ARTICLE else int(step) + 1
            words[-1] = f"{words[-1]} {number}"
        else:
            words.append(named.get(step) or str(FIELDS.get(step, "")) or _plain(step))
    return ": ".join(word for word in words if word) or _("The whole section")


def _asked_by_articles() -> dict[str, str]:
    """The words of what articles ask and count, by its id, and by number and id as the results keep it."""
    found: dict[str, str] = {}
    for article in rulebook().initiative.articles:
        found |= {one.id: one.label for one in article.profile.questions}
        found |= {one.id: one.label for one in article.profile.indicators}
    return found


def _plain(step: str) -> str:
    return re.sub(r"[_-]+", " ", step).capitalize()


def _pieces(change: Change, names: Mapping[int, str]) -> list[tuple[str, str]]:
    field = next((step for step in reversed(change.path.split(".")) if not step.isdigit()), "")
    before, after = _text(change.before, field, names), _text(change.after, field, names)
    return [(piece.kind, piece.text) for piece in word_difference(before, after)]


def _text(value: Any, field: str, names: Mapping[int, str]) -> str:
    """What a field holds, as its reader knows it: a name, not an id."""
    if value is None:
        return ""
    if field in ("organisation", "lead_organisation"):
        return names.get(value, str(value))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, Mapping):
        if "sha256" in value:
            return str(value.get("name", ""))
        parts = ((str(key), one) for key, one in value.items())
        return "; ".join(f"{FIELDS.get(key, _plain(key))}: {_text(one, key, names)}" for key, one in parts)
    if isinstance(value, list | tuple):
        return list_words(_text(one, field, names) for one in value)
    return _term(str(value), field)


def _term(value: str, field: str) -> str:
    """The words of an id: a partner, a day, a language, a term of the initiative's vocabulary."""
    if field in ("lead_partner", "partner", "partner_a", "partner_b"):
        return partner_name(value)
    if field.endswith("_on"):
        return day_text(value)
    if field == "language":
        return LANGUAGES.get(value, value)
    vocabulary = rulebook().initiative.vocabulary
    terms = {
        "sector": vocabulary.sectors,
        "category": vocabulary.budget_categories,
        "kind": vocabulary.source_kinds,
        "state": vocabulary.source_states,
    }.get(field, ())
    return next((term.label for term in terms if term.id == value), value)
