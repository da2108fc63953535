"""The secretariat's page of a panel: who is on it and why, who could be, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.people import Actor
from webapp.domain.policy import Action
from webapp.domain.reviews import reviewing_stages
from webapp.domain.routing import Fit, Policy, RoleRule, fit, hindrances
from webapp.domain.rulebook import Rulebook
from webapp.models.people import Organisation, Person
from webapp.models.routing import Assignment, RoutingPlan
from webapp.queries.access import ProposalHead, find_proposal
from webapp.queries.routing.candidates import Known
from webapp.queries.routing.facts import RoutingFacts, find_routing


@dataclass(frozen=True, slots=True)
class Seated:
    """One assignment of the current version, live or ended; `reasons` as stored (`routing.Reason.facts`)."""

    public_id: str
    reviewer_id: int
    name: str
    organisation: str
    state: str
    reasons: Mapping[str, Any]
    invited_at: datetime | None
    answered_at: datetime | None
    due_at: datetime | None
    ended_at: datetime | None
    decline_reason: str
    suggestion: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody who could be added: how well they suit, and what hinders (conflicts by kind)."""

    person_id: int
    name: str
    organisation: str
    partner: str
    fit: Fit
    open_reviews: int
    load_max: int
    hindrances: tuple[str, ...]
    conflicts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PanelView:
    """All that the page shows. `names` are those of every reviewer spoken of, by id."""

    head: ProposalHead
    is_reviewing: bool
    policy: Policy
    articles: tuple[int, ...]
    language: str
    roles: tuple[RoleRule, ...]
    live: tuple[Seated, ...]
    ended: tuple[Seated, ...]
    eligible: tuple[Choice, ...]
    hindered: tuple[Choice, ...]
    shortfall: Mapping[str, Any] | None
    planned_at: datetime | None
    names: Mapping[int, str]

    @property
    def proposed(self) -> tuple[Seated, ...]:
        """Those who wait for the secretariat's look."""
        return tuple(one for one in self.live if one.state == "proposed")


def find_panel(session: Session, rules: Rulebook, actor: Actor, reference: str, now: datetime) -> PanelView | None:
    """The panel of a proposal's current version; None while there is no version. Raises NotFound, NotAllowed."""
    head = find_proposal(session, rules, actor, reference, Action.ROUTE_PROPOSAL)
    if head.version_id is None:
        return None
    facts = find_routing(session, rules, head.id, now)
    seated = _seated(session, head)
    plan = _last_plan(session, head)
    choices = sorted((_choice(known, facts) for known in facts.reviewers), key=lambda one: (-one.fit.points, one.name))
    open_to = [one for one in choices if one.person_id not in facts.live]
    return PanelView(
        head=head,
        is_reviewing=head.stage in reviewing_stages(rules.workflows.values()),
        policy=facts.policy,
        articles=facts.need.articles,
        language=facts.need.language,
        roles=facts.need.roles,
        live=tuple(one for one in seated if one.ended_at is None),
        ended=tuple(one for one in seated if one.ended_at is not None),
        eligible=tuple(one for one in open_to if not one.hindrances),
        hindered=tuple(one for one in open_to if one.hindrances),
        shortfall=plan.outcome.get("shortfall") if plan else None,
        planned_at=plan.made_at if plan else None,
        names={known.person_id: known.name for known in facts.reviewers}
        | {one.reviewer_id: one.name for one in seated},
    )


def _seated(session: Session, head: ProposalHead) -> list[Seated]:
    rows = session.execute(
        select(Assignment, Person.name, Organisation.name.label("organisation"))
        .join(Person, Person.id == Assignment.reviewer_id)
        .outerjoin(Organisation, Organisation.id == Person.organisation_id)
        .where(Assignment.proposal_id == head.id, Assignment.version_id == head.version_id)
        .order_by(Assignment.id)
    )
    return [
        Seated(
            public_id=row.Assignment.public_id,
            reviewer_id=row.Assignment.reviewer_id,
            name=row.name,
            organisation=row.organisation or "",
            state=row.Assignment.state,
            reasons=row.Assignment.reasons,
            invited_at=row.Assignment.invited_at,
            answered_at=row.Assignment.answered_at,
            due_at=row.Assignment.due_at,
            ended_at=row.Assignment.ended_at,
            decline_reason=row.Assignment.decline_reason,
            suggestion=row.Assignment.suggestion,
        )
        for row in rows
    ]


def _last_plan(session: Session, head: ProposalHead) -> RoutingPlan | None:
    found = select(RoutingPlan).where(RoutingPlan.proposal_id == head.id, RoutingPlan.version_id == head.version_id)
    return session.scalars(found.order_by(RoutingPlan.id.desc()).limit(1)).one_or_none()


def _choice(known: Known, facts: RoutingFacts) -> Choice:
    kinds = {found.kind for found in facts.found.get(known.person_id, ())} | set(facts.told.get(known.person_id, ()))
    return Choice(
        person_id=known.person_id,
        name=known.name,
        organisation=known.organisation,
        partner=known.partner,
        fit=fit(known.candidate, facts.need, facts.policy),
        open_reviews=known.candidate.open_reviews,
        load_max=known.candidate.load_max,
        hindrances=hindrances(known.candidate, facts.need, facts.policy),
        conflicts=tuple(sorted(kinds)),
    )
