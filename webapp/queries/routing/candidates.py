"""The people who review for a call, with what they bring and what they have to do already."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.domain.conflicts import Standing
from webapp.domain.people import Role
from webapp.domain.reviews import AWAITED_ASSIGNMENTS, LIVE_ASSIGNMENTS
from webapp.domain.routing import Candidate
from webapp.models.initiative import ArticleRow
from webapp.models.partners import Partner
from webapp.models.people import Organisation, Person, SeatRow
from webapp.models.proposals import Proposal, ProposalOrganisation
from webapp.models.routing import Assignment, Expertise, ReviewerProfile


@dataclass(frozen=True, slots=True)
class Known:
    """A reviewer as routing knows them: by name, as a candidate, and where they stand for conflicts."""

    name: str
    organisation: str
    partner: str
    candidate: Candidate
    standing: Standing

    @property
    def person_id(self) -> int:
        """The reviewer's id."""
        return self.candidate.person_id


@dataclass(frozen=True, slots=True)
class Scope:
    """For which proposal of which call reviewers are looked at, and at what time.

    `first_day` to `answer_by` are the days in which an invitation would have to be answered.
    """

    proposal_id: int
    call_id: int
    stages: Collection[str]
    since: datetime
    first_day: date
    answer_by: date


def find_reviewers(session: Session, scope: Scope, *, also: Collection[int] = ()) -> tuple[Known, ...]:
    """Everybody with a profile who holds a seat as reviewer of the call, and `also` these people."""
    rows = session.execute(_reviewers(scope, also))
    return tuple(_known(row, scope) for row in rows)


def _reviewers(scope: Scope, also: Collection[int]) -> Any:
    seated = select(SeatRow.person_id).where(
        SeatRow.role == Role.REVIEWER, SeatRow.call_id == scope.call_id, SeatRow.ended_at.is_(None)
    )
    return (
        select(
            Person.id,
            Person.name,
            Person.email,
            Person.organisation_id,
            Person.undeliverable_at,
            Organisation.name.label("organisation"),
            Organisation.kind,
            Partner.id.label("partner_id"),
            Partner.code.label("partner"),
            ReviewerProfile.languages,
            ReviewerProfile.load_max,
            ReviewerProfile.away_from,
            ReviewerProfile.away_to,
            _expertise().label("expertise"),
            _open_reviews(scope).label("open_reviews"),
            _all_reviews(scope).label("all_reviews"),
            _co_owned(scope).label("co_owned"),
        )
        .join(ReviewerProfile, ReviewerProfile.person_id == Person.id)
        .outerjoin(Organisation, Organisation.id == Person.organisation_id)
        .outerjoin(Partner, Partner.id == func.coalesce(ReviewerProfile.partner_id, Organisation.partner_id))
        .where(Person.disabled_at.is_(None), Person.id.in_(seated) | Person.id.in_(list(also)))
        .order_by(Person.id)
    )


def _expertise() -> Any:
    levels = func.jsonb_object_agg(ArticleRow.number, Expertise.level)
    found = select(levels).select_from(Expertise).join(ArticleRow, ArticleRow.id == Expertise.article_id)
    return found.where(Expertise.person_id == Person.id).scalar_subquery()


def _open_reviews(scope: Scope) -> Any:
    """Live and not in yet, on the version that is reviewed now: what counts against the load limit."""
    return (
        select(func.count())
        .select_from(Assignment)
        .join(Proposal, Proposal.id == Assignment.proposal_id)
        .where(
            Assignment.reviewer_id == Person.id,
            Assignment.state.in_(AWAITED_ASSIGNMENTS),
            Assignment.version_id == Proposal.current_version_id,
            Proposal.stage.in_(scope.stages),
            Proposal.id != scope.proposal_id,
        )
        .scalar_subquery()
    )


def _all_reviews(scope: Scope) -> Any:
    return (
        select(func.count())
        .select_from(Assignment)
        .join(Proposal, Proposal.id == Assignment.proposal_id)
        .where(
            Assignment.reviewer_id == Person.id,
            Assignment.state.in_(LIVE_ASSIGNMENTS),
            Proposal.call_id == scope.call_id,
            Proposal.id != scope.proposal_id,
        )
        .scalar_subquery()
    )


def _co_owned(scope: Scope) -> Any:
    """Organisations of the proposals that the person owned lately, this one aside (R38)."""
    return (
        select(func.array_agg(ProposalOrganisation.organisation_id))
        .join(Proposal, Proposal.id == ProposalOrganisation.proposal_id)
        .where(
            Proposal.owner_id == Person.id,
            Proposal.created_at >= scope.since,
            Proposal.id != scope.proposal_id,
        )
        .scalar_subquery()
    )


def _known(row: Any, scope: Scope) -> Known:
    candidate = Candidate(
        person_id=row.id,
        expertise={int(article): level for article, level in (row.expertise or {}).items()},
        languages=frozenset(row.languages),
        partner_id=row.partner_id,
        organisation_id=row.organisation_id,
        organisation_kind=row.kind or "",
        open_reviews=row.open_reviews,
        all_reviews=row.all_reviews,
        load_max=row.load_max,
        is_away=_is_away(row.away_from, row.away_to, scope),
        is_unreachable=row.undeliverable_at is not None,
    )
    standing = Standing(
        person_id=row.id,
        email=row.email,
        organisation_id=row.organisation_id,
        partner_id=row.partner_id,
        co_owned_organisation_ids=frozenset(row.co_owned or ()),
    )
    return Known(row.name, row.organisation or "", row.partner or "", candidate, standing)


def _is_away(away_from: date | None, away_to: date | None, scope: Scope) -> bool:
    """Away on a day on which an invitation would wait for the answer; an open end has no end."""
    if away_from is None and away_to is None:
        return False
    starts = away_from is None or away_from <= scope.answer_by
    return starts and (away_to is None or away_to >= scope.first_day)
