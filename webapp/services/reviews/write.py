"""Writes a review: saved as typed, sent when whole, amended until the decision with every text kept (R42, R43)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from webapp.domain.errors import Invalid, Stale
from webapp.domain.reviews import CLOSE_ROUND, Opinion, Sheet, make_sheet, problems, read_opinion
from webapp.models.calls import Call
from webapp.models.proposals import ProposalVersion
from webapp.models.reviews import Review, ReviewText
from webapp.services.reviews.door import HeldAssignment, check_writable, hold_own
from webapp.services.routing.rounds import record
from webapp.services.transitions import make_system_move
from webapp.services.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class SavedReview:
    """The number of the text that is stored now, and when it was."""

    version: int
    saved_at: datetime


def save_review(work: UnitOfWork, public_id: str, raw: Mapping[str, Any], *, base_version: int) -> SavedReview:
    """Keep what is typed, complete or not; of a submitted review it is the draft of an amendment.

    Raises Stale, and overwrites nothing, when another window saved after `base_version` was read.
    """
    held = hold_own(work, public_id)
    check_writable(work, held)
    content = read_opinion(raw, _sheet(work, held)).facts()
    row = _review(work, held)
    if row is None:
        row = Review(assignment_id=held.row.id, content=content, version=1, saved_at=work.now)
        work.session.add(row)
        work.session.flush()
    elif row.content != content:
        if base_version != row.version:
            raise Stale
        row.content, row.version, row.saved_at = content, row.version + 1, work.now
    return SavedReview(row.version, row.saved_at)


def submit_review(work: UnitOfWork, public_id: str) -> int:
    """Send the review as it is stored; returns how many texts it has had. Sending the same twice is once.

    Raises Invalid with every problem. The round closes in the same unit of work if this was the last (R44).
    """
    held = hold_own(work, public_id)
    check_writable(work, held)
    row, sheet = _review(work, held), _sheet(work, held)
    opinion = read_opinion(row.content if row else {}, sheet)
    found = problems(opinion, sheet)
    if found:
        raise Invalid(found)
    assert row is not None  # noqa: S101 - an empty review has problems
    last = work.session.scalars(
        select(ReviewText).where(ReviewText.review_id == row.id).order_by(ReviewText.number.desc()).limit(1)
    ).one_or_none()
    if last is not None and read_opinion(last.content, sheet) == opinion:
        return last.number
    return _send(work, held, row, opinion)


def _send(work: UnitOfWork, held: HeldAssignment, row: Review, opinion: Opinion) -> int:
    number = 1 + work.session.scalars(select(func.count()).where(ReviewText.review_id == row.id)).one()
    work.session.add(ReviewText(review_id=row.id, number=number, content=opinion.facts(), submitted_at=work.now))
    first = held.row.state != "submitted"
    if first:
        row.submitted_at = work.now
        held.row.state = "submitted"
    work.session.flush()
    proposal = held.proposal.row
    record(work, proposal, "ReviewSubmitted" if first else "ReviewAmended", held.row, {"number": number})
    if first:
        make_system_move(work, held.proposal, CLOSE_ROUND)
    return number


def _review(work: UnitOfWork, held: HeldAssignment) -> Review | None:
    return work.session.scalars(
        select(Review).where(Review.assignment_id == held.row.id).with_for_update()
    ).one_or_none()


def _sheet(work: UnitOfWork, held: HeldAssignment) -> Sheet:
    version = work.session.get_one(ProposalVersion, held.row.version_id)
    call = work.session.get_one(Call, held.proposal.row.call_id)
    return make_sheet(version.content, work.rules.initiative, call.rubric)
