"""Questions of the secretariat's desk: how many in each stage, and the list with its filters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from webapp.domain.endorsements import POSITIVE
from webapp.domain.people import Actor
from webapp.domain.references import read_reference
from webapp.domain.reviews import LIVE_ASSIGNMENTS
from webapp.models.decisions import Condition, Decision
from webapp.models.endorsements import Endorsement
from webapp.models.initiative import ArticleRow
from webapp.models.partners import Partner
from webapp.models.proposals import Proposal, ProposalArticle, ProposalPartner
from webapp.models.routing import Assignment
from webapp.queries.access import visible_to
from webapp.queries.clarifications import is_overdue
from webapp.queries.searching import mentions

PAGE = 50
PAGES_AT_MOST = 400
SEARCHED_AT_MOST = 500
"""Of what a search finds, so many are listed; the page says when there was more."""

WORDS_AT_MOST = 8
NOT_ASKED = ("not_needed", "acceded_late")


@dataclass(frozen=True, slots=True)
class StageCount:
    """How many proposals are in a stage, since when the oldest, how many are overdue, when the next is due."""

    stage: str
    proposals: int
    oldest_since: datetime
    overdue: int
    next_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list shows: of these stages, of one article, of one partner, only overdue, with these words."""

    stages: tuple[str, ...] = ()
    article: int | None = None
    partner: str = ""
    overdue: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class DeskRow:
    """One proposal in a list; the lead partner stands first. `done` of `all` parts are in, where its stage has any."""

    reference: str
    title: str
    language: str
    stage: str
    workflow: tuple[str, int]
    stage_since: datetime
    due_at: datetime | None
    articles: tuple[int, ...]
    main: int | None
    partners: tuple[str, ...]
    done: int
    all: int


@dataclass(frozen=True, slots=True)
class DeskList:
    """A page of the list; `more` follow, and `capped` says that a search found more than is listed."""

    rows: tuple[DeskRow, ...]
    more: bool = False
    capped: bool = False


def count_stages(
    session: Session, actor: Actor, now: datetime, workflow: tuple[str, int] | None = None
) -> list[StageCount]:
    """Every stage in which there is a submitted proposal that the reader may see, of one workflow or of all."""
    of_one = () if workflow is None else (Proposal.workflow == workflow[0], Proposal.workflow_version == workflow[1])
    rows = session.execute(
        select(
            Proposal.stage,
            func.count(),
            func.min(Proposal.stage_since),
            func.count().filter(is_overdue(now)),
            func.min(Proposal.due_at).filter(Proposal.due_at >= now),
        )
        .where(Proposal.submitted_at.is_not(None), visible_to(actor), *of_one)
        .group_by(Proposal.stage)
    )
    return [StageCount(*row) for row in rows]


def list_proposals(session: Session, actor: Actor, filters: Filters, now: datetime, *, page: int = 1) -> DeskList:
    """A page of submitted proposals by due time, those without one last; two statements at most."""
    wanted = [Proposal.submitted_at.is_not(None), visible_to(actor), *_narrowed(filters, now)]
    capped = False
    reference = read_reference(filters.words)
    words = filters.words.casefold().split()[:WORDS_AT_MOST]
    if reference is not None:
        wanted.append(Proposal.reference == str(reference))
    elif words:
        found = select(Proposal.id).where(*wanted, *_with(words)).limit(SEARCHED_AT_MOST + 1)
        ids = session.scalars(found).all()
        capped = len(ids) > SEARCHED_AT_MOST
        wanted = [Proposal.id.in_(ids[:SEARCHED_AT_MOST])]
    place = min(page, PAGES_AT_MOST) - 1
    rows = session.execute(
        select_rows()
        .where(*wanted)
        .order_by(Proposal.due_at.asc().nulls_last(), Proposal.id)
        .limit(PAGE + 1)
        .offset(place * PAGE)
    ).all()
    return DeskList(tuple(make_row(row) for row in rows[:PAGE]), more=len(rows) > PAGE, capped=capped)


def select_rows() -> Select[Any]:
    """The columns of a row; what belongs to it is gathered for the rows that are shown alone."""
    return select(
        Proposal.reference,
        Proposal.title,
        Proposal.language,
        Proposal.stage,
        Proposal.workflow,
        Proposal.workflow_version,
        Proposal.stage_since,
        Proposal.due_at,
        select(func.array_agg(aggregate_order_by(ArticleRow.number, ProposalArticle.place)))
        .select_from(ProposalArticle)
        .join(ArticleRow, ArticleRow.id == ProposalArticle.article_id)
        .where(ProposalArticle.proposal_id == Proposal.id)
        .correlate(Proposal)
        .scalar_subquery()
        .label("articles"),
        select(func.array_agg(aggregate_order_by(Partner.code, ProposalPartner.is_lead.desc(), Partner.code)))
        .select_from(ProposalPartner)
        .join(Partner, Partner.id == ProposalPartner.partner_id)
        .where(ProposalPartner.proposal_id == Proposal.id)
        .correlate(Proposal)
        .scalar_subquery()
        .label("partners"),
        *_parts(),
    )


def make_row(row: Any) -> DeskRow:
    """A row of `select_rows`, frozen."""
    articles = tuple(row.articles or ())
    return DeskRow(
        reference=row.reference,
        title=row.title,
        language=row.language,
        stage=row.stage,
        workflow=(row.workflow, row.workflow_version),
        stage_since=row.stage_since,
        due_at=row.due_at,
        articles=articles,
        main=articles[0] if articles else None,
        partners=tuple(row.partners or ()),
        done=row.parts_done or 0,
        all=row.parts_all or 0,
    )


def _parts() -> tuple[ColumnElement[int | None], ColumnElement[int | None]]:
    """How many parts of the stage are done, and how many there are: requests, assignments, open conditions."""
    asked = (Endorsement.proposal_id == Proposal.id, Endorsement.state.not_in(NOT_ASKED))
    panel = (
        Assignment.proposal_id == Proposal.id,
        Assignment.version_id == Proposal.current_version_id,
        Assignment.state.in_(LIVE_ASSIGNMENTS),
    )
    open_ones = (
        select(func.count(Condition.id))
        .join(Decision, Decision.id == Condition.decision_id)
        .where(Decision.proposal_id == Proposal.id, Condition.state.in_(("open", "evidence_submitted")))
    )
    done = case(
        (Proposal.stage == "endorsement", _count(Endorsement, *asked, Endorsement.state.in_(POSITIVE))),
        (Proposal.stage == "review", _count(Assignment, *panel, Assignment.state == "submitted")),
    )
    every = case(
        (Proposal.stage == "endorsement", _count(Endorsement, *asked)),
        (Proposal.stage == "review", _count(Assignment, *panel)),
        (Proposal.stage == "conditions", open_ones.correlate(Proposal).scalar_subquery()),
    )
    return done.label("parts_done"), every.label("parts_all")


def _count(table: Any, *where: ColumnElement[bool]) -> Any:
    return select(func.count()).select_from(table).where(*where).correlate(Proposal).scalar_subquery()


def _narrowed(filters: Filters, now: datetime) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if filters.stages:
        wanted.append(Proposal.stage.in_(filters.stages))
    if filters.overdue:
        wanted.append(is_overdue(now))
    if filters.article is not None:
        mapped = and_(ArticleRow.id == ProposalArticle.article_id, ArticleRow.number == filters.article)
        wanted.append(exists().where(ProposalArticle.proposal_id == Proposal.id, mapped))
    if filters.partner:
        named = and_(Partner.id == ProposalPartner.partner_id, Partner.code == filters.partner)
        wanted.append(exists().where(ProposalPartner.proposal_id == Proposal.id, named))
    return wanted


def _with(words: list[str]) -> list[ColumnElement[bool]]:
    """Every word, in any part of a word; short ones count only where nothing longer narrows the search."""
    long = [word for word in words if len(word) > 2 or not word.isascii()]
    return [mentions(word) for word in long or words]
