"""Changes what a call says; once proposals are in, most of it is fixed (R22, R76)."""

from __future__ import annotations

from dataclasses import fields

from sqlalchemy import exists, select

from webapp.domain.calls import SECTION, Terms, frozen_changes
from webapp.domain.errors import Invalid
from webapp.domain.events import Event
from webapp.domain.problems import Problem
from webapp.models.calls import Call, CallArticle
from webapp.models.initiative import ArticleRow
from webapp.models.proposals import Proposal
from webapp.queries.calls import read_terms
from webapp.services.calls.keeping import check, hold_call, write_articles, write_terms
from webapp.services.proposals.closing import move_draft_reminders
from webapp.services.proposals.sealing import set_unsealing
from webapp.services.work import UnitOfWork


def change_call(work: UnitOfWork, code: str, terms: Terms, *, revision: int) -> tuple[str, ...]:
    """Change the call; the names of what is different now.

    Raises Stale; Invalid with what is wrong, or with what cannot change while proposals are in flight.
    """
    row = hold_call(work, code, revision)
    check(work, terms, code)
    before = read_terms(row, _open_articles(work, row))
    if _has_proposals(work, row):
        fixed = frozen_changes(before, terms)
        if fixed:
            raise Invalid([Problem(SECTION, name, "call_frozen") for name in fixed])
    changed = tuple(field.name for field in fields(Terms) if getattr(before, field.name) != getattr(terms, field.name))
    if changed:
        write_terms(row, terms)
        row.revision += 1
        if "articles" in changed:
            write_articles(work, row, terms.articles)
        if {"closes_at", "time_zone"} & {*changed}:
            move_draft_reminders(work, row)
            set_unsealing(work, row)
        work.record(Event("CallChanged", "call", row.id, {"fields": list(changed), "revision": row.revision}))
    return changed


def _open_articles(work: UnitOfWork, row: Call) -> list[int]:
    numbers = (
        select(ArticleRow.number)
        .join(CallArticle, CallArticle.article_id == ArticleRow.id)
        .where(CallArticle.call_id == row.id)
    )
    return list(work.session.scalars(numbers))


def _has_proposals(work: UnitOfWork, row: Call) -> bool:
    submitted = exists().where(Proposal.call_id == row.id, Proposal.submitted_at.is_not(None))
    return bool(work.session.scalar(select(submitted)))
