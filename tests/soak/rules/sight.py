"""Who sees what: the list, the policy and a reckoning of the test's own agree for a few people at a time."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from tests.soak.judging import Look, rule
from webapp.domain.people import Actor, Role
from webapp.domain.policy import Action, ProposalFacts, decide
from webapp.models.proposals import Proposal
from webapp.queries.access import find_head_by_id, visible_to

AT_A_TIME = 3
ON_PANEL = ("invited", "accepted", "submitted")


@rule("R1", "R2", "R70")
def people_see_what_they_may(look: Look) -> Iterator[str]:
    """A few people each time: the proposals in their lists, and those they may read, are those of the reckoning."""
    people = sorted(look.world.ids.values())
    start = look.world.steps * AT_A_TIME % len(people)
    chosen = [look.world.actor(person) for person in (people + people)[start : start + AT_A_TIME]]
    for actor in chosen:
        listed = set(look.session.scalars(select(Proposal.id).where(visible_to(actor))))
        wanted = {one.id for one in look.seen.proposals if _may_read(look, one, actor.person_id or 0)}
        if listed != wanted:
            yield f"{actor.name} has {sorted(listed)} in the list, and may see {sorted(wanted)}"
    for proposal in look.seen.proposals:
        head = find_head_by_id(look.session, look.seen.rules, proposal.id)
        assert head is not None
        for actor in chosen:
            yield from _judged(look, proposal, actor, head.facts)


def _judged(look: Look, proposal: Proposal, actor: Actor, facts: ProposalFacts) -> Iterator[str]:
    """What the policy lets this person read of this proposal: itself, its reviews, who reviews it."""
    person, panel = actor.person_id or 0, look.seen.panel.get(proposal.id, [])
    if decide(actor, Action.READ_PROPOSAL, facts).may != _may_read(look, proposal, person):
        yield f"{actor.name} and {proposal.reference}: the policy reads otherwise than the list"
    current = [row for row in panel if row.version_id == proposal.current_version_id]
    owes = any(row.reviewer_id == person and row.state in ("invited", "accepted") for row in current)
    reads = decide(actor, Action.READ_REVIEWS, facts).may
    on_team = person in look.seen.team(proposal)
    if reads and owes and not on_team:
        yield f"{actor.name} owes a review of {proposal.reference} and reads the others'"
    decided = any(one.state == "confirmed" for one in look.seen.decisions.get(proposal.id, []))
    if reads and on_team and not decided:
        yield f"{actor.name} works on {proposal.reference} and reads reviews before the decision"
    if decide(actor, Action.READ_REVIEWERS, facts).may and on_team:
        yield f"{actor.name} works on {proposal.reference} and reads who reviews it"


def _may_read(look: Look, proposal: Proposal, person: int) -> bool:
    seen = look.seen
    if person in seen.team(proposal):
        return True
    conflicted = person in seen.conflicted.get(proposal.id, set())
    if proposal.submitted_at is None or proposal.is_sealed or conflicted:
        return False
    partners = seen.taking_part.get(proposal.id, {})
    speaks = any(person in seen.speakers(partner) for partner in partners)
    panel = seen.panel.get(proposal.id, [])
    reviews = any(row.reviewer_id == person and row.state in ON_PANEL for row in panel)
    return speaks or reviews or person in seen.seated(Role.SECRETARIAT, Role.AUDITOR)
