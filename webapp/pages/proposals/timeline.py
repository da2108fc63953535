"""The public steps of a proposal's history, in words for its applicant: no names of reviewers, no drafts (R27)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from webapp.queries.audit import HistoryLine

STEPS: dict[str, LazyString] = {
    "DraftCreated": _l("The draft was begun"),
    "SignOffAsked": _l("An organisation was asked for its signature"),
    "SignOffGiven": _l("An organisation signed the proposal"),
    "SignOffSentBack": _l("An organisation sent the proposal back"),
    "ProposalSubmitted": _l("Submitted"),
    "ProposalResubmitted": _l("Submitted again"),
    "ScreeningPassed": _l("Passed screening; the partners are asked to endorse"),
    "ProposalReturned": _l("Returned for changes"),
    "ProposalFoundIneligible": _l("Found not eligible"),
    "ClarificationAsked": _l("You were asked a question"),
    "ClarificationAnswered": _l("You answered a question"),
    "ClarificationUnanswered": _l("A question was not answered in time"),
    "ClarificationWithdrawn": _l("A question was taken back"),
    "MappingOffered": _l("Another mapping was proposed to you"),
    "MappingTakenBack": _l("The proposed mapping was taken back"),
    "MappingAccepted": _l("You accepted the proposed mapping"),
    "MappingAnswered": _l("You answered the proposed mapping"),
    "EndorsementSufficed": _l("Endorsed; goes to review"),
    "EndorsementFailed": _l("Closed without endorsement"),
    "ReviewRoundClosed": _l("The reviews are in"),
    "ReviewRoundReopened": _l("The review round was opened again"),
    "ReviewRoundClosedEarly": _l("The review round was closed"),
    "ProposalApproved": _l("Approved"),
    "ProposalApprovedWithConditions": _l("Approved with conditions"),
    "RevisionAsked": _l("A revision was asked"),
    "ProposalDeclined": _l("Not approved"),
    "ConditionsMet": _l("All conditions are met"),
    "ProposalPublished": _l("Published in the register"),
    "ProposalCompleted": _l("Completed"),
    "ProposalWithdrawn": _l("Withdrawn"),
    "ProposalLapsed": _l("Expired"),
    "ProposalReopened": _l("Reopened"),
    "DecisionAppealed": _l("An appeal was made"),
}
# Moves whose reason the applicant reads.
WITH_REASON = ("ProposalReturned", "ProposalFoundIneligible", "RevisionAsked", "ProposalDeclined", "EndorsementFailed")


def public_steps(history: Sequence[HistoryLine]) -> list[Any]:
    """The steps for the timeline macro, oldest first."""
    return [
        SimpleNamespace(
            text=STEPS[line.name],
            at=line.at,
            who="",
            reason=line.payload.get("reason", "") if line.name in WITH_REASON else "",
        )
        for line in history
        if line.name in STEPS
    ]


def is_mapping_offered(history: Sequence[HistoryLine]) -> bool:
    """Whether a mapping waits for the applicant's word (R20)."""
    last = next((line.name for line in reversed(history) if line.name.startswith("Mapping")), "")
    return last == "MappingOffered"


def returned_reason(history: Sequence[HistoryLine]) -> tuple[str, dict[str, str], datetime] | None:
    """Why the proposal was last given back: the reason, texts by section, when; None where it was not."""
    for line in reversed(history):
        if line.name in ("ProposalReturned", "RevisionAsked"):
            return str(line.payload.get("reason", "")), dict(line.payload.get("sections", {})), line.at
        if line.name in ("ProposalSubmitted", "ProposalResubmitted"):
            return None
    return None
