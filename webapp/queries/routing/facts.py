"""All that routing asks of one proposal at one moment, in a fixed number of statements."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.domain import conflicts
from webapp.domain.calendars import Calendar, due_after, local_day
from webapp.domain.conflicts import Found, Involved
from webapp.domain.mapping import read_mapping
from webapp.domain.reviews import LIVE_ASSIGNMENTS, reviewing_stages, round_days
from webapp.domain.routing import Candidate, Need, Policy, RoleRule, read_policy
from webapp.domain.rulebook import Rulebook
from webapp.models.calls import Call
from webapp.models.people import Person
from webapp.models.proposals import Collaborator, Proposal, ProposalOrganisation, ProposalPartner, ProposalVersion
from webapp.models.routing import Assignment, Conflict
from webapp.queries.routing.candidates import Known, Scope, find_reviewers

# Who left a panel is not asked again for the same version; who recused themselves, for none.
LEFT = ("declined", "expired", "recused", "removed")


@dataclass(frozen=True, slots=True)
class Live:
    """A live assignment of the version: its ids and state."""

    id: int
    public_id: str
    state: str


@dataclass(frozen=True, slots=True)
class RoutingFacts:
    """What a proposal needs, who might review it, and what is known against each.

    `need` holds the panel as it stands, `live` their assignments by reviewer; `found` are the conflicts
    that the product finds now, `told` the kinds of those that people recorded; `runs` counts earlier plans.
    """

    policy: Policy
    need: Need
    reviewers: tuple[Known, ...]
    live: dict[int, Live]
    involved: Involved
    found: dict[int, tuple[Found, ...]]
    told: dict[int, tuple[str, ...]]
    runs: int

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """The reviewers as routing sees them."""
        return tuple(known.candidate for known in self.reviewers)

    def known(self, person_id: int) -> Known | None:
        """The reviewer with this id."""
        return next((known for known in self.reviewers if known.person_id == person_id), None)


def find_routing(session: Session, rules: Rulebook, proposal_id: int, now: datetime) -> RoutingFacts:
    """The facts for a proposal that has a version; raises NoResultFound otherwise."""
    proposal, call, version = session.execute(
        select(Proposal, Call, ProposalVersion)
        .join(Call, Call.id == Proposal.call_id)
        .join(ProposalVersion, ProposalVersion.id == Proposal.current_version_id)
        .where(Proposal.id == proposal_id)
    ).one()
    rows = _assignments(session, proposal_id)
    live = [row for row in rows if row.version_id == version.id and row.state in LIVE_ASSIGNMENTS]
    reviewers = find_reviewers(session, _scope(rules, proposal, call, now), also=[row.reviewer_id for row in live])
    policy = read_policy(call.routing, call.reviews_wanted)
    involved = _involved(session, proposal, version.content)
    found = _find_conflicts(rules, reviewers, involved, policy)
    told = _told(session, proposal_id)
    need = _need(rules, proposal, version, policy, rows)
    barred = {**need.barred, **dict.fromkeys((*found, *told), "conflict")}
    by_id = {known.person_id: known.candidate for known in reviewers}
    # Somebody may be on the panel who has no profile any more.
    panel = tuple(by_id.get(row.reviewer_id, Candidate(row.reviewer_id)) for row in live)
    return RoutingFacts(
        policy=policy,
        need=replace(need, barred=barred, panel=panel),
        reviewers=reviewers,
        live={row.reviewer_id: Live(row.id, row.public_id, row.state) for row in live},
        involved=involved,
        found=found,
        told=told,
        runs=_runs(rows),
    )


def _scope(rules: Rulebook, proposal: Proposal, call: Call, now: datetime) -> Scope:
    calendar = Calendar(zone=call.time_zone)
    answering, _reviewing = round_days(rules.workflow((proposal.workflow, proposal.workflow_version)))
    return Scope(
        proposal_id=proposal.id,
        call_id=call.id,
        stages=reviewing_stages(rules.workflows.values()),
        since=conflicts.recent_since(now),
        first_day=local_day(calendar, now),
        answer_by=local_day(calendar, due_after(calendar, now, answering)),
    )


def _need(rules: Rulebook, proposal: Proposal, version: ProposalVersion, policy: Policy, rows: list[Any]) -> Need:
    articles = read_mapping(version.content.get("articles") or {}).articles
    barred = {
        row.reviewer_id: row.state
        for row in rows
        if row.state == "recused" or (row.state in LEFT and row.version_id == version.id)
    }
    live = {row.reviewer_id for row in rows if row.version_id == version.id and row.state in LIVE_ASSIGNMENTS}
    return Need(
        proposal_id=proposal.id,
        wanted=policy.wanted,
        articles=articles,
        language=(version.content.get("basics") or {}).get("language") or proposal.language,
        roles=(*_roles(rules, articles), *(role for role in policy.roles if role.article in articles)),
        barred={person: word for person, word in barred.items() if person not in live},
        returning=frozenset(
            row.reviewer_id for row in rows if row.state == "submitted" and row.version_id != version.id
        ),
    )


def _roles(rules: Rulebook, articles: tuple[int, ...]) -> list[RoleRule]:
    """What the profiles of the mapped articles ask of the panel."""
    found = (rules.initiative.article(number) for number in articles)
    return [
        RoleRule(rule.id, rule.label, article.number, rule.reviewers, rule.expertise_at_least)
        for article in found
        if article
        for rule in article.profile.panel
    ]


def _assignments(session: Session, proposal_id: int) -> list[Any]:
    return list(
        session.execute(
            select(
                Assignment.id,
                Assignment.public_id,
                Assignment.version_id,
                Assignment.reviewer_id,
                Assignment.plan_id,
                Assignment.state,
            )
            .where(Assignment.proposal_id == proposal_id)
            .order_by(Assignment.id)
        )
    )


def _runs(rows: list[Any]) -> int:
    """How many plans were made before: part of the seed, so that a second try may draw otherwise."""
    return len({row.plan_id for row in rows if row.plan_id})


def _involved(session: Session, proposal: Proposal, content: dict[str, Any]) -> Involved:
    lead = select(ProposalPartner.partner_id).where(ProposalPartner.proposal_id == proposal.id, ProposalPartner.is_lead)
    organisations = session.execute(
        select(
            ProposalOrganisation.organisation_id,
            ProposalOrganisation.contact_email,
            lead.scalar_subquery().label("lead_partner_id"),
        ).where(ProposalOrganisation.proposal_id == proposal.id)
    ).all()
    members = select(Collaborator.person_id).where(Collaborator.proposal_id == proposal.id)
    people = session.execute(
        select(Person.id, Person.email, Person.organisation_id).where(
            (Person.id == proposal.owner_id) | Person.id.in_(members)
        )
    ).all()
    contacts = {row.contact_email for row in organisations} | _contacts(content.get("partners") or {})
    belonging = {person.organisation_id for person in people if person.organisation_id}
    return Involved(
        people_ids=frozenset(person.id for person in people),
        emails=frozenset(email.strip().lower() for email in {*contacts, *(person.email for person in people)} if email),
        organisation_ids=frozenset({*(row.organisation_id for row in organisations), *belonging}),
        lead_partner_id=session.scalars(lead).one_or_none(),
    )


def _contacts(partners: dict[str, Any]) -> set[str]:
    """The addresses that the version names."""
    named = [
        partners.get("lead_contact_email"),
        *(one.get("contact_email") for one in partners.get("participants", ())),
    ]
    return {email for email in named if isinstance(email, str)}


def _find_conflicts(
    rules: Rulebook, reviewers: tuple[Known, ...], involved: Involved, policy: Policy
) -> dict[int, tuple[Found, ...]]:
    found = {
        known.person_id: conflicts.find(
            known.standing,
            involved,
            shared_domains=rules.limits.shared_mail_domains,
            lead_partner_conflicts=policy.lead_partner_conflicts,
        )
        for known in reviewers
    }
    return {person: kinds for person, kinds in found.items() if kinds}


def _told(session: Session, proposal_id: int) -> dict[int, tuple[str, ...]]:
    rows = session.execute(
        select(Conflict.person_id, func.array_agg(Conflict.kind).label("kinds"))
        .where(Conflict.proposal_id == proposal_id, Conflict.kind.in_(conflicts.TOLD_KINDS))
        .group_by(Conflict.person_id)
    )
    return {row.person_id: tuple(sorted(row.kinds)) for row in rows}
