"""What the rules of completeness need beside a proposal's content, in four statements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.calls import read_form
from webapp.domain.completeness import Around
from webapp.domain.mapping import content_to_submit
from webapp.domain.rulebook import Rulebook
from webapp.models.calls import Call, CallArticle
from webapp.models.initiative import ArticleRow
from webapp.models.partners import Partner
from webapp.models.people import Organisation
from webapp.models.proposals import Document, ProposalSection


def find_contents(session: Session, proposal_id: int) -> dict[str, dict[str, Any]]:
    """All sections of a proposal as they stand."""
    rows = session.execute(
        select(ProposalSection.section, ProposalSection.content).where(ProposalSection.proposal_id == proposal_id)
    )
    return {row.section: row.content for row in rows}


def find_around(
    session: Session, rules: Rulebook, proposal_id: int, call_id: int, contents: Mapping[str, Mapping[str, Any]]
) -> Around:
    """The call's choices, the organisations named, and the documents' states."""
    call = session.get_one(Call, call_id)
    articles = session.scalars(
        select(ArticleRow.number)
        .join(CallArticle, CallArticle.article_id == ArticleRow.id)
        .where(CallArticle.call_id == call_id)
    )
    organisations = session.execute(
        select(Organisation.id, Partner.code)
        .join(Partner, Partner.id == Organisation.partner_id)
        .where(Organisation.id.in_(named_organisations(contents.get("partners", {}))))
    )
    documents = session.execute(
        select(Document.name, Document.state).where(
            Document.proposal_id == proposal_id,
            Document.purpose == "proposal",
            Document.removed_at.is_(None),
            Document.state != "accepted",
        )
    ).all()
    form = read_form(call.form)
    return Around(
        initiative=rules.initiative,
        open_articles=frozenset(articles),
        partner_codes=frozenset(partner.code for partner in rules.initiative.partners),
        organisations={row.id: row.code for row in organisations},
        documents_refused=tuple(row.name for row in documents if row.state == "refused"),
        documents_waiting=tuple(row.name for row in documents if row.state == "received"),
        sections_off=frozenset(form.sections_off),
        call_questions=form.questions,
    )


def frozen_contents(
    session: Session, proposal_id: int, contents: Mapping[str, Mapping[str, Any]], sections_off: frozenset[str]
) -> dict[str, Any]:
    """What a version of these sections would keep: the sections as they stand, and the documents by hash (R10)."""
    documents = session.scalars(
        select(Document)
        .where(
            Document.proposal_id == proposal_id,
            Document.purpose == "proposal",
            Document.removed_at.is_(None),
            Document.state == "accepted",
        )
        .order_by(Document.id)
    )
    frozen: dict[str, Any] = {name: content for name, content in contents.items() if name not in sections_off}
    frozen["articles"] = content_to_submit(contents.get("articles", {}))
    frozen["documents"] = [
        {"id": document.public_id, "name": document.name, "sha256": document.sha256, "size": document.size}
        for document in documents
    ]
    return frozen


def named_organisations(content: Mapping[str, Any]) -> list[int]:
    """The ids of all organisations that a partners section names."""
    entries = content.get("participants")
    named = [content.get("lead_organisation")]
    if isinstance(entries, list):
        named += [entry.get("organisation") for entry in entries if isinstance(entry, Mapping)]
    return [one for one in named if isinstance(one, int)]
