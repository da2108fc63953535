"""The words of the desk: stages with their figures, whose turn it is, who is told, what a move does."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.domain.workflow import Move, Stage, Workflow, find_stage, target
from webapp.pages.shared.context import rulebook
from webapp.pages.shared.filters import list_words
from webapp.queries.desk import DeskRow

TURNS = {
    "applicant": _l("The applicant"),
    "secretariat": _l("The secretariat"),
    "focal_points": _l("The partners’ focal points"),
    "reviewers": _l("The reviewers"),
    "timer": _l("Nobody: it goes on by itself"),
}
AUDIENCES = {
    "applicant": _l("the applicant"),
    "collaborators": _l("those who work on it with the applicant"),
    "secretariat": _l("the secretariat"),
    "other_secretariat": _l("the other members of the secretariat"),
    "uninvolved_secretariat": _l("the members of the secretariat who had no part in the decision"),
    "administrators": _l("the administrators"),
    "focal_points": _l("the focal points of the partners that take part"),
    "asked_focal_points": _l("the focal points of the partners that were asked"),
    "lead_focal_points": _l("the focal points of the lead partner"),
    "partner_focal_points": _l("the focal points of the partner"),
    "partner_deputies": _l("the deputies of the partner"),
    "partner_office": _l("the office of the partner"),
    "signatory": _l("who signs for the partner"),
    "reviewers": _l("the reviewers on the panel"),
    "reviewer": _l("the reviewer"),
    "person": _l("the person concerned"),
    "actor": _l("you"),
    "address": _l("the address that was given"),
}
# What begins in a stage that waits for these; a reopened proposal returns to one that may wait for others.
STARTS = {
    "endorsement_requests": (
        "focal_points",
        _l("The focal points of all partners that take part are asked to endorse it."),
    ),
    "review_routing": ("reviewers", _l("Reviewers are proposed for it.")),
}


def stage_words(row: DeskRow) -> tuple[str, str]:
    """The staff's word for the stage, with its figures where it counts something; and its tone."""
    stage = find_stage(rulebook().workflow(row.workflow), row.stage)
    if stage.staff_counted and row.all:
        return _(stage.staff_counted).format(done=row.done, all=row.all), stage.tone
    return _(stage.staff), stage.tone


def turn_words(stage: Stage) -> str:
    """Whose turn it is (R27)."""
    if stage.waits_for:
        return list_words(str(TURNS[one]) for one in stage.waits_for)
    return _("Nobody")


def told_words(event: str) -> str:
    """Who is told of an event, by the table of notices (R53)."""
    notices = rulebook().notices.by_event.get(event, ())
    told = dict.fromkeys(one for notice in notices for one in notice.audiences)
    if not told:
        return _("Nobody by mail. It stands in the history.")
    return _("By mail and in the app: %(people)s.", people=list_words(str(AUDIENCES[one]) for one in told))


def effect_words(workflow: Workflow, move: Move, row: DeskRow, closed_from: str | None) -> str:
    """What a move does, in sentences: from which stage to which, and what begins."""
    to = find_stage(workflow, target(workflow, move, closed_from))
    moved = _(
        "The proposal goes from “%(before)s” to “%(after)s”.",
        before=_(find_stage(workflow, row.stage).staff),
        after=_(to.staff),
    )
    begins = (STARTS[one] for one in move.starts if one in STARTS)
    return " ".join([moved, *(str(text) for awaited, text in begins if awaited in to.waits_for)])


def undo_words(workflow: Workflow, move: Move, closed_from: str | None) -> str:
    """Whether a move can be taken back."""
    to = find_stage(workflow, target(workflow, move, closed_from))
    if to.open_for is None:
        return _("No.")
    if to.open_for.unit == "working_days":
        return _("The applicant can appeal within %(days)s working days.", days=to.open_for.days)
    return _("It can be reopened within %(days)s days.", days=to.open_for.days)
