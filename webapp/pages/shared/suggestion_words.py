"""The words of suggestions: kinds and states, wherever they are shown (R20, R71)."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

KINDS: dict[str, LazyString] = {
    "mapping": _l("Another mapping"),
    "merge": _l("Merge with another proposal"),
    "duplicate": _l("Duplicate of another proposal"),
}
LINKS: dict[str, LazyString] = {
    "merge": _l("To be merged"),
    "duplicate": _l("Duplicate"),
}
STATES: dict[str, tuple[LazyString, str]] = {
    "open": (_l("To look at"), "warn"),
    "offered": (_l("With the applicant"), "info"),
    "accepted": (_l("Accepted by the applicant"), "ok"),
    "answered": (_l("Answered by the applicant"), "violet"),
    "taken": (_l("Taken"), "ok"),
    "set_aside": (_l("Set aside"), "mute"),
}
