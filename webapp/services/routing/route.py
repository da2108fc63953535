"""Routes a proposal: finds conflicts, fills its panel by the rules, says why and what is missing (R36–R41)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import select

from webapp.domain.events import Event
from webapp.domain.people import Role
from webapp.domain.policy import Action
from webapp.domain.routing import Candidate, Shortfall, explain, find_shortfall, make_seed, pose, rank, why_not
from webapp.models.people import SeatRow
from webapp.models.proposals import Proposal
from webapp.models.routing import Assignment, ReviewerProfile, RoutingPlan
from webapp.queries.routing import RoutingFacts, find_routing
from webapp.services.access import Held, hold_proposal_by_id
from webapp.services.outbox.hooks import does
from webapp.services.routing.conflicts import record_found
from webapp.services.routing.invite import invite_proposed
from webapp.services.routing.resume import resume_paused
from webapp.services.routing.rounds import is_reviewing, take_off, watch_round
from webapp.services.work import UnitOfWork

COMPARED = 6
"""Of how many who were not chosen the cost of choosing them is worked out and kept."""


@does("review_routing")
def route_proposal(work: UnitOfWork, payload: Mapping[str, Any]) -> RoutingPlan | None:
    """Fill what the panel of the proposal still misses; None where nothing is missing or it is not in review.

    May run any number of times: the proposal is locked first, then the reviewers' loads, so that two
    routings never give one seat, or one reviewer's last room, twice. No live assignment is moved, but
    somebody in whom a conflict is found now is taken off.
    """
    held = hold_proposal_by_id(work, int(payload["proposal_id"]), Action.READ_PROPOSAL)
    proposal = held.row
    if not is_reviewing(work, proposal) or proposal.current_version_id is None:
        return None
    resume_paused(work, proposal)
    watch_round(work, proposal)
    lock_loads(work, proposal)
    facts = find_routing(work.session, work.rules, proposal.id, work.now)
    record_found(work, proposal, facts)
    if _take_off_conflicted(work, held, facts):
        # Whoever was taken off has obliged a routing of its own.
        return None
    return _fill(work, proposal, facts) if facts.need.missing else None


def lock_loads(work: UnitOfWork, proposal: Proposal, person_id: int | None = None) -> None:
    """Let nobody else give work to the call's reviewers (or to one person) until this is committed."""
    seats = select(SeatRow.person_id).where(SeatRow.role == Role.REVIEWER, SeatRow.call_id == proposal.call_id)
    wanted = ReviewerProfile.person_id.in_(seats) if person_id is None else ReviewerProfile.person_id == person_id
    locked = select(ReviewerProfile.person_id).where(wanted).order_by(ReviewerProfile.person_id)
    work.session.execute(locked.with_for_update()).all()


def propose(
    work: UnitOfWork, proposal: Proposal, person_id: int, reasons: Mapping[str, Any], plan_id: int | None
) -> Assignment:
    """Write one proposed assignment to the current version."""
    row = Assignment(
        public_id=secrets.token_urlsafe(12),
        proposal_id=proposal.id,
        version_id=proposal.current_version_id,
        reviewer_id=person_id,
        plan_id=plan_id,
        state="proposed",
        reasons=dict(reasons),
    )
    work.session.add(row)
    work.session.flush()
    return row


def _take_off_conflicted(work: UnitOfWork, held: Held, facts: RoutingFacts) -> bool:
    off = [live for person, live in facts.live.items() if person in facts.found]
    for live in off:
        take_off(work, held, work.session.get_one(Assignment, live.id), "conflict_found")
    return bool(off)


def _fill(work: UnitOfWork, proposal: Proposal, facts: RoutingFacts) -> RoutingPlan:
    seed = make_seed(proposal.id, proposal.current_version_id or 0, facts.runs)
    solver = work.ports.solver
    solution = solver.solve(pose((facts.need,), facts.candidates, facts.policy, seed))
    by_id = {one.person_id: one for one in facts.candidates}
    chosen = [by_id[person] for person in solution.panel(proposal.id)]
    short = find_shortfall(facts.need, chosen, facts.candidates, facts.policy, solve=solver.solve, seed=seed)
    plan = RoutingPlan(
        proposal_id=proposal.id,
        version_id=proposal.current_version_id,
        outcome={
            "seed": seed,
            "policy": asdict(facts.policy),
            "value": solution.value,
            "candidates": len(facts.reviewers),
            "shortfall": short.facts() if short else None,
            "not_chosen": _not_chosen(work, facts, chosen, seed),
        },
        made_at=work.now,
    )
    work.session.add(plan)
    work.session.flush()
    reasons = explain(facts.need, chosen, facts.candidates, facts.policy)
    for one in chosen:
        propose(work, proposal, one.person_id, reasons[one.person_id].facts(), plan.id)
    _tell(work, proposal, plan, len(chosen), short)
    if facts.policy.release == "at_once":
        invite_proposed(work, proposal)
    return plan


def _not_chosen(work: UnitOfWork, facts: RoutingFacts, chosen: Sequence[Candidate], seed: int) -> list[dict[str, Any]]:
    """What choosing each of the best who were not chosen would have cost; kept, to be said later (R39)."""
    taken = {one.person_id for one in chosen}
    left = [one for one, _fit in rank(facts.need, facts.candidates, facts.policy) if one.person_id not in taken]
    solve = work.ports.solver.solve
    return [
        why_not(facts.need, one, facts.candidates, facts.policy, solve=solve, seed=seed).facts()
        for one in left[:COMPARED]
    ]


def _tell(work: UnitOfWork, proposal: Proposal, plan: RoutingPlan, found: int, short: Shortfall | None) -> None:
    payload = {"plan_id": plan.id, "found": found, "missing": short.missing if short else 0}
    waits = plan.outcome["policy"]["release"] == "after_look"
    if found:
        name = "PanelProposed" if waits else "PanelMade"
        work.record(Event(name, "proposal", proposal.id, payload, version_id=proposal.current_version_id))
    if short:
        work.record(Event("RoutingFellShort", "proposal", proposal.id, payload, version_id=proposal.current_version_id))
