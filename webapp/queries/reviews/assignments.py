"""One assignment as its reviewer sees it: what is asked, what they wrote, and when it is due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from webapp.domain.errors import NotFound
from webapp.domain.people import Actor
from webapp.domain.policy import Action, decide
from webapp.domain.reviews import PANEL_ASSIGNMENTS, Opinion, Sheet, make_sheet, read_opinion, reviewing_stages
from webapp.domain.rulebook import Rulebook
from webapp.domain.workflow import find_stage
from webapp.models.calls import Call
from webapp.models.decisions import Decision
from webapp.models.proposals import Proposal, ProposalVersion
from webapp.models.reviews import Review
from webapp.models.routing import Assignment
from webapp.queries.access import ProposalHead, find_head_by_id, require


@dataclass(frozen=True, slots=True)
class OwnAssignment:
    """A reviewer's own assignment, with the version it is for.

    `version` is that of the stored text (0: nothing saved yet); `is_open` says that the round takes a
    first review, `can_amend` that a submitted one can still be changed (R43).
    """

    id: int
    public_id: str
    state: str
    invited_at: datetime | None
    due_at: datetime | None
    version_id: int
    version_number: int
    head: ProposalHead
    sheet: Sheet
    opinion: Opinion
    version: int
    saved_at: datetime | None
    submitted_at: datetime | None
    is_open: bool
    can_amend: bool

    @property
    def can_write(self) -> bool:
        """Whether the sheet takes text now."""
        return (self.state == "accepted" and self.is_open) or self.can_amend


def find_own(session: Session, rules: Rulebook, actor: Actor, public_id: str) -> OwnAssignment:
    """The actor's own assignment, if they are still on that panel; NotFound otherwise (R2, R38)."""
    row = session.execute(
        select(Assignment, ProposalVersion, Call.rubric, Review, decided().label("is_decided"))
        .join(Proposal, Proposal.id == Assignment.proposal_id)
        .join(Call, Call.id == Proposal.call_id)
        .join(ProposalVersion, ProposalVersion.id == Assignment.version_id)
        .outerjoin(Review, Review.assignment_id == Assignment.id)
        .where(
            Assignment.public_id == public_id,
            Assignment.reviewer_id == actor.person_id,
            Assignment.state.in_(PANEL_ASSIGNMENTS),
        )
    ).one_or_none()
    head = find_head_by_id(session, rules, row.Assignment.proposal_id) if row else None
    if row is None or head is None:
        raise NotFound
    require(decide(actor, Action.REVIEW, head.facts))
    return _own(rules, row, head)


def decided() -> ColumnElement[bool]:
    """Whether the version of an assignment has a confirmed decision: its reviews stand as they are."""
    return exists().where(Decision.version_id == Assignment.version_id, Decision.state == "confirmed")


def is_amendable(rules: Rulebook, head: ProposalHead, version_id: int, *, is_decided: bool) -> bool:
    """Whether submitted reviews of the version can be changed: it is current, live and undecided (R43)."""
    stage = find_stage(rules.workflow(head.workflow), head.stage)
    return version_id == head.version_id and stage.is_live and not is_decided


def _own(rules: Rulebook, row: Any, head: ProposalHead) -> OwnAssignment:
    assignment: Assignment = row.Assignment
    review: Review | None = row.Review
    sheet = make_sheet(row.ProposalVersion.content, rules.initiative, row.rubric)
    content: Mapping[str, Any] = review.content if review else {}
    current = assignment.version_id == head.version_id
    return OwnAssignment(
        id=assignment.id,
        public_id=assignment.public_id,
        state=assignment.state,
        invited_at=assignment.invited_at,
        due_at=assignment.due_at,
        version_id=assignment.version_id,
        version_number=row.ProposalVersion.number,
        head=head,
        sheet=sheet,
        opinion=read_opinion(content, sheet),
        version=review.version if review else 0,
        saved_at=review.saved_at if review else None,
        submitted_at=review.submitted_at if review else None,
        is_open=current and head.stage in reviewing_stages(rules.workflows.values()),
        can_amend=assignment.state == "submitted"
        and is_amendable(rules, head, assignment.version_id, is_decided=row.is_decided),
    )
