"""Why somebody is not on a panel: solved for those only proposed, as stored for panels that are asked already (R39)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.errors import NotFound
from webapp.domain.people import Actor
from webapp.domain.policy import Action
from webapp.domain.ports import Solver
from webapp.domain.routing import make_seed, why_not
from webapp.domain.rulebook import Rulebook
from webapp.models.routing import RoutingPlan
from webapp.queries.access import ProposalHead, find_proposal
from webapp.queries.routing.facts import RoutingFacts, find_routing


@dataclass(frozen=True, slots=True)
class Comparison:
    """What stands against one person: `why` as `WhyNot.facts` says it; None where nothing is known.

    `is_live` says that it was solved now, against those who are only proposed; otherwise it is what was
    stored when the panel was made. `is_on_panel` where the person is on it.
    """

    head: ProposalHead
    person_id: int
    name: str
    organisation: str
    is_on_panel: bool
    is_live: bool
    why: Mapping[str, Any] | None
    conflicts: tuple[str, ...]
    load: tuple[int, int]
    names: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """About whom, when, and by which solver."""

    person_id: int
    now: datetime
    solver: Solver


def compare(session: Session, rules: Rulebook, actor: Actor, reference: str, asked: Asked) -> Comparison:
    """Why this person is not on the panel now; raises NotFound, NotAllowed."""
    head = find_proposal(session, rules, actor, reference, Action.ROUTE_PROPOSAL)
    person_id = asked.person_id
    if head.version_id is None:
        raise NotFound
    facts = find_routing(session, rules, head.id, asked.now)
    known = facts.known(person_id)
    if known is None:
        raise NotFound
    kinds = {found.kind for found in facts.found.get(person_id, ())} | set(facts.told.get(person_id, ()))
    movable = {person for person, live in facts.live.items() if live.state == "proposed"}
    fixed = tuple(member for member in facts.need.panel if member.person_id not in movable)
    need = replace(facts.need, panel=fixed)
    is_on_panel = person_id in facts.live
    why = None
    if not is_on_panel:
        seed = make_seed(head.id, head.version_id, facts.runs)
        found = why_not(need, known.candidate, facts.candidates, facts.policy, solve=asked.solver.solve, seed=seed)
        why = found.facts() if found.blocked or need.missing else _stored(session, head, person_id)
    return Comparison(
        head=head,
        person_id=person_id,
        name=known.name,
        organisation=known.organisation,
        is_on_panel=is_on_panel,
        is_live=bool(need.missing),
        why=why,
        conflicts=tuple(sorted(kinds)),
        load=(known.candidate.open_reviews, known.candidate.load_max),
        names=_names(facts),
    )


def _names(facts: RoutingFacts) -> dict[int, str]:
    return {known.person_id: known.name for known in facts.reviewers}


def _stored(session: Session, head: ProposalHead, person_id: int) -> Mapping[str, Any] | None:
    plans = (
        select(RoutingPlan.outcome)
        .where(RoutingPlan.proposal_id == head.id, RoutingPlan.version_id == head.version_id)
        .order_by(RoutingPlan.id.desc())
    )
    for outcome in session.scalars(plans):
        for line in outcome.get("not_chosen", ()):
            if line["person_id"] == person_id:
                found: Mapping[str, Any] = line
                return found
    return None
