"""A reviewer's word on being asked: accept, decline, declare a conflict, recuse oneself later (R38, R41, R42)."""

from __future__ import annotations

from sqlalchemy import select

from webapp.domain.deadlines import assignment_timers
from webapp.domain.errors import Invalid
from webapp.domain.problems import Problem
from webapp.domain.reviews import SUGGESTION_AT_MOST
from webapp.domain.texts import count_characters
from webapp.models.reviews import Review
from webapp.models.routing import Assignment
from webapp.services.reviews.door import SECTION, HeldAssignment, check_reason, check_state, check_writable, hold_own
from webapp.services.routing.conflicts import record_conflict
from webapp.services.routing.rounds import calendar_of, end_assignment, record, review_due
from webapp.services.work import UnitOfWork


def accept_invitation(work: UnitOfWork, public_id: str, *, no_conflict: bool) -> None:
    """Take the review on; the reviewer says that they have no conflict of interest. Twice is once."""
    held = hold_own(work, public_id)
    if held.row.state in ("accepted", "submitted"):
        return
    check_state(work, held, "invited")
    if not no_conflict:
        raise Invalid([Problem(SECTION, "no_conflict", "conflict_not_answered")])
    row, proposal = held.row, held.proposal.row
    row.state, row.answered_at, row.due_at = "accepted", work.now, review_due(work, proposal)
    work.session.flush()
    record(work, proposal, "ReviewerAccepted", row, {"due_at": row.due_at.isoformat()})
    timers = assignment_timers(row.state, work.now, row.due_at, calendar_of(work, proposal))
    work.set_timers(timers, "assignment", row.id, proposal_id=proposal.id)
    _carry_over(work, row)


def decline_invitation(
    work: UnitOfWork, public_id: str, *, reason: str, suggestion: str = "", form_key: str = ""
) -> None:
    """Turn the invitation down, with a reason and perhaps the name of somebody else; another is sought (R41)."""
    check_reason(reason)
    over = count_characters(suggestion) - SUGGESTION_AT_MOST
    if over > 0:
        params = {"most": SUGGESTION_AT_MOST, "over": over}
        raise Invalid([Problem(SECTION, "suggestion", "review_text_long", params)])
    if work.first_answer(form_key) is not None:
        return
    held = hold_own(work, public_id)
    check_state(work, held, "invited")
    held.row.suggestion = suggestion.strip()
    _leave(work, held, "declined", "ReviewerDeclined", reason, form_key)


def declare_conflict(work: UnitOfWork, public_id: str, *, reason: str, form_key: str = "") -> None:
    """Say that there is a conflict of interest: the reviewer leaves, and sees nothing of the proposal (R38)."""
    check_reason(reason, "conflict_words_missing")
    if work.first_answer(form_key) is not None:
        return
    held = hold_own(work, public_id)
    if held.row.state == "submitted":
        check_writable(work, held)
    person_id = held.row.reviewer_id
    record_conflict(work, held.row.proposal_id, person_id, "declared", reason.strip(), recorded_by=person_id)
    state = "declined" if held.row.state == "invited" else "recused"
    _leave(work, held, state, "ConflictDeclared", reason, form_key)


def recuse_oneself(work: UnitOfWork, public_id: str, *, reason: str, form_key: str = "") -> None:
    """Step back from a review that was taken on; another is sought (R41)."""
    check_reason(reason)
    if work.first_answer(form_key) is not None:
        return
    held = hold_own(work, public_id)
    check_writable(work, held)
    _leave(work, held, "recused", "ReviewerRecused", reason, form_key)


def _leave(  # noqa: PLR0917 – one step for the three ways to leave
    work: UnitOfWork, held: HeldAssignment, state: str, event: str, reason: str, form_key: str
) -> None:
    """Leave, once for each form: who has left does not find the assignment again."""
    held.row.answered_at = work.now
    held.row.decline_reason = reason.strip()
    end_assignment(work, held.proposal, held.row, state=state, event=event, payload={"reason": reason.strip()})
    work.remember_answer(form_key, state)


def _carry_over(work: UnitOfWork, row: Assignment) -> None:
    """Whoever was asked for the same version before finds what they had written then (R5)."""
    earlier = (
        select(Review.content)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .where(Assignment.reviewer_id == row.reviewer_id, Assignment.version_id == row.version_id)
        .order_by(Review.id.desc())
        .limit(1)
    )
    content = work.session.scalars(earlier).one_or_none()
    if content:
        work.session.add(Review(assignment_id=row.id, content=content, version=1, saved_at=work.now))
