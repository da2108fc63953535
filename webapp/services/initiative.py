"""Loads the initiative, its articles and its partners from the data folder into the tables."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any

from sqlalchemy import select

from webapp.domain.errors import NotNow
from webapp.domain.initiative import Initiative, problems
from webapp.models.initiative import ArticleRow, InitiativeRow
from webapp.models.partners import Partner
from webapp.services.partners.paths import current_path
from webapp.services.work import UnitOfWork


def load_initiative(work: UnitOfWork, initiative: Initiative) -> InitiativeRow:
    """Write the initiative; loading it again brings changed texts, never removes what is in use.

    Raises NotNow with code `initiative_has_problems` when its data does not pass its own check.
    """
    found = problems(initiative)
    if found:
        raise NotNow("initiative_has_problems", {"problems": "; ".join(found)})
    row = _write_initiative(work, initiative)
    _write_articles(work, initiative, row)
    _write_partners(work, initiative, row)
    return row


def _write_initiative(work: UnitOfWork, initiative: Initiative) -> InitiativeRow:
    data = {"title": initiative.title, "year": initiative.year, "version": initiative.version}
    digest = hashlib.sha256(json.dumps(asdict(initiative), sort_keys=True, default=_plain).encode()).hexdigest()
    row = work.session.scalars(
        select(InitiativeRow).where(InitiativeRow.code == initiative.id).with_for_update()
    ).one_or_none()
    if row is None:
        row = InitiativeRow(
            code=initiative.id, title=initiative.title, data=data, data_sha256=digest, loaded_at=work.now
        )
        work.session.add(row)
    elif row.data_sha256 != digest:
        row.title, row.data, row.data_sha256, row.loaded_at = initiative.title, data, digest, work.now
    work.session.flush()
    return row


def _write_articles(work: UnitOfWork, initiative: Initiative, row: InitiativeRow) -> None:
    known = {
        article.number: article
        for article in work.session.scalars(select(ArticleRow).where(ArticleRow.initiative_id == row.id))
    }
    for article in initiative.articles:
        held = known.get(article.number)
        if held is None:
            held = ArticleRow(initiative_id=row.id, number=article.number)
            work.session.add(held)
        held.title, held.short_title = article.title, article.short_title
    work.session.flush()


def _write_partners(work: UnitOfWork, initiative: Initiative, row: InitiativeRow) -> None:
    known = {
        partner.code: partner
        for partner in work.session.scalars(select(Partner).where(Partner.initiative_id == row.id))
    }
    for entry in initiative.partners:
        held = known.get(entry.code)
        if held is None:
            held = Partner(initiative_id=row.id, code=entry.code, joined_on=work.now.date())
            work.session.add(held)
        held.names = dict(entry.names)
        held.capital, held.time_zone = entry.capital, entry.time_zone
        work.session.flush()
        current_path(work, held.id)


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, (set, frozenset)) else dict(value)
