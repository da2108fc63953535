"""The page that lists who is told what, as the product has it (R53)."""

from __future__ import annotations

from functools import cache

from flask import render_template
from flask_babel import lazy_gettext as _l

from webapp.domain.policy import Action
from webapp.pages.notices.room import notices
from webapp.pages.shared.context import rulebook, wiring
from webapp.pages.shared.guard import opens_to
from webapp.queries.notices.wordings import list_worded
from webapp.services.notices.checking import Fault, find_faults

AUDIENCE_WORDS = {
    "applicant": _l("Applicant"),
    "collaborators": _l("Collaborators"),
    "secretariat": _l("Secretariat"),
    "other_secretariat": _l("Secretariat, but for who did it"),
    "uninvolved_secretariat": _l("Secretariat that had no part in the decision"),
    "administrators": _l("Administrators"),
    "auditors": _l("Auditors"),
    "focal_points": _l("Focal points of all partners that take part"),
    "lead_focal_points": _l("Focal points of the lead partner"),
    "asked_focal_points": _l("Focal points of the partners that were asked"),
    "partner_focal_points": _l("Focal points of the partner"),
    "partner_deputies": _l("Deputies of the partner who act today"),
    "partner_office": _l("Office of the partner"),
    "signatory": _l("Who signs for the partner"),
    "reviewers": _l("Reviewers of the panel"),
    "reviewers_done": _l("Reviewers who submitted their review"),
    "reviewer": _l("The reviewer"),
    "person": _l("The person"),
    "actor": _l("Who did it"),
    "chosen": _l("Whom the secretariat chose"),
    "address": _l("The address that the link was sent to"),
}
URGENCY_WORDS = {"mail": _l("By mail and under Alerts"), "app": _l("Under Alerts"), "mail_only": _l("By mail")}


@notices.get("/desk/notices")
@opens_to(Action.SEE_OUTBOX)
def table() -> str:
    """Every event with whom it is told to and how; and the events that nobody is told of, with the reason."""
    found = rulebook().notices
    with wiring().open_reading() as session:
        worded = list_worded(session)
    return render_template(
        "notices/table.html",
        notices=found.notices(),
        silent=found.silent,
        who=AUDIENCE_WORDS,
        how=URGENCY_WORDS,
        languages=wiring().settings.languages,
        worded=worded,
        faults=shipped_faults(),
    )


@cache
def shipped_faults() -> tuple[Fault, ...]:
    """What is wrong with the table as it came: looked for once in a process, for it changes with the product alone."""
    here = wiring()
    return tuple(find_faults(here.rules, here.ports.renderer, here.settings.languages, rendering=False))
