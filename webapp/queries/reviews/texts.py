"""Every text that one review had, for those who may read them all (R43)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.errors import NotFound
from webapp.domain.people import Actor
from webapp.domain.policy import Action, decide
from webapp.domain.reviews import Opinion, Sheet, make_sheet, read_opinion
from webapp.domain.rulebook import Rulebook
from webapp.models.calls import Call
from webapp.models.proposals import Proposal, ProposalVersion
from webapp.models.reviews import Review, ReviewText
from webapp.models.routing import Assignment
from webapp.queries.access import ProposalHead
from webapp.queries.reviews.summary import panel_labels, readable_versions


@dataclass(frozen=True, slots=True)
class SentText:
    """One text as it was sent, by its number."""

    number: int
    sent_at: datetime
    opinion: Opinion


@dataclass(frozen=True, slots=True)
class SentTexts:
    """All texts of one review, the last first, with the sheet that they answer."""

    label: str
    is_own: bool
    sheet: Sheet
    texts: tuple[SentText, ...]


def list_texts(session: Session, rules: Rulebook, actor: Actor, head: ProposalHead, label: str) -> SentTexts:
    """The texts of the review under this letter, of the last version that the reader may read.

    The secretariat and the auditor read every text; a reviewer those of their own. Others read the last
    one alone, on the page of the reviews: NotFound for them, as where there is no such review.
    """
    versions = readable_versions(session, actor, head)
    if not versions:
        raise NotFound
    letters = {letter: number for number, letter in panel_labels(session, versions[0]).items()}
    row = session.execute(
        select(Assignment, ProposalVersion.content, Call.rubric)
        .join(ProposalVersion, ProposalVersion.id == Assignment.version_id)
        .join(Proposal, Proposal.id == Assignment.proposal_id)
        .join(Call, Call.id == Proposal.call_id)
        .where(Assignment.id == letters.get(label, 0), Assignment.state == "submitted")
    ).one_or_none()
    if row is None or not _reads_all(actor, head, row.Assignment.reviewer_id):
        raise NotFound
    sheet = make_sheet(row.content, rules.initiative, row.rubric)
    texts = session.scalars(
        select(ReviewText)
        .join(Review, Review.id == ReviewText.review_id)
        .where(Review.assignment_id == row.Assignment.id)
        .order_by(ReviewText.number.desc())
    )
    return SentTexts(
        label=label,
        is_own=row.Assignment.reviewer_id == actor.person_id,
        sheet=sheet,
        texts=tuple(SentText(one.number, one.submitted_at, read_opinion(one.content, sheet)) for one in texts),
    )


def _reads_all(actor: Actor, head: ProposalHead, reviewer_id: int) -> bool:
    if actor.person_id == reviewer_id:
        return True
    on_panel = actor.person_id in head.facts.reviewers
    return decide(actor, Action.READ_REVIEWERS, head.facts).may and not on_panel
