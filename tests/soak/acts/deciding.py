"""Decisions: drafted, discarded, confirmed, held, released; conditions settled or sent back."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tests.soak.acting import Act, act, room
from tests.soak.seen import Seen
from tests.soak.world import World
from webapp.domain.decisions import ConditionText
from webapp.models.decisions import Decision
from webapp.models.proposals import Proposal
from webapp.services.decisions import conditions
from webapp.services.decisions.confirm import confirm_decision, release_decision
from webapp.services.decisions.draft import Draft, discard_decision, draft_decision
from webapp.services.work import UnitOfWork

OUTCOMES = (("approved", 6), ("approved_with_conditions", 6), ("revise", 2), ("declined", 4))
CONDITIONS = (ConditionText("Show a letter of the ministry."), ConditionText("Name the villages."))
PENDING = ("drafted", "staged")


@room
def decide(seen: Seen, world: World) -> Iterator[Act]:
    """Draft and confirm, by two."""
    for proposal in seen.proposals:
        about, deliberating = proposal.id, proposal.stage == "deliberation"
        before = _decided(seen, proposal)
        desk = [person for person in seen.desk(proposal) if person not in before]
        pending = next((one for one in seen.decisions.get(proposal.id, []) if one.state in PENDING), None)
        for outcome, weight in OUTCOMES:
            drafting = partial(_draft, world, proposal, outcome)
            heavy = weight if pending is None else 1
            yield act(f"draft:{outcome}", desk, drafting, now=deliberating, weight=heavy, about=about, sees=True)
        others = [person for person in desk if pending is None or person != pending.drafted_by_id]
        drafted = pending is not None and pending.state == "drafted"
        outcome = pending.outcome if pending else ""
        for name, hold, weight in ((f"confirm:{outcome}" if outcome else "confirm", False, 12), ("hold", True, 2)):
            confirming = partial(_confirm, world, proposal, hold)
            now = deliberating and drafted
            yield act(name, others, confirming, now=now, weight=weight, about=about, sees=True)
        releasing = partial(_release, world, proposal)
        staged = pending is not None and pending.state == "staged"
        yield act("release", desk, releasing, now=deliberating and staged, weight=8, about=about, sees=True)
        discarding = partial(_discard, world, proposal)
        yield act("discard", desk, discarding, now=pending is not None, weight=1, about=about, sees=True)


def _decided(seen: Seen, proposal: Proposal) -> set[int]:
    """Who had part in the decision on the version as it stands: an appeal is not theirs (R29)."""
    found = [
        one
        for one in seen.decisions.get(proposal.id, [])
        if one.state == "confirmed" and one.version_id == proposal.current_version_id
    ]
    return {person for one in found for person in (one.drafted_by_id, one.confirmed_by_id) if person}


def _draft(world: World, proposal: Proposal, outcome: str, work: UnitOfWork) -> None:
    texts = CONDITIONS if outcome == "approved_with_conditions" else ()
    draft = Draft(outcome, "The plan is sound.", "Dear applicant,\n\nwe have decided.", texts, lets_join=True)
    draft_decision(work, proposal.reference, draft, revision=world.seen(proposal.revision))


def _confirm(world: World, proposal: Proposal, hold: bool, work: UnitOfWork) -> None:
    confirm_decision(work, proposal.reference, revision=world.seen(proposal.revision), hold=hold)


def _release(world: World, proposal: Proposal, work: UnitOfWork) -> None:
    release_decision(work, proposal.reference, revision=world.seen(proposal.revision))


def _discard(world: World, proposal: Proposal, work: UnitOfWork) -> None:
    discard_decision(work, proposal.reference, revision=world.seen(proposal.revision))


@room
def settle(seen: Seen, world: World) -> Iterator[Act]:
    """Find conditions met, waive them, ask for more."""
    for proposal in seen.proposals:
        newest: list[Decision] = [one for one in seen.decisions.get(proposal.id, []) if one.state == "confirmed"][-1:]
        desk, about = seen.desk(proposal), proposal.id
        for condition in (one for decision in newest for one in seen.conditions.get(decision.id, [])):
            shown = condition.state == "evidence_submitted"
            unsettled = shown or condition.state == "open"
            for outcome, weight in (("met", 8 if shown else 1), ("waived", 1)):
                settling = partial(_settle, world, proposal, condition.number, outcome)
                ripe = proposal.stage == "conditions"
                yield act(
                    f"condition:{outcome}",
                    desk,
                    settling,
                    now=unsettled,
                    ripe=ripe,
                    weight=weight,
                    about=about,
                    sees=True,
                )
            asking = partial(_ask_more, world, proposal, condition.number)
            yield act("condition:ask_more", desk, asking, now=shown, weight=2, about=about, sees=True)


def _settle(world: World, proposal: Proposal, number: int, outcome: str, work: UnitOfWork) -> None:
    revision = world.seen(proposal.revision)
    conditions.settle_condition(work, proposal.reference, number, outcome=outcome, reason="Enough.", revision=revision)


def _ask_more(world: World, proposal: Proposal, number: int, work: UnitOfWork) -> None:
    revision = world.seen(proposal.revision)
    conditions.ask_more(work, proposal.reference, number, reason="It names no village.", revision=revision)
