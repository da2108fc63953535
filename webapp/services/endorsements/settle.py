"""What follows from partners' words for the whole proposal, in the unit of work that recorded the last one (R33)."""

from __future__ import annotations

from webapp.domain.endorsements import expected_at, standing
from webapp.domain.events import Event
from webapp.domain.workflow import Standing, find_stage
from webapp.models.calls import Call
from webapp.queries.endorsements import find_asked, sufficiency
from webapp.services.access import Held
from webapp.services.endorsements.cases import is_in_play, read_clocks
from webapp.services.routing.rounds import waits_for_partners_too, watch_round
from webapp.services.transitions import SYSTEM_WHO, make_system_move, set_due
from webapp.services.work import UnitOfWork

SUFFICING = ("endorsement_sufficient", "quorum_met_and_partners_answered")
"""The guards of moves that wait for partners."""


def find_standing(work: UnitOfWork, held: Held) -> Standing:
    """What the words of all partners come to now."""
    call = work.session.get_one(Call, held.row.call_id)
    return standing(find_asked(work.session, held.row.id), sufficiency(call), work.now)


def settle(work: UnitOfWork, held: Held, before: Standing) -> None:
    """Go on where the words suffice now; tell once where they no longer can; else say by when they are expected.

    `before` is the standing before the steps that were taken. The event of a move keeps the person whose
    word was the last as its actor.
    """
    after = find_standing(work, held)
    if after in ("able", "complete") and _go_on(work, held):
        return
    if after == "blocked" and before != "blocked" and is_in_play(work, held):
        details = {"from": before, "stage": held.row.stage}
        work.record(
            Event("EndorsementBlocked", "proposal", held.row.id, details, version_id=held.row.current_version_id)
        )
    expect_words(work, held)


def _go_on(work: UnitOfWork, held: Held) -> bool:
    workflow = work.rules.workflow((held.row.workflow, held.row.workflow_version))
    waiting = [
        move.id
        for move in workflow.moves
        if move.guard in SUFFICING and held.row.stage in move.sources and SYSTEM_WHO & set(move.who)
    ]
    return any(make_system_move(work, held, move_id) is not None for move_id in waiting)


def expect_words(work: UnitOfWork, held: Held) -> None:
    """The stage is due when the last word can be expected; only where it is partners that it waits for."""
    if not waits_for_partners(work, held):
        return
    moments = [expected_at(*one) for one in read_clocks(work, held)]
    known = [moment for moment in moments if moment is not None]
    due_at = max(known, default=None)
    beside_review = waits_for_partners_too(work, held.row)
    if due_at is not None and beside_review and held.row.due_at is not None:
        due_at = max(due_at, held.row.due_at)
    if due_at is None or due_at == held.row.due_at:
        return
    set_due(work, held.row, due_at)
    if beside_review:
        watch_round(work, held.row)


def waits_for_partners(work: UnitOfWork, held: Held) -> bool:
    """Whether the proposal's stage waits for focal points."""
    workflow = work.rules.workflow((held.row.workflow, held.row.workflow_version))
    return "focal_points" in find_stage(workflow, held.row.stage).waits_for
