"""A reviewer's queue: what to do next, by due time (R42)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from webapp.domain.people import Actor
from webapp.domain.reviews import reviewing_stages
from webapp.domain.rulebook import Rulebook
from webapp.models.initiative import ArticleRow
from webapp.models.partners import Partner
from webapp.models.proposals import Proposal, ProposalArticle, ProposalPartner
from webapp.models.reviews import Review
from webapp.models.routing import Assignment
from webapp.queries.access import visible_to

VIEWS = ("todo", "to_answer", "to_review", "done")
PAGE = 50


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One assignment in the list; `articles` with the primary first; `is_started`: something is written."""

    public_id: str
    state: str
    due_at: datetime | None
    reference: str
    title: str
    language: str
    summary: str
    stage: str
    partners: tuple[str, ...]
    articles: tuple[int, ...]
    is_started: bool
    is_over: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of one view, with how many there are in each."""

    view: str
    rows: tuple[QueueRow, ...]
    counts: Mapping[str, int]
    has_more: bool


def find_queue(session: Session, rules: Rulebook, actor: Actor, view: str, *, offset: int = 0) -> Queue:
    """The actor's assignments in this view, nearest due time first; what is done, latest first."""
    views = _views(rules)
    wanted = views.get(view, views["todo"])
    own = (Assignment.reviewer_id == actor.person_id, visible_to(actor))
    order = [Assignment.due_at.desc().nulls_last()] if view == "done" else [Assignment.due_at.asc().nulls_last()]
    rows = session.execute(
        _rows(rules).where(*own, wanted).order_by(*order, Assignment.id).offset(offset).limit(PAGE + 1)
    ).all()
    counted = session.execute(
        select(*(func.count().filter(condition).label(name) for name, condition in views.items()))
        .select_from(Assignment)
        .join(Proposal, Proposal.id == Assignment.proposal_id)
        .where(*own)
    ).one()
    return Queue(
        view=view if view in views else "todo",
        rows=tuple(_row(row) for row in rows[:PAGE]),
        counts={name: getattr(counted, name) for name in views},
        has_more=len(rows) > PAGE,
    )


def _views(rules: Rulebook) -> dict[str, ColumnElement[bool]]:
    in_round = _in_round(rules)
    to_answer = and_(Assignment.state == "invited", in_round)
    to_review = and_(Assignment.state == "accepted", in_round)
    return {
        "todo": or_(to_answer, to_review),
        "to_answer": to_answer,
        "to_review": to_review,
        "done": Assignment.state == "submitted",
    }


def _in_round(rules: Rulebook) -> ColumnElement[bool]:
    return and_(
        Proposal.stage.in_(reviewing_stages(rules.workflows.values())),
        Assignment.version_id == Proposal.current_version_id,
    )


def _rows(rules: Rulebook) -> Any:
    partners = (
        select(func.array_agg(aggregate_order_by(Partner.code, ProposalPartner.is_lead.desc(), Partner.code)))
        .join(ProposalPartner, ProposalPartner.partner_id == Partner.id)
        .where(ProposalPartner.proposal_id == Proposal.id)
        .scalar_subquery()
    )
    articles = (
        select(func.array_agg(aggregate_order_by(ArticleRow.number, ProposalArticle.place)))
        .join(ProposalArticle, ProposalArticle.article_id == ArticleRow.id)
        .where(ProposalArticle.proposal_id == Proposal.id)
        .scalar_subquery()
    )
    return (
        select(
            Assignment.public_id,
            Assignment.state,
            Assignment.due_at,
            Proposal.reference,
            Proposal.title,
            Proposal.language,
            Proposal.summary,
            Proposal.stage,
            partners.label("partners"),
            articles.label("articles"),
            Review.id.label("review_id"),
            _in_round(rules).label("in_round"),
        )
        .join(Proposal, Proposal.id == Assignment.proposal_id)
        .outerjoin(Review, Review.assignment_id == Assignment.id)
    )


def _row(row: Any) -> QueueRow:
    return QueueRow(
        public_id=row.public_id,
        state=row.state,
        due_at=row.due_at,
        reference=row.reference,
        title=row.title,
        language=row.language,
        summary=row.summary,
        stage=row.stage,
        partners=tuple(row.partners or ()),
        articles=tuple(row.articles or ()),
        is_started=row.review_id is not None,
        is_over=not row.in_round,
    )
