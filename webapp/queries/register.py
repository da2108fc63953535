"""Questions of the public: entries of the register, their counts, one entry; only what is published (R58, R70)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, Text, cast, func, literal_column, select
from sqlalchemy.orm import Session

from webapp.domain.register import Filters, TargetSum, sum_targets
from webapp.models.calls import Call
from webapp.models.decisions import Decision
from webapp.models.initiative import ArticleRow
from webapp.models.partners import Partner
from webapp.models.people import Organisation
from webapp.models.proposals import Proposal, ProposalArticle, ProposalPartner, ProposalVersion
from webapp.queries.searching import mentions

PUBLISHED = Proposal.published_at.is_not(None)
APPROVING = ("approved", "approved_with_conditions")
MOST = 5000


@dataclass(frozen=True, slots=True)
class Line:
    """One entry in a list or an export; the lead partner and the main article stand first."""

    reference: str
    title: str
    summary: str
    sector: str
    language: str
    status: str
    call: str
    partners: tuple[str, ...]
    articles: tuple[int, ...]
    decided_at: datetime
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation that takes part; its contact is empty where it is withheld."""

    partner: str
    organisation: str
    role: str
    contact_name: str
    contact_email: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry with the content of the approved version; `budget` is None where it is withheld."""

    line: Line
    version: int
    parties: tuple[Party, ...]
    shows_contacts: bool
    results: Mapping[str, Any]
    plan: Mapping[str, Any]
    justifications: Mapping[str, str]
    currency: str
    budget: tuple[Mapping[str, Any], ...] | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many entries there are, by article, partner, sector and year."""

    total: int
    articles: Mapping[int, int]
    partners: Mapping[str, int]
    sectors: Mapping[str, int]
    years: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Mark:
    """Tells one state of the register from another: how many entries, and which transactions wrote their rows."""

    entries: int
    written: int


def find_mark(session: Session) -> Mark:
    """The register's state; as long as it is the same, so is all that is counted over the whole register."""
    # xmin is the transaction that wrote a row (PostgreSQL); what an entry shows changes by a move of its proposal.
    # The sum, since the last one to begin need not be the last one to commit.
    writer = cast(cast(literal_column("proposals.xmin"), Text), BigInteger)
    entries, written = session.execute(select(func.count(Proposal.id), func.sum(writer)).where(PUBLISHED)).one()
    return Mark(entries, int(written or 0))


def list_entries(session: Session, filters: Filters, *, limit: int = MOST, offset: int = 0) -> list[Line]:
    """The entries that match, those published last first."""
    rows = session.execute(
        _lines()
        .where(*_wanted(filters))
        .order_by(Proposal.published_at.desc(), Proposal.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [_line(row) for row in rows]


def count_entries(session: Session, filters: Filters) -> int:
    """How many entries match."""
    return session.scalars(select(func.count(Proposal.id)).where(PUBLISHED, *_wanted(filters))).one()


def count_all(session: Session) -> Counts:
    """The counts of the whole register."""
    year = func.extract("year", func.timezone("UTC", Proposal.published_at))
    count = func.count(Proposal.id)
    by_article = (
        select(ArticleRow.number, count)
        .join(ProposalArticle, ProposalArticle.article_id == ArticleRow.id)
        .join(Proposal, Proposal.id == ProposalArticle.proposal_id)
    )
    by_partner = (
        select(Partner.code, count)
        .join(ProposalPartner, ProposalPartner.partner_id == Partner.id)
        .join(Proposal, Proposal.id == ProposalPartner.proposal_id)
    )
    return Counts(
        total=count_entries(session, Filters()),
        articles=_grouped(session, by_article),
        partners=_grouped(session, by_partner),
        sectors=_grouped(session, select(Proposal.sector, count)),
        years={int(key): number for key, number in _grouped(session, select(year, count)).items()},
    )


def _grouped(session: Session, counted: Select[Any, int]) -> dict[Any, int]:
    """Counts of published entries by the question's first column."""
    key = counted.selected_columns[0]
    return {row[0]: row[1] for row in session.execute(counted.where(PUBLISHED).group_by(key).order_by(key))}


def list_sums(session: Session) -> list[TargetSum]:
    """The sums of the targets of all entries, as the approved versions have them."""
    found = select(ProposalVersion.content["results"]).join(Proposal, ProposalVersion.id == approved_version())
    return list(sum_targets(results or {} for results in session.scalars(found.where(PUBLISHED))))


def find_entry(session: Session, reference: str) -> Entry | None:
    """The published entry of this reference; None where there is none."""
    row = session.execute(_lines().where(Proposal.reference == reference)).one_or_none()
    if row is None:
        return None
    content, publication = row.ProposalVersion.content, row.publication
    agreed = content.get("declarations") or {}
    contacts = bool(publication.get("contacts")) and agreed.get("publish_contacts") is True
    money = content.get("budget") or {}
    shows_budget = bool(publication.get("budget")) and agreed.get("publish_budget") is True
    return Entry(
        line=_line(row),
        version=row.ProposalVersion.number,
        parties=_parties(session, content.get("partners") or {}, contacts=contacts),
        shows_contacts=contacts,
        results=(content.get("results") or {}).get("indicators") or {},
        plan=content.get("plan") or {},
        justifications=(content.get("articles") or {}).get("justifications") or {},
        currency=str(money.get("currency", "")),
        budget=tuple(money.get("lines") or ()) if shows_budget else None,
    )


def _parties(session: Session, partners: Mapping[str, Any], *, contacts: bool) -> tuple[Party, ...]:
    lead = {
        "partner": partners.get("lead_partner", ""),
        "organisation": partners.get("lead_organisation"),
        "contact_name": partners.get("lead_contact_name", ""),
        "contact_email": partners.get("lead_contact_email", ""),
    }
    given = [lead, *(partners.get("participants") or ())] if partners else []
    ids = [one["organisation"] for one in given if isinstance(one.get("organisation"), int)]
    found = session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids)))
    names: dict[Any, str] = {row.id: row.name for row in found}
    return tuple(
        Party(
            partner=one.get("partner", ""),
            organisation=names.get(one.get("organisation"), ""),
            role=one.get("role", ""),
            contact_name=one.get("contact_name", "") if contacts else "",
            contact_email=one.get("contact_email", "") if contacts else "",
        )
        for one in given
    )


def _approval(column: Any) -> Any:
    """The last confirmed approval of the proposal, or nothing."""
    return (
        select(column)
        .where(Decision.proposal_id == Proposal.id, Decision.state == "confirmed", Decision.outcome.in_(APPROVING))
        .order_by(Decision.id.desc())
        .limit(1)
        .correlate(Proposal)
        .scalar_subquery()
    )


def approved_version() -> ColumnElement[Any]:
    """The version that an entry shows: the one that was approved last."""
    return func.coalesce(_approval(Decision.version_id), Proposal.current_version_id)


def _lines() -> Select[Any]:
    codes = (
        select(func.array_agg(Partner.code))
        .join(ProposalPartner, ProposalPartner.partner_id == Partner.id)
        .where(ProposalPartner.proposal_id == Proposal.id)
        .correlate(Proposal)
        .scalar_subquery()
    )
    lead = (
        select(Partner.code)
        .join(ProposalPartner, ProposalPartner.partner_id == Partner.id)
        .where(ProposalPartner.proposal_id == Proposal.id, ProposalPartner.is_lead)
        .correlate(Proposal)
        .scalar_subquery()
    )
    articles = (
        select(func.array_agg(func.jsonb_build_array(ProposalArticle.place, ArticleRow.number)))
        .join(ArticleRow, ArticleRow.id == ProposalArticle.article_id)
        .where(ProposalArticle.proposal_id == Proposal.id)
        .correlate(Proposal)
        .scalar_subquery()
    )
    return (
        select(
            Proposal,
            ProposalVersion,
            Call.title.label("call"),
            Call.publication,
            codes.label("codes"),
            lead.label("lead"),
            articles.label("articles"),
            _approval(Decision.confirmed_at).label("decided_at"),
        )
        .join(Call, Call.id == Proposal.call_id)
        .join(ProposalVersion, ProposalVersion.id == approved_version())
        .where(PUBLISHED)
    )


def _line(row: Any) -> Line:
    proposal: Proposal = row.Proposal
    basics = row.ProposalVersion.content.get("basics") or {}
    published_at = proposal.published_at or proposal.stage_since
    return Line(
        reference=proposal.reference,
        title=basics.get("title") or proposal.title,
        summary=basics.get("summary") or proposal.summary,
        sector=proposal.sector,
        language=proposal.language,
        status=proposal.stage,
        call=row.call,
        partners=tuple(sorted(row.codes or (), key=lambda code: (code != row.lead, code))),
        articles=tuple(number for _, number in sorted(row.articles or ())),
        decided_at=row.decided_at or published_at,
        published_at=published_at,
    )


def _wanted(filters: Filters) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if filters.words:
        wanted.append(mentions(filters.words))
    if filters.article is not None:
        mapped = select(ProposalArticle.proposal_id).join(ArticleRow, ArticleRow.id == ProposalArticle.article_id)
        wanted.append(Proposal.id.in_(mapped.where(ArticleRow.number == filters.article)))
    if filters.partner:
        taking_part = select(ProposalPartner.proposal_id).join(Partner, Partner.id == ProposalPartner.partner_id)
        wanted.append(Proposal.id.in_(taking_part.where(Partner.code == filters.partner)))
    if filters.sector:
        wanted.append(Proposal.sector == filters.sector)
    if filters.status:
        wanted.append(Proposal.stage == filters.status)
    if filters.year is not None:
        begins, ends = datetime(filters.year, 1, 1, tzinfo=UTC), datetime(filters.year + 1, 1, 1, tzinfo=UTC)
        wanted += [Proposal.published_at >= begins, Proposal.published_at < ends]
    return wanted
