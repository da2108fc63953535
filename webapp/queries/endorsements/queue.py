"""What waits for a focal point, by due time; what was answered; all proposals of their partners."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, aliased

from webapp.domain.people import Actor
from webapp.models.endorsements import Endorsement
from webapp.models.initiative import ArticleRow
from webapp.models.partners import Partner
from webapp.models.proposals import Proposal, ProposalArticle, ProposalPartner
from webapp.queries.access import visible_to

# Not the table itself: the visible rows look into it too.
_TakingPart = aliased(ProposalPartner)
WAITING = ("delivered", "acknowledged", "in_consultation", "revalidation_needed")
"""The states in which a partner owes its word."""
NOT_ANSWERED = (*WAITING, "to_request", "requested", "undeliverable", "waiting_applicant", "adjustment_requested")
VIEWS = ("waiting", "answered", "all")
PAGE = 50
COUNTED_AT_MOST = 200
"""A view that holds more is not counted to its end: a partner may take part in thousands."""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One proposal of a partner, with the partner's case on it (state "" before it was asked)."""

    reference: str
    title: str
    language: str
    partner_code: str
    articles: tuple[int, ...]
    stage: str
    workflow: tuple[str, int]
    state: str
    due_at: datetime | None
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of one view, and how many each view holds, `COUNTED_AT_MOST` where there are more."""

    rows: tuple[QueueRow, ...]
    counts: dict[str, int]
    has_more: bool


def list_queue(session: Session, actor: Actor, view: str, *, page: int = 1) -> Queue:
    """The proposals of the actor's partners in this view: waiting by due time, the others newest first."""
    rows = session.execute(_ordered(_rows(actor, view), view).limit(PAGE + 1).offset((page - 1) * PAGE)).all()
    counts = session.execute(select(*(_counted(actor, name).label(name) for name in VIEWS))).one()
    return Queue(
        rows=tuple(_row(row) for row in rows[:PAGE]),
        counts={name: getattr(counts, name) for name in VIEWS},
        has_more=len(rows) > PAGE,
    )


def _counted(actor: Actor, view: str) -> ScalarSelect[int]:
    some = _joined(select(Proposal.id), actor, view).limit(COUNTED_AT_MOST).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def _in(view: str) -> ColumnElement[bool]:
    return Endorsement.state.in_(WAITING) if view == "waiting" else Endorsement.state.not_in(NOT_ANSWERED)


def _ordered(found: Select[*tuple[Any, ...]], view: str) -> Select[*tuple[Any, ...]]:
    if view == "waiting":
        return found.order_by(Endorsement.due_at.asc().nulls_last(), Endorsement.id)
    if view == "answered":
        return found.order_by(Endorsement.changed_at.desc(), Endorsement.id.desc())
    return found.order_by(Proposal.submitted_at.desc(), Proposal.id.desc(), Partner.id)


def _rows(actor: Actor, view: str) -> Select[*tuple[Any, ...]]:
    articles = (
        select(func.array_agg(aggregate_order_by(ArticleRow.number, ProposalArticle.place)))
        .select_from(ProposalArticle)
        .join(ArticleRow, ArticleRow.id == ProposalArticle.article_id)
        .where(ProposalArticle.proposal_id == Proposal.id)
        .scalar_subquery()
    )
    found = select(
        Proposal.reference,
        Proposal.title,
        Proposal.language,
        Partner.code,
        articles.label("articles"),
        Proposal.stage,
        Proposal.workflow,
        Proposal.workflow_version,
        Endorsement.state,
        Endorsement.due_at,
        Endorsement.changed_at,
    )
    return _joined(found, actor, view)


def _joined(found: Select[*tuple[Any, ...]], actor: Actor, view: str) -> Select[*tuple[Any, ...]]:
    """From the cases, by their states; from all in which the partner takes part, asked or not, for all of them."""
    if view == "all":
        case_of = and_(
            Endorsement.proposal_id == _TakingPart.proposal_id, Endorsement.partner_id == _TakingPart.partner_id
        )
        found = found.select_from(_TakingPart).outerjoin(Endorsement, case_of)
        proposal_id, partner_id = _TakingPart.proposal_id, _TakingPart.partner_id
    else:
        found = found.select_from(Endorsement).where(_in(view))
        proposal_id, partner_id = Endorsement.proposal_id, Endorsement.partner_id
    return (
        found.join(Proposal, Proposal.id == proposal_id)
        .join(Partner, Partner.id == partner_id)
        .where(partner_id.in_(actor.partner_ids()), Proposal.submitted_at.is_not(None), visible_to(actor))
    )


def _row(row: Any) -> QueueRow:
    return QueueRow(
        reference=row.reference,
        title=row.title,
        language=row.language,
        partner_code=row.code,
        articles=tuple(row.articles or ()),
        stage=row.stage,
        workflow=(row.workflow, row.workflow_version),
        state=row.state or "",
        due_at=row.due_at,
        changed_at=row.changed_at,
    )
