"""Proposals: their sections, the facts that rules ask for, and the limits of documents."""

from __future__ import annotations

from webapp.domain.policy import Action
from webapp.domain.workflow import Workflow, moves_from

SECTIONS = (
    "basics",
    "partners",
    "articles",
    "results",
    "plan",
    "budget",
    "safeguards",
    "documents",
    "declarations",
)
SECTION_GROUPS = (
    ("who_and_what", ("basics", "partners")),
    ("articles", ("articles", "results")),
    ("plan_and_money", ("plan", "budget")),
    ("evidence", ("safeguards", "documents", "declarations")),
)
# Part of the proposal, or shown later for a condition of its decision (R48); who may open it besides who reads it all.
DOCUMENT_PURPOSES = ("proposal", "evidence", "letter", "letter_sent")
DOCUMENT_READERS = {
    "proposal": (Action.READ_PROPOSAL,),
    "evidence": (Action.READ_OWN_WORK, Action.SETTLE_CONDITION, Action.READ_AUDIT),
    # With a decision that is pending, which the secretariat alone knows of; then with its letter (R75).
    "letter": (Action.DELIBERATE,),
    "letter_sent": (Action.READ_OWN_WORK, Action.DELIBERATE, Action.READ_AUDIT),
}
# A document is received, then accepted or refused by the check that a worker makes.
DOCUMENT_STATES = ("received", "accepted", "refused")
DOCUMENT_KINDS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
}
# Moves with one of these guards freeze a version.
SUBMITTING_GUARDS = ("complete", "complete_and_call_open")


def is_editable(workflow: Workflow, stage: str) -> bool:
    """Whether the applicant can change the proposal: a move that submits it begins in this stage."""
    return any(move.guard in SUBMITTING_GUARDS for move in moves_from(workflow, stage))
