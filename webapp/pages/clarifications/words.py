"""The words for questions to the applicant: their states, and in whose name they are asked."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

STATES: dict[str, tuple[LazyString, str]] = {
    "open": (_l("Waits for the answer"), "warn"),
    "answered": (_l("Answered"), "ok"),
    "unanswered": (_l("Not answered in time"), "mute"),
    "withdrawn": (_l("Taken back"), "mute"),
    "overtaken": (_l("The proposal moved on"), "mute"),
}
ASKERS: dict[str, LazyString] = {"secretariat": _l("The secretariat asks"), "panel": _l("The panel asks")}


def state_tag(state: str) -> tuple[str, str]:
    """The word and tone of a question's state, for the tag macro."""
    text, tone = STATES[state]
    return str(text), tone
