"""The words of decisions: outcomes, conditions, and the letters that a draft begins with."""

from __future__ import annotations

from flask_babel import LazyString, force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

OUTCOMES: dict[str, LazyString] = {
    "approved": _l("Approve"),
    "approved_with_conditions": _l("Approve with conditions"),
    "revise": _l("Ask to revise and resubmit"),
    "declined": _l("Decline"),
}
DECIDED: dict[str, LazyString] = {
    "approved": _l("Approved"),
    "approved_with_conditions": _l("Approved with conditions"),
    "revise": _l("Revise and resubmit"),
    "declined": _l("Not approved"),
}
TONES = {"approved": "ok", "approved_with_conditions": "ok", "revise": "warn", "declined": "mute"}
CONDITION_STATES: dict[str, tuple[LazyString, str]] = {
    "open": (_l("Open"), "warn"),
    "evidence_submitted": (_l("Evidence submitted"), "info"),
    "met": (_l("Met"), "ok"),
    "waived": (_l("Waived"), "mute"),
}

RECOMMENDATIONS: dict[str, tuple[LazyString, str]] = {
    "approve": (_l("Approve"), "ok"),
    "approve_with_conditions": (_l("Approve with conditions"), "ok"),
    "revise": (_l("Revise"), "warn"),
    "do_not_approve": (_l("Do not approve"), "bad"),
}
# What a partner's letter says.
ENDORSED: dict[str, LazyString] = {
    "endorsed": _l("It endorses the proposal"),
    "endorsed_with_conditions": _l("It endorses the proposal with conditions"),
    "no_objection": _l("It has no objection"),
    "no_objection_tacit": _l("It did not answer, which its own rules take as no objection"),
    "stands_aside": _l("It stands aside"),
    "objected": _l("It objects"),
    "lapsed": _l("It did not answer"),
}
ALIGNMENTS: dict[str, LazyString] = {"strong": _l("strong"), "partial": _l("partial"), "none": _l("none")}


def first_letter(outcome: str, *, title: str, name: str, language: str) -> str:
    """The letter that a draft of this outcome begins with, in the applicant's language; meant to be edited."""
    with force_locale(language):
        bodies = {
            "approved": _(
                "We are glad to tell you that “%(title)s” is approved. It will be published in the register.",
                title=title,
            ),
            "approved_with_conditions": _(
                "We are glad to tell you that “%(title)s” is approved, with the conditions listed below. "
                "Show on the proposal’s page how each is met.",
                title=title,
            ),
            "revise": _(
                "The reviewers see promise in “%(title)s” and ask you to revise it. "
                "The reasons are on the proposal’s page, where you can change and resubmit it.",
                title=title,
            ),
            "declined": _(
                "We are sorry to tell you that “%(title)s” is not approved. The reasons are on the proposal’s page. "
                "You can appeal once within 20 working days.",
                title=title,
            ),
        }
        greeting = _("Dear %(name)s,", name=name)
        return f"{greeting}\n\n{bodies[outcome]}\n\n{_('The secretariat')}" if outcome in bodies else ""
