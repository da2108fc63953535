"""Fixes the mapping with the decision: one the applicant agreed to while it was in review counts from then on (R20)."""

from __future__ import annotations

from sqlalchemy import delete, select

from webapp.domain.mapping import read_mapping
from webapp.models.calls import Call
from webapp.models.initiative import ArticleRow
from webapp.models.proposals import Proposal, ProposalArticle
from webapp.models.reviews import Suggestion
from webapp.services.work import UnitOfWork


def fix_mapping(work: UnitOfWork, proposal: Proposal) -> None:
    """Make the mapping that was agreed for the version decided the proposal's own; nothing where none was."""
    agreed = work.session.scalars(
        select(Suggestion)
        .where(
            Suggestion.proposal_id == proposal.id,
            Suggestion.version_id == proposal.current_version_id,
            Suggestion.state == "accepted",
            Suggestion.applied_at.is_(None),
        )
        .order_by(Suggestion.id.desc())
        .limit(1)
    ).one_or_none()
    if agreed is None:
        return
    agreed.applied_at = work.now
    articles = read_mapping(agreed.mapping or {}).articles
    initiative = select(Call.initiative_id).where(Call.id == proposal.call_id).scalar_subquery()
    found = select(ArticleRow.number, ArticleRow.id).where(ArticleRow.initiative_id == initiative)
    ids = {row.number: row.id for row in work.session.execute(found)}
    work.session.execute(delete(ProposalArticle).where(ProposalArticle.proposal_id == proposal.id))
    work.session.add_all(
        ProposalArticle(proposal_id=proposal.id, article_id=ids[number], is_primary=place == 0, place=place)
        for place, number in enumerate(articles)
        if number in ids
    )
    work.session.flush()
