"""The words for questions to the applicant: their states, and the fields at which they are asked."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.domain.clarifications import FIELDS
from webapp.pages.shared.content_words import FIELD_NAMES
from webapp.pages.shared.section_words import SECTION_NAMES
from webapp.pages.shared.version_words import PARTS

STATES: dict[str, tuple[LazyString, str]] = {
    "open": (_l("Waits for the answer"), "warn"),
    "answered": (_l("Answered"), "ok"),
    "unanswered": (_l("Not answered in time"), "mute"),
    "withdrawn": (_l("Taken back"), "mute"),
    "overtaken": (_l("The proposal moved on"), "mute"),
}
ASKERS: dict[str, LazyString] = {"secretariat": _l("The secretariat asks"), "panel": _l("The panel asks")}
_LISTS: dict[str, LazyString] = {
    "participants": _l("Participants"),
    "city_pairs": _l("City pairs"),
    "justifications": _l("How it serves the articles"),
    "answers": _l("Answers for the articles"),
    "indicators": _l("Indicators"),
    "milestones": _l("Milestones"),
    "lines": _l("Budget lines"),
    "sources": _l("Sources of funding"),
}


def state_tag(state: str) -> tuple[str, str]:
    """The word and tone of a question's state, for the tag macro."""
    text, tone = STATES[state]
    return str(text), tone


def field_name(path: str) -> str:
    """The words for a field: its section, then itself."""
    section, _dot, name = path.partition(".")
    if not name:
        return str(SECTION_NAMES[section])
    word = _LISTS.get(name) or FIELD_NAMES.get(name) or PARTS.get(name) or name
    return _("%(section)s: %(field)s", section=SECTION_NAMES[section], field=word)


def field_choices() -> list[tuple[str, str]]:
    """All fields at which a question can be asked, in the order of the sections."""
    return [(path, field_name(path)) for path in FIELDS]
