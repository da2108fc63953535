"""What a panel said of one version: scores by criterion, alignment by article, spread, recommendations (R45)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from webapp.domain.claims import ANSWERS, RATHER, Claim, ClaimAnswer
from webapp.domain.people import Actor
from webapp.domain.policy import Action, decide
from webapp.domain.reviews import (
    ALIGNMENTS,
    RECOMMENDATIONS,
    Asked,
    Opinion,
    Sheet,
    Spread,
    labels,
    make_sheet,
    read_opinion,
    spread,
    words_apart,
)
from webapp.domain.rulebook import Rulebook
from webapp.models.calls import Call
from webapp.models.people import Person
from webapp.models.proposals import Proposal, ProposalVersion
from webapp.models.reviews import Review, ReviewText
from webapp.models.routing import Assignment
from webapp.queries.access import ProposalHead
from webapp.queries.reviews.assignments import decided


@dataclass(frozen=True, slots=True)
class PanelReview:
    """One submitted review: the text that was submitted last, under the reviewer's letter.

    `reviewer_name` is empty unless the names were asked for. `texts` counts how many it had (R43).
    """

    label: str
    reviewer_name: str
    is_own: bool
    opinion: Opinion
    texts: int


@dataclass(frozen=True, slots=True)
class CriterionMarks:
    """The marks for one criterion, by the reviewers' letters."""

    asked: Asked
    marks: Mapping[str, int]
    spread: Spread | None


@dataclass(frozen=True, slots=True)
class ArticleWords:
    """How the reviewers rate the alignment with one article, by their letters (R20)."""

    article: int
    words: Mapping[str, str]
    is_apart: bool


@dataclass(frozen=True, slots=True)
class ClaimWords:
    """What the reviewers answer to one claim, by their letters (R67)."""

    claim: Claim
    answers: Mapping[str, ClaimAnswer]
    is_apart: bool


@dataclass(frozen=True, slots=True)
class PanelSummary:
    """All that a panel said; `is_apart` where it disagrees in something that is pointed out (R45)."""

    sheet: Sheet
    reviews: tuple[PanelReview, ...]
    criteria: tuple[CriterionMarks, ...]
    alignment: tuple[ArticleWords, ...]
    claims: tuple[ClaimWords, ...]
    recommendations_apart: bool
    wanted: int
    quorum: int

    @property
    def reviews_in(self) -> int:
        """How many reviews are in."""
        return len(self.reviews)

    @property
    def recommendations(self) -> tuple[tuple[str, str], ...]:
        """Each reviewer's letter and recommendation."""
        return tuple((review.label, review.opinion.recommendation) for review in self.reviews)

    @property
    def is_apart(self) -> bool:
        """Whether the panel disagrees in anything."""
        scores = any(one.spread and one.spread.is_apart for one in self.criteria)
        words = any(one.is_apart for one in self.alignment) or any(one.is_apart for one in self.claims)
        return scores or self.recommendations_apart or words


def panel_summary(
    session: Session,
    rules: Rulebook,
    proposal_id: int,
    version_id: int,
    *,
    named: bool = False,
    reader_id: int | None = None,
) -> PanelSummary:
    """What the panel of the version said. Unjudged: ask READ_REVIEWS first, and `readable_versions`.

    `named` adds the reviewers' names, for those who may know who reviews; `reader_id` marks the reader's own.
    """
    version, call = session.execute(
        select(ProposalVersion.content, Call)
        .join(Proposal, Proposal.id == ProposalVersion.proposal_id)
        .join(Call, Call.id == Proposal.call_id)
        .where(ProposalVersion.id == version_id, Proposal.id == proposal_id)
    ).one()
    sheet = make_sheet(version, rules.initiative, call.rubric)
    reviews = _reviews(session, version_id, sheet, named=named, reader_id=reader_id)
    return PanelSummary(
        sheet=sheet,
        reviews=reviews,
        criteria=tuple(_marks(asked, reviews) for asked in sheet.criteria),
        alignment=tuple(_words(article, reviews) for article in sheet.articles),
        claims=tuple(_answers(claim, reviews) for claim in sheet.claims),
        recommendations_apart=words_apart((one.opinion.recommendation for one in reviews), RECOMMENDATIONS),
        wanted=call.reviews_wanted,
        quorum=call.quorum,
    )


def panel_labels(session: Session, version_id: int) -> dict[int, str]:
    """The letter of each assignment of the version, by the assignment's id."""
    rows = session.execute(
        select(Assignment.id, Assignment.invited_at, Assignment.public_id).where(Assignment.version_id == version_id)
    )
    return labels((row.id, row.invited_at, row.public_id) for row in rows)


def readable_versions(session: Session, actor: Actor, head: ProposalHead) -> tuple[int, ...]:
    """The versions whose reviews the actor may read, the latest first; none where the policy refuses.

    Staff read all; a reviewer those in which their own review is in (R42); the applicant, and partners
    where the call says so, those that are decided.
    """
    if not decide(actor, Action.READ_REVIEWS, head.facts).may:
        return ()
    own = Assignment.reviewer_id == actor.person_id
    rows = session.execute(
        select(Assignment.version_id, decided().label("is_decided"), own.label("is_own"))
        .where(Assignment.proposal_id == head.id, Assignment.state == "submitted")
        .order_by(Assignment.version_id.desc())
    ).all()
    is_staff = decide(actor, Action.DELIBERATE, head.facts).may or _audits(actor, head)
    readable = (row.version_id for row in rows if is_staff or row.is_decided or row.is_own)
    return tuple(dict.fromkeys(readable))


def _audits(actor: Actor, head: ProposalHead) -> bool:
    """Whether the actor reads who reviews without being on a panel: staff that does not decide."""
    on_panel = actor.person_id in head.facts.reviewers
    return decide(actor, Action.READ_REVIEWERS, head.facts).may and not on_panel


def _reviews(
    session: Session, version_id: int, sheet: Sheet, *, named: bool, reader_id: int | None
) -> tuple[PanelReview, ...]:
    letters = panel_labels(session, version_id)
    reviews = (
        PanelReview(
            label=letters[row.assignment_id],
            reviewer_name=row.name if named else "",
            is_own=row.reviewer_id == reader_id,
            opinion=read_opinion(row.content, sheet),
            texts=row.number,
        )
        for row in _texts(session, version_id)
    )
    return tuple(sorted(reviews, key=lambda review: (len(review.label), review.label)))


def _texts(session: Session, version_id: int) -> list[Any]:
    """The last text of each review that is in; the draft of an amendment is nobody else's yet."""
    return list(
        session.execute(
            select(
                Review.assignment_id,
                Assignment.reviewer_id,
                Person.name,
                ReviewText.content,
                ReviewText.number,
            )
            .join(Assignment, Assignment.id == Review.assignment_id)
            .join(Person, Person.id == Assignment.reviewer_id)
            .join(ReviewText, ReviewText.review_id == Review.id)
            .where(Assignment.version_id == version_id, Assignment.state == "submitted")
            .ext(distinct_on(Review.id))
            .order_by(Review.id, ReviewText.number.desc())
        )
    )


def _marks(asked: Asked, reviews: tuple[PanelReview, ...]) -> CriterionMarks:
    marks = {one.label: one.opinion.scores[asked.key] for one in reviews if asked.key in one.opinion.scores}
    return CriterionMarks(asked, marks, spread(list(marks.values()), asked.criterion))


def _words(article: int, reviews: tuple[PanelReview, ...]) -> ArticleWords:
    words = {one.label: one.opinion.alignment[article] for one in reviews if article in one.opinion.alignment}
    return ArticleWords(article, words, words_apart(words.values(), ALIGNMENTS))


def _answers(claim: Claim, reviews: tuple[PanelReview, ...]) -> ClaimWords:
    answers = {one.label: one.opinion.claims[claim.key] for one in reviews if claim.key in one.opinion.claims}
    # "Rather another article" lies as far from "agreed" as "not shown" does.
    order = tuple(word for word in ANSWERS if word != RATHER)
    words = [order[-1] if one.answer == RATHER else one.answer for one in answers.values()]
    return ClaimWords(claim, answers, words_apart(words, order))
