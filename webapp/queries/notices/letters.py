"""What every notice's template may say: names, titles, dates, nothing confidential (R55)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.initiative import Initiative
from webapp.domain.notices import FREE_TEXT, Notice
from webapp.domain.rulebook import Rulebook
from webapp.models.calls import Call
from webapp.models.initiative import ArticleRow
from webapp.models.partners import Partner
from webapp.models.proposals import Proposal, ProposalArticle, ProposalPartner
from webapp.queries.notices.audiences import Recipient
from webapp.queries.notices.events import Told, ToldEvent, find_added

# What mail programs make links of: names with dots, addresses (`reliability.md` §3, 12).
_LINKABLE = re.compile(r"(?<=\w)(\.(?=[^\W\d_]{2})|@(?=\w)|:(?=//))")
WORD_JOINER = "\u2060"


@dataclass(frozen=True, slots=True)
class RecipientWords:
    """The reader of the mail."""

    name: str
    language: str
    zone: str


@dataclass(frozen=True, slots=True)
class EventWords:
    """What happened; `actor_name` is empty unless the notice names who did it."""

    name: str
    at: datetime
    payload: Mapping[str, Any]
    actor_name: str


@dataclass(frozen=True, slots=True)
class ProposalWords:
    """The proposal, its partners by their names in the reader's language."""

    reference: str
    title: str
    stage: str
    url: str
    call: str
    lead_partner: str
    partners: tuple[str, ...]
    partner_codes: tuple[str, ...]
    articles: tuple[int, ...]
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class PartnerWords:
    """The partner that the event concerns."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What an event concerns, found once for all its recipients."""

    reference: str
    title: str
    stage: str
    call: str
    due_at: datetime | None
    partner_codes: tuple[str, ...]
    articles: tuple[int, ...]
    partner_code: str


def find_subject(session: Session, event: ToldEvent) -> Subject:
    """The proposal and the partner of an event; empty words where it has none."""
    partner = session.get(Partner, event.partner_id) if event.partner_id else None
    code = partner.code if partner else ""
    row = session.execute(
        select(Proposal, Call.title.label("call"))
        .join(Call, Call.id == Proposal.call_id)
        .where(Proposal.id == event.proposal_id)
    ).one_or_none()
    if row is None:
        return Subject("", "", "", "", None, (), (), code)
    proposal = row.Proposal
    codes = session.scalars(
        select(Partner.code)
        .join(ProposalPartner, ProposalPartner.partner_id == Partner.id)
        .where(ProposalPartner.proposal_id == proposal.id)
        .order_by(ProposalPartner.is_lead.desc(), Partner.code)
    )
    articles = session.scalars(
        select(ArticleRow.number)
        .join(ProposalArticle, ProposalArticle.article_id == ArticleRow.id)
        .where(ProposalArticle.proposal_id == proposal.id)
        .order_by(ProposalArticle.place)
    )
    return Subject(
        reference=proposal.reference,
        title=proposal.title,
        stage=proposal.stage,
        call=row.call,
        due_at=proposal.due_at,
        partner_codes=tuple(codes),
        articles=tuple(articles),
        partner_code=code,
    )


@dataclass(frozen=True, slots=True)
class Addressed:
    """One notice of one event to one recipient."""

    notice: Notice
    event: ToldEvent
    subject: Subject
    recipient: Recipient


def find_words(
    session: Session, rules: Rulebook, to: Addressed, *, token: str = "", added: Mapping[str, object] | None = None
) -> dict[str, object]:
    """All variables of the notice's template for this recipient, with what the event's room adds.

    `added` stands for that in a rehearsal, where the room has nothing to add yet.
    """
    initiative, base_url = rules.initiative, rules.limits.base_url
    event, subject, recipient = to.event, to.subject, to.recipient
    language = recipient.language or "en"
    if added is None:
        added = find_added(session, rules, Told(to.notice.id, event, recipient.person_id))
    return {
        "recipient": RecipientWords(unlinked(recipient.name), language, recipient.time_zone),
        "event": _event_words(event, to.notice),
        "proposal": _proposal_words(subject, initiative, language, base_url),
        "partner": _partner_words(subject.partner_code, initiative, language),
        "due_at": _due_at(event, subject),
        "path": path_of(to, added, token),
        "action_link": base_url + path_of(to, added, token),
        "base_url": base_url,
        "initiative": initiative.title,
        "reference": subject.reference,
        **added,
    }


def path_of(to: Addressed, added: Mapping[str, object], token: str = "") -> str:
    """Where the notice leads: its own path with its placeholders filled, else the proposal's page."""
    subject = to.subject
    pattern = to.notice.path or ("/proposals/{reference}" if subject.reference else "/")
    values = {
        **to.event.payload,
        **added,
        "reference": subject.reference,
        "partner": subject.partner_code,
        "token": token,
    }
    return pattern.format_map(values)


def unlinked(text: str) -> str:
    """A person's words with nothing in them that a mail program would make a link of."""
    return _LINKABLE.sub(WORD_JOINER + r"\1" + WORD_JOINER, text)


def _event_words(event: ToldEvent, notice: Notice) -> EventWords:
    payload = {key: value for key, value in event.payload.items() if key not in FREE_TEXT}
    return EventWords(event.name, event.at, payload, unlinked(event.actor_name) if notice.names_actor else "")


def _proposal_words(subject: Subject, initiative: Initiative, language: str, base_url: str) -> ProposalWords | None:
    if not subject.reference:
        return None
    names = tuple(_partner_name(initiative, code, language) for code in subject.partner_codes)
    return ProposalWords(
        reference=subject.reference,
        title=unlinked(subject.title),
        stage=subject.stage,
        url=f"{base_url}/proposals/{subject.reference}",
        call=subject.call,
        lead_partner=names[0] if names else "",
        partners=names,
        partner_codes=subject.partner_codes,
        articles=subject.articles,
        due_at=subject.due_at,
    )


def _partner_words(code: str, initiative: Initiative, language: str) -> PartnerWords | None:
    return PartnerWords(code, _partner_name(initiative, code, language)) if code else None


def _partner_name(initiative: Initiative, code: str, language: str) -> str:
    entry = initiative.partner(code)
    return entry.name(language) if entry else code


def _due_at(event: ToldEvent, subject: Subject) -> datetime | None:
    given = event.payload.get("due_at")
    return datetime.fromisoformat(given) if isinstance(given, str) else subject.due_at
