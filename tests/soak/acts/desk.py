"""The secretariat's desk: screening, the moves beside it, the panel by hand."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tests.soak.acting import Act, act, room
from tests.soak.seen import Seen
from tests.soak.world import World
from webapp.models.proposals import Proposal
from webapp.services import screening
from webapp.services.routing import by_hand
from webapp.services.work import UnitOfWork

# Move, how likely. Where each can be made stands in the workflow that the proposal lives under.
MOVES = (
    ("return_blocked", 6),
    ("endorsement_failed", 2),
    ("close_round_early", 4),
    ("reopen", 12),
    ("complete", 3),
)
REASON = "As the minutes of this week say."


@room
def screen(seen: Seen, world: World) -> Iterator[Act]:
    """Pass, return, find ineligible, and the other moves."""
    for proposal in seen.proposals:
        desk, about, reference = seen.desk(proposal), proposal.id, proposal.reference
        now = proposal.stage == "screening"
        once = {"about": about, "once": True, "sees": True}
        key = f"{proposal.id}:{world.turns}"
        passing = partial(_pass, world, proposal, f"pass:{key}")
        yield act("pass_screening", desk, passing, now=now, weight=16, **once)  # type: ignore[arg-type]
        back = partial(_return, world, proposal, f"return:{key}")
        yield act("return_for_changes", desk, back, now=now, weight=3, **once)  # type: ignore[arg-type]
        out = partial(_ineligible, world, proposal, f"out:{key}")
        yield act("find_ineligible", desk, out, now=now, weight=1, **once)  # type: ignore[arg-type]
        table = seen.workflow(proposal)
        for move_id, weight in MOVES:
            lets = any(one.id == move_id and proposal.stage in one.sources for one in table.moves)
            moving = partial(_move, world, reference, proposal.revision, move_id, f"{move_id}:{key}")
            yield act(f"move:{move_id}", desk, moving, now=lets, weight=weight, **once)  # type: ignore[arg-type]


def _pass(world: World, proposal: Proposal, key: str, work: UnitOfWork) -> None:
    screening.pass_screening(work, proposal.reference, revision=world.seen(proposal.revision), form_key=key)


def _return(world: World, proposal: Proposal, key: str, work: UnitOfWork) -> None:
    revision = world.seen(proposal.revision)
    screening.return_for_changes(work, proposal.reference, revision=revision, reason=REASON, form_key=key)


def _ineligible(world: World, proposal: Proposal, key: str, work: UnitOfWork) -> None:
    revision = world.seen(proposal.revision)
    screening.find_ineligible(work, proposal.reference, revision=revision, reason=REASON, form_key=key)


def _move(world: World, reference: str, revision: int, move_id: str, key: str, work: UnitOfWork) -> None:
    screening.make_desk_move(work, reference, move_id, revision=world.seen(revision), reason=REASON, form_key=key)


@room
def staff_panel(seen: Seen, world: World) -> Iterator[Act]:
    """Add, remove, release, route again, note a conflict."""
    reviewers = [person for name, person in world.ids.items() if name.startswith("reviewer.")]
    for proposal in seen.proposals:
        desk, about, reviewing = seen.desk(proposal), proposal.id, seen.is_reviewing(proposal)
        panel = [row for row in seen.panel.get(proposal.id, []) if row.version_id == proposal.current_version_id]
        live = [row for row in panel if row.state in ("proposed", "invited", "accepted", "submitted")]
        proposed = any(row.state == "proposed" for row in panel)
        releasing = partial(_release, world, proposal, f"release:{proposal.id}:{world.turns}")
        ready = reviewing and proposed
        yield act("release_panel", desk, releasing, now=ready, weight=12, about=about, once=True, sees=True)
        again = partial(_route, world, proposal)
        yield act(
            "route_again", desk, again, now=reviewing, ripe=not live or proposed, weight=2, about=about, sees=True
        )
        for person in reviewers[:: max(1, len(reviewers) // 3)]:
            adding = partial(_add, world, proposal, person)
            ripe = person not in {row.reviewer_id for row in live} and len(live) < 3
            yield act("add_reviewer", desk, adding, now=reviewing, ripe=ripe, weight=1, about=about, sees=True)
        for row in live:
            removing = partial(_remove, world, proposal, row.public_id)
            can = reviewing and row.state != "submitted"
            yield act("remove_reviewer", desk, removing, now=can, weight=1, about=about, sees=True)
            noting = partial(_note, world, proposal, row.reviewer_id)
            yield act("note_conflict", desk, noting, weight=1, about=about, sees=True)


def _release(world: World, proposal: Proposal, key: str, work: UnitOfWork) -> None:
    by_hand.release_panel(work, proposal.reference, revision=world.seen(proposal.revision), form_key=key)


def _route(world: World, proposal: Proposal, work: UnitOfWork) -> None:
    by_hand.route_again(work, proposal.reference, revision=world.seen(proposal.revision))


def _add(world: World, proposal: Proposal, person: int, work: UnitOfWork) -> None:
    revision = world.seen(proposal.revision)
    by_hand.add_reviewer(work, proposal.reference, person, revision=revision, reason="She knows the region.")


def _remove(world: World, proposal: Proposal, public_id: str, work: UnitOfWork) -> None:
    revision = world.seen(proposal.revision)
    by_hand.remove_reviewer(work, proposal.reference, public_id, revision=revision, reason="Silent for weeks.")


def _note(world: World, proposal: Proposal, person: int, work: UnitOfWork) -> None:
    revision = world.seen(proposal.revision)
    by_hand.note_conflict(work, proposal.reference, person, revision=revision, reason="A paper with the lead.")
