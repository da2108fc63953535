"""A whole proposal to read: its draft as it stands, or a frozen version, with the names that it refers to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain import budgets, mapping
from webapp.domain.budgets import Budget, Share
from webapp.domain.calls import read_form
from webapp.domain.claims import Claim, read_claims
from webapp.domain.initiative import Question
from webapp.domain.mapping import Asked
from webapp.domain.rulebook import Rulebook
from webapp.models.calls import Call
from webapp.models.partners import Partner
from webapp.models.people import Organisation
from webapp.models.proposals import Document, ProposalVersion
from webapp.queries.access import ProposalHead
from webapp.queries.proposals.around import find_contents, named_organisations


@dataclass(frozen=True, slots=True)
class OrganisationName:
    """An organisation that a proposal names; `is_confirmed` by its partner."""

    name: str
    partner_code: str
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A document of the proposal, as people see it."""

    public_id: str
    name: str
    size: int
    state: str
    refusal: str


@dataclass(frozen=True, slots=True)
class ProposalView:
    """Everything that `components/proposal.html` shows; `version` is None for a draft as it stands."""

    reference: str
    content: Mapping[str, Any]
    organisations: Mapping[int, OrganisationName]
    documents: tuple[DocumentLine, ...]
    asked: tuple[Asked, ...]
    budget: Budget
    shares: tuple[Share, ...]
    call_questions: tuple[Question, ...]
    version: int | None
    sha256: str
    received_at: datetime | None

    @property
    def title(self) -> str:
        """The proposal's title."""
        return str(self.section("basics").get("title") or "")

    @property
    def language(self) -> str:
        """The language that the proposal is written in."""
        return str(self.section("basics").get("language") or "en")

    @property
    def articles(self) -> tuple[int, ...]:
        """The mapped articles, the primary first."""
        return tuple(entry.article.number for entry in self.asked)

    def section(self, name: str) -> Mapping[str, Any]:
        """The content of one section; empty where nothing was written."""
        found = self.content.get(name)
        return found if isinstance(found, Mapping) else {}

    def claims(self, asked: Asked) -> tuple[Claim, ...]:
        """The sentences of one mapped article that the proposal says it serves (R67)."""
        return read_claims(self.section("articles"), asked)


def read_proposal(
    session: Session, rules: Rulebook, head: ProposalHead, *, version_id: int | None = None, draft: bool = False
) -> ProposalView:
    """The version named, else the current one; with `draft`, or where there is none, the draft as it stands."""
    version = None if draft else _find_version(session, head, version_id)
    content: Mapping[str, Any] = version.content if version else find_contents(session, head.id)
    call = session.get_one(Call, head.call_id)
    budget = budgets.read_budget(_section(content, "budget"))
    return ProposalView(
        reference=head.reference,
        content=content,
        organisations=_organisations(session, _section(content, "partners")),
        documents=_documents(session, head.id, content if version else None),
        asked=mapping.ask(mapping.read_mapping(_section(content, "articles")), rules.initiative),
        budget=budget,
        shares=budgets.shares(budget),
        call_questions=read_form(call.form).questions,
        version=version.number if version else None,
        sha256=version.sha256 if version else "",
        received_at=version.submitted_at if version else None,
    )


def _find_version(session: Session, head: ProposalHead, version_id: int | None) -> ProposalVersion | None:
    wanted = version_id or head.version_id
    if wanted is None:
        return None
    found = select(ProposalVersion).where(ProposalVersion.id == wanted, ProposalVersion.proposal_id == head.id)
    return session.scalars(found).one_or_none()


def _organisations(session: Session, content: Mapping[str, Any]) -> dict[int, OrganisationName]:
    rows = session.execute(
        select(Organisation, Partner.code)
        .join(Partner, Partner.id == Organisation.partner_id)
        .where(Organisation.id.in_(named_organisations(content)))
    )
    return {row.id: OrganisationName(row.name, code, row.confirmed_at is not None) for row, code in rows}


def _documents(session: Session, proposal_id: int, frozen: Mapping[str, Any] | None) -> tuple[DocumentLine, ...]:
    """Of a version the documents it froze, removed since or not; of a draft those that are there."""
    found = (
        select(Document)
        .where(Document.proposal_id == proposal_id, Document.purpose == "proposal")
        .order_by(Document.id)
    )
    if frozen is None:
        found = found.where(Document.removed_at.is_(None))
    else:
        found = found.where(Document.public_id.in_([entry["id"] for entry in frozen.get("documents", ())]))
    return tuple(
        DocumentLine(row.public_id, row.name, row.size, row.state, row.refusal or "") for row in session.scalars(found)
    )


def _section(content: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = content.get(name)
    return found if isinstance(found, Mapping) else {}
