"""What lists, constraints and rules need of a proposal: of its draft at first, then of what was last sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select

from webapp.domain import mapping
from webapp.domain.completeness.texts import items
from webapp.domain.completeness.whole import partner_codes
from webapp.models.initiative import ArticleRow
from webapp.models.partners import Partner
from webapp.models.people import Organisation
from webapp.models.proposals import Proposal, ProposalArticle, ProposalOrganisation, ProposalPartner
from webapp.queries.proposals.around import named_organisations
from webapp.services.work import UnitOfWork


def write_derived(work: UnitOfWork, proposal: Proposal, contents: Mapping[str, Mapping[str, Any]]) -> None:
    """Bring title, summary, sector, language, articles, partners and organisations up to these contents.

    What others read in lists and searches is never what was not sent: after the first submission only a new
    version comes here, not the saves before it (R5, R70).
    """
    basics = contents.get("basics", {})
    proposal.title = _text(basics, "title")
    proposal.summary = _text(basics, "summary")
    proposal.sector = _text(basics, "sector")
    proposal.language = _text(basics, "language") or "en"
    _write_articles(work, proposal, contents.get("articles", {}))
    _write_partners(work, proposal, contents.get("partners", {}))
    proposal.named = " ".join(_write_organisations(work, proposal, contents.get("partners", {})))
    work.session.flush()


def _write_articles(work: UnitOfWork, proposal: Proposal, content: Mapping[str, Any]) -> None:
    """Rows only where a primary article is chosen: there is always exactly one (R14)."""
    chosen = mapping.read_mapping(content)
    work.session.execute(delete(ProposalArticle).where(ProposalArticle.proposal_id == proposal.id))
    ids = {row.number: row.id for row in work.session.scalars(select(ArticleRow))}
    known = [number for number in chosen.articles if number in ids][: mapping.SECONDARY_AT_MOST + 1]
    if not known or known[0] != chosen.primary:
        return
    work.session.add_all(
        ProposalArticle(proposal_id=proposal.id, article_id=ids[number], is_primary=place == 0, place=place)
        for place, number in enumerate(known)
    )


def _write_partners(work: UnitOfWork, proposal: Proposal, content: Mapping[str, Any]) -> None:
    work.session.execute(delete(ProposalPartner).where(ProposalPartner.proposal_id == proposal.id))
    lead = content.get("lead_partner")
    found = work.session.scalars(select(Partner).where(Partner.code.in_(partner_codes(content))))
    work.session.add_all(
        ProposalPartner(proposal_id=proposal.id, partner_id=partner.id, is_lead=partner.code == lead)
        for partner in found
    )


def _write_organisations(work: UnitOfWork, proposal: Proposal, content: Mapping[str, Any]) -> list[str]:
    """One row for each that is known; returns their names."""
    work.session.execute(delete(ProposalOrganisation).where(ProposalOrganisation.proposal_id == proposal.id))
    of_ours = Organisation.id.in_(named_organisations(content))
    rows = work.session.execute(select(Organisation.id, Organisation.name).where(of_ours).order_by(Organisation.id))
    known = {row.id: row.name for row in rows}
    contacts = {content.get("lead_organisation"): _text(content, "lead_contact_email")}
    for entry in items(content, "participants"):
        contacts.setdefault(entry.get("organisation"), _text(entry, "contact_email"))
    work.session.add_all(
        ProposalOrganisation(
            proposal_id=proposal.id, organisation_id=organisation_id, contact_email=contacts.get(organisation_id, "")
        )
        for organisation_id in known
    )
    return list(known.values())


def _text(content: Mapping[str, Any], field: str) -> str:
    value = content.get(field)
    return value if isinstance(value, str) else ""
