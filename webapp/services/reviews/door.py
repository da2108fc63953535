"""The door to a reviewer's own assignment: found, its proposal locked and judged, then the assignment locked."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from webapp.domain.errors import Invalid, NotFound, NotNow
from webapp.domain.policy import Action
from webapp.domain.problems import Problem
from webapp.domain.reviews import COMMENT_AT_MOST, PANEL_ASSIGNMENTS
from webapp.domain.texts import count_characters, is_blank
from webapp.models.routing import Assignment
from webapp.queries.reviews import is_amendable
from webapp.queries.reviews.assignments import decided
from webapp.services.access import Held, hold_proposal_by_id
from webapp.services.routing.rounds import is_reviewing
from webapp.services.work import UnitOfWork

SECTION = "assignment"


@dataclass(frozen=True, slots=True)
class HeldAssignment:
    """A reviewer's own assignment and its proposal, both locked."""

    row: Assignment
    proposal: Held


def hold_own(work: UnitOfWork, public_id: str) -> HeldAssignment:
    """The actor's own assignment, while they are on that panel; NotFound otherwise (R2, R38)."""
    own = select(Assignment.id, Assignment.proposal_id).where(
        Assignment.public_id == public_id, Assignment.reviewer_id == work.actor.person_id
    )
    found = work.session.execute(own).one_or_none()
    if found is None:
        raise NotFound
    held = hold_proposal_by_id(work, found.proposal_id, Action.REVIEW)
    row = work.session.scalars(select(Assignment).where(Assignment.id == found.id).with_for_update()).one()
    work.session.refresh(row)
    if row.state not in PANEL_ASSIGNMENTS:
        raise NotFound
    return HeldAssignment(row, held)


def check_state(work: UnitOfWork, held: HeldAssignment, *states: str) -> None:
    """Raises NotNow unless the assignment is in one of these states and its round is open."""
    if not is_reviewing(work, held.proposal.row) or held.row.version_id != held.proposal.row.current_version_id:
        raise NotNow("round_over")
    if held.row.state not in states:
        raise NotNow(f"assignment_{held.row.state}")


def check_writable(work: UnitOfWork, held: HeldAssignment) -> None:
    """Raises NotNow unless the review can be written: taken on in an open round, or sent and not decided yet (R43)."""
    if held.row.state != "submitted":
        check_state(work, held, "accepted")
        return
    of_this = select(decided()).select_from(Assignment).where(Assignment.id == held.row.id)
    is_decided = work.session.scalars(of_this).one()
    if not is_amendable(work.rules, held.proposal.head, held.row.version_id, is_decided=is_decided):
        raise NotNow("review_decided")


def check_reason(reason: str, code: str = "assignment_reason_missing") -> None:
    """Raises Invalid where no reason is given, or one that is too long (R26)."""
    if is_blank(reason):
        raise Invalid([Problem(SECTION, "reason", code)])
    over = count_characters(reason) - COMMENT_AT_MOST
    if over > 0:
        raise Invalid([Problem(SECTION, "reason", "review_text_long", {"most": COMMENT_AT_MOST, "over": over})])
