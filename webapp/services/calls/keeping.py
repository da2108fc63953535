"""Keeps what a call says: its row and its open articles."""

from __future__ import annotations

from sqlalchemy import delete, select

from webapp.domain.calls import CallForm, Known, Terms, problems, write_form
from webapp.domain.errors import Invalid, NotFound, Stale
from webapp.domain.policy import Action, Nothing
from webapp.models.calls import Call, CallArticle
from webapp.models.initiative import ArticleRow
from webapp.services.access import allow
from webapp.services.work import UnitOfWork


def check(work: UnitOfWork, terms: Terms, code: str) -> None:
    """Invalid with everything that is wrong with the terms of the call of this code."""
    articles = frozenset(article.number for article in work.rules.initiative.articles)
    others = frozenset(work.session.scalars(select(Call.code).where(Call.code != code)))
    found = problems(terms, Known(articles, frozenset(work.rules.workflows), others))
    if found:
        raise Invalid(found)


def hold_call(work: UnitOfWork, code: str, revision: int) -> Call:
    """The call, locked and judged; NotFound, NotAllowed, or Stale when it was changed since it was seen."""
    row = work.session.scalars(select(Call).where(Call.code == code).with_for_update()).one_or_none()
    if row is None:
        raise NotFound
    allow(work, Action.MANAGE_CALLS, Nothing(initiative_id=row.initiative_id))
    work.session.refresh(row)
    if row.revision != revision:
        raise Stale
    return row


def write_terms(row: Call, terms: Terms) -> None:
    """Put the terms into the row; what it holds besides (the weights of routing, the rubric) stays."""
    if terms.opens_at is None:
        raise ValueError("terms are checked before they are kept")
    row.title, row.summary = terms.title.strip(), terms.summary.strip()
    row.opens_at, row.closes_at = terms.opens_at, terms.closes_at
    row.time_zone, row.grace_minutes = terms.time_zone, terms.grace_minutes
    row.workflow, row.workflow_version = terms.workflow
    row.reviews_wanted, row.quorum = terms.reviews_wanted, terms.quorum
    row.form = write_form(CallForm(terms.sections_off, terms.questions, terms.next_call))
    row.endorsement = {"asks": terms.asks, "others": terms.others, "on_objection": terms.on_objection}
    row.routing = {
        **(row.routing or {}),
        "release": terms.release,
        "lead_partner_conflicts": terms.lead_partner_conflicts,
    }
    row.publication = {
        "embargo_days": terms.embargo_days,
        "contacts": terms.contacts,
        "budget": terms.budget,
        "partners_read_reviews": terms.partners_read_reviews,
        "sealed": terms.sealed,
        **{name: value for name, value in (row.publication or {}).items() if name in ("unsealed_at", "reason")},
    }


def write_articles(work: UnitOfWork, row: Call, numbers: tuple[int, ...]) -> None:
    """Make these articles the open ones (R14)."""
    ids = work.session.scalars(
        select(ArticleRow.id).where(ArticleRow.initiative_id == row.initiative_id, ArticleRow.number.in_(numbers))
    ).all()
    work.session.execute(delete(CallArticle).where(CallArticle.call_id == row.id))
    work.session.add_all(CallArticle(call_id=row.id, article_id=article) for article in ids)
    work.session.flush()
