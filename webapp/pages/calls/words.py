"""The words for what a call says."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from webapp.domain.calls import SECTIONS_THAT_CAN_BE_OFF, Terms
from webapp.domain.initiative import QuestionKind
from webapp.pages.shared.filters import list_words
from webapp.pages.shared.section_words import SECTION_NAMES

PHASES = {
    "announced": (_l("Opens later"), "info"),
    "open": (_l("Open"), "ok"),
    "closed": (_l("Closed"), "mute"),
}
KINDS = {
    QuestionKind.TEXT: _l("One line of text"),
    QuestionKind.LONG_TEXT: _l("Long text"),
    QuestionKind.NUMBER: _l("A number"),
    QuestionKind.YES_NO: _l("Yes or no"),
}
ON_OBJECTION = {
    "stop": _l("the proposal stops"),
    "drop": _l("the proposal goes on without that partner"),
    "mediate": _l("the secretariat mediates, and the proposal waits"),
}
RELEASES = {
    "after_look": _l("after the secretariat has looked at the panel"),
    "at_once": _l("at once"),
}


def section_names() -> dict[str, str]:
    """The names of the sections that a call can do without."""
    return {section: str(SECTION_NAMES[section]) for section in SECTIONS_THAT_CAN_BE_OFF}


def terms_rows(terms: Terms) -> list[tuple[str, Any]]:
    """What applicants and the public should know of the rules of a call."""
    reviews = ngettext(
        "%(num)s reviewer is asked, and a decision needs %(quorum)s reviews",
        "%(num)s reviewers are asked, and a decision needs %(quorum)s reviews",
        terms.reviews_wanted,
        quorum=terms.quorum,
    )
    return [
        (_("Endorsement"), endorsement_words(terms)),
        (_("Review"), reviews),
        (_("The register publishes"), publication_words(terms)),
    ]


def secretariat_rows(terms: Terms, *, fixed_only: bool = False) -> list[tuple[str, Any]]:
    """All the rules of a call, or those that are fixed once proposals are in."""
    rows = [
        *terms_rows(terms),
        (_("If a partner objects"), ON_OBJECTION[terms.on_objection]),
        (_("Days between approval and the register"), str(terms.embargo_days)),
        (_("Partners read reviews"), _("Yes") if terms.partners_read_reviews else _("No")),
        (_("Second step"), terms.next_call or _("None")),
        (_("Sealed until it has closed"), _("Yes") if terms.sealed else _("No")),
        (_("Time zone"), terms.time_zone),
        (_("Workflow"), _("%(name)s, version %(version)s", name=terms.workflow[0], version=terms.workflow[1])),
        (_("Sections it does without"), list_words(section_names()[one] for one in terms.sections_off) or _("None")),
        (_("Its own questions"), list_words(one.label for one in terms.questions) or _("None")),
    ]
    if not fixed_only:
        rows += [
            (_("Invitations to review go out"), RELEASES[terms.release]),
            (_("Minutes of grace after closing"), str(terms.grace_minutes)),
        ]
    return rows


def endorsement_words(terms: Terms) -> str:
    """What suffices (R33)."""
    if terms.asks == "every":
        return _("Every partner that takes part endorses it")
    return ngettext(
        "The lead partner and at least %(num)s other endorse it",
        "The lead partner and at least %(num)s others endorse it",
        terms.others,
    )


def publication_words(terms: Terms) -> str:
    """What the register may show (R49)."""
    if terms.contacts and terms.budget:
        return _("Approved proposals, with contacts and budget lines where the applicant agrees")
    if terms.contacts:
        return _("Approved proposals, with contacts where the applicant agrees; no budget lines")
    if terms.budget:
        return _("Approved proposals, with budget lines where the applicant agrees; no contacts")
    return _("Approved proposals, without contacts and budget lines")
