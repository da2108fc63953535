"""Which sentences of the initiative have a project: the claims of what is published, as its reviewers bear them out.

Only what the register shows counts (R67, R70).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from webapp.domain.claims import Claim, ClaimAnswer, is_borne_out, read_answer, read_claims
from webapp.domain.initiative import Initiative
from webapp.domain.mapping import ask, read_mapping
from webapp.domain.rulebook import Rulebook
from webapp.models.partners import Partner
from webapp.models.proposals import Proposal, ProposalPartner, ProposalVersion
from webapp.models.reviews import Review, ReviewText
from webapp.models.routing import Assignment
from webapp.queries.register import PUBLISHED, approved_version


@dataclass(frozen=True, slots=True)
class Serving:
    """A published project that serves a sentence, with the codes of its partners."""

    reference: str
    title: str
    partners: frozenset[str]


Coverage = Mapping[str, tuple[Serving, ...]]
"""The projects that serve each sentence, by its anchor; a sentence without one is not there."""


def list_coverage(session: Session, rules: Rulebook) -> Coverage:
    """The projects by the sentence they serve, those published last first."""
    answered = _answers(session)
    found: defaultdict[str, list[Serving]] = defaultdict(list)
    for row in session.execute(_claiming()):
        serving = Serving(row.reference, row.title, frozenset(row.codes or ()))
        for claim in _claims(row.articles or {}, rules.initiative):
            if is_borne_out(_of(claim, answered[row.version_id], rules.initiative)):
                found[claim.sentence.anchor].append(serving)
    return {anchor: tuple(projects) for anchor, projects in found.items()}


def _claims(articles: Mapping[str, Any], initiative: Initiative) -> list[Claim]:
    return [claim for asked in ask(read_mapping(articles), initiative) for claim in read_claims(articles, asked)]


def _of(claim: Claim, reviews: list[Mapping[str, Any]], initiative: Initiative) -> list[ClaimAnswer]:
    numbers = [article.number for article in initiative.articles]
    answers = (read_answer(given.get(claim.key), claim, numbers) for given in reviews)
    return [answer for answer in answers if answer is not None]


def _claiming() -> Any:
    codes = (
        select(func.array_agg(Partner.code))
        .join(ProposalPartner, ProposalPartner.partner_id == Partner.id)
        .where(ProposalPartner.proposal_id == Proposal.id)
        .correlate(Proposal)
        .scalar_subquery()
    )
    return (
        select(
            Proposal.reference,
            Proposal.title,
            ProposalVersion.id.label("version_id"),
            ProposalVersion.content["articles"].label("articles"),
            codes.label("codes"),
        )
        .join(ProposalVersion, ProposalVersion.id == approved_version())
        .where(PUBLISHED, ProposalVersion.content["articles"].has_key("claims"))
        .order_by(Proposal.published_at.desc(), Proposal.id.desc())
    )


def _answers(session: Session) -> defaultdict[int, list[Mapping[str, Any]]]:
    """What the reviewers of each approved version answer to its claims, by the text they sent last."""
    found = session.execute(
        select(Assignment.version_id, ReviewText.content["claims"].label("claims"))
        .join(Review, Review.id == ReviewText.review_id)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .join(Proposal, Proposal.id == Assignment.proposal_id)
        .where(PUBLISHED, Assignment.state == "submitted", Assignment.version_id == approved_version())
        .ext(distinct_on(Review.id))
        .order_by(Review.id, ReviewText.number.desc())
    )
    answered: defaultdict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for row in found:
        answered[row.version_id].append(row.claims or {})
    return answered
