"""The words for a field of a proposal by its path: its section, then itself (R68)."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.pages.shared.content_words import FIELD_NAMES
from webapp.pages.shared.section_words import SECTION_NAMES

# Parts of sections that are lists, or answers by article.
_LISTS: dict[str, LazyString] = {
    "participants": _l("Participants"),
    "city_pairs": _l("City pairs"),
    "justifications": _l("How it serves the articles"),
    "answers": _l("Answers for the articles"),
    "indicators": _l("Indicators"),
    "milestones": _l("Milestones"),
    "lines": _l("Costs"),
    "sources": _l("Sources of funding"),
}


def field_words(path: str) -> str:
    """ "plan.objectives" is "Plan: Objectives"; a section alone has its name; "proposal" is all of it."""
    section, _dot, name = path.partition(".")
    if section not in SECTION_NAMES:
        return _("The whole proposal")
    if not name:
        return str(SECTION_NAMES[section])
    word = _LISTS.get(name) or FIELD_NAMES.get(name) or name
    return _("%(section)s: %(field)s", section=SECTION_NAMES[section], field=word)


def field_choices(paths: Iterable[str]) -> list[tuple[str, str]]:
    """These fields to choose from."""
    return [(path, field_words(path)) for path in paths]
