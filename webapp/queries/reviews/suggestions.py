"""Questions about suggestions: what is open, what is offered to the applicant, what is linked (R20, R71)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from webapp.domain.mapping import Mapping, read_mapping
from webapp.domain.people import Actor
from webapp.domain.rulebook import Rulebook
from webapp.domain.workflow import find_stage
from webapp.models.calls import CallArticle
from webapp.models.decisions import Decision
from webapp.models.initiative import ArticleRow
from webapp.models.people import Person
from webapp.models.proposals import Proposal, ProposalVersion
from webapp.models.reviews import ProposalLink, Suggestion
from webapp.queries.access import ProposalHead, visible_to


@dataclass(frozen=True, slots=True)
class SuggestionLine:
    """One suggestion; `by_reviewer` names nobody, `made_by` is for staff."""

    id: int
    kind: str
    state: str
    by_reviewer: bool
    made_by: str
    made_at: datetime
    reason: str
    mapping: Mapping | None
    other_reference: str
    answer: str
    settled_at: datetime | None
    is_of_current_version: bool
    is_applied: bool


@dataclass(frozen=True, slots=True)
class Linked:
    """A proposal that belongs to this one, from whichever end the link was made."""

    reference: str
    title: str
    kind: str
    made_at: datetime


def list_suggestions(session: Session, head: ProposalHead, *, made_by_id: int | None = None) -> list[SuggestionLine]:
    """The suggestions for a proposal that was judged, the newest first; of one person where wanted."""
    found = (
        select(Suggestion, Person.name)
        .join(Person, Person.id == Suggestion.made_by_id)
        .where(Suggestion.proposal_id == head.id)
        .order_by(Suggestion.id.desc())
    )
    if made_by_id is not None:
        found = found.where(Suggestion.made_by_id == made_by_id)
    return [_line(row, head) for row in session.execute(found)]


def list_links(session: Session, actor: Actor, head: ProposalHead) -> list[Linked]:
    """The proposals that are linked with this one, from both ends, as far as the actor may see them."""
    from_here = select(ProposalLink.other_id, ProposalLink.kind, ProposalLink.made_at).where(
        ProposalLink.proposal_id == head.id
    )
    to_here = select(ProposalLink.proposal_id, ProposalLink.kind, ProposalLink.made_at).where(
        ProposalLink.other_id == head.id
    )
    both = from_here.union(to_here).subquery()
    rows = session.execute(
        select(Proposal.reference, Proposal.title, both.c.kind, both.c.made_at)
        .join(both, both.c.other_id == Proposal.id)
        .where(visible_to(actor))
        .order_by(Proposal.reference, both.c.kind)
    )
    return [Linked(*row) for row in rows]


def offered(session: Session, proposal_id: int) -> Suggestion | None:
    """The mapping that waits for the applicant's word."""
    return session.scalars(
        select(Suggestion).where(Suggestion.proposal_id == proposal_id, Suggestion.state == "offered")
    ).one_or_none()


def find_offered(session: Session, head: ProposalHead) -> SuggestionLine | None:
    """The same for a page of the applicant."""
    return next((line for line in list_suggestions(session, head) if line.state == "offered"), None)


def is_remappable(session: Session, rules: Rulebook, head: ProposalHead) -> bool:
    """Whether the mapping can still change: submitted, in a live stage, not with the applicant, not decided (R20)."""
    stage = find_stage(rules.workflow(head.workflow), head.stage)
    if head.version_id is None or not stage.is_live or "applicant" in stage.waits_for:
        return False
    decided = exists().where(Decision.version_id == head.version_id, Decision.state == "confirmed")
    return not session.scalar(select(decided))


def version_mapping(session: Session, version_id: int) -> Mapping:
    """The mapping of a version, as it was submitted."""
    content = session.scalars(select(ProposalVersion.content).where(ProposalVersion.id == version_id)).one()
    return read_mapping(content.get("articles") or {})


def open_articles(session: Session, call_id: int) -> frozenset[int]:
    """The numbers of the articles that are open under the call (R14)."""
    numbers = select(ArticleRow.number).join(CallArticle, CallArticle.article_id == ArticleRow.id)
    return frozenset(session.scalars(numbers.where(CallArticle.call_id == call_id)))


def _line(row: Any, head: ProposalHead) -> SuggestionLine:
    suggestion: Suggestion = row.Suggestion
    return SuggestionLine(
        id=suggestion.id,
        kind=suggestion.kind,
        state=suggestion.state,
        by_reviewer=suggestion.assignment_id is not None,
        made_by=row.name,
        made_at=suggestion.made_at,
        reason=suggestion.reason,
        mapping=read_mapping(suggestion.mapping) if suggestion.mapping else None,
        other_reference=suggestion.other_reference,
        answer=suggestion.answer,
        settled_at=suggestion.settled_at,
        is_of_current_version=suggestion.version_id == head.version_id,
        is_applied=suggestion.applied_at is not None,
    )
