"""Whether one person may make one move now, and where it leads; refusals say why (R25)."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass

from webapp.domain.errors import Invalid, NotAllowed, NotFound, NotNow, Refusal
from webapp.domain.problems import Problem
from webapp.domain.workflow.guards import GUARDS, Facts
from webapp.domain.workflow.table import CLOSED_FROM, Move, Workflow, moves_from


@dataclass(frozen=True, slots=True)
class Offer:
    """A move that is this person's in this stage; `refusal` says what still stands in its way."""

    move: Move
    refusal: Refusal | None


def may_move(workflow: Workflow, stage: str, move_id: str, who_set: Set[str], facts: Facts) -> Move:
    """The move, if a person who is all of `who_set` may make it in this stage now.

    NotFound: the workflow has no such move. NotAllowed: it is not theirs. NotNow: not in this
    stage, or its guard does not hold. Invalid: the proposal has problems, all listed.
    """
    move = _find(workflow.moves, move_id)
    if move is None:
        raise NotFound("move_unknown", {"move": move_id})
    if not who_set & set(move.who):
        raise _not_theirs(move, who_set)
    if stage not in move.sources:
        raise NotNow("move_not_in_stage", {"move": move.id, "stage": stage})
    refusal = _ask_guard(move, facts)
    if refusal is not None:
        raise refusal
    return move


def offers(workflow: Workflow, stage: str, who_set: Set[str], facts: Facts) -> tuple[Offer, ...]:
    """Every move of this stage that is theirs, each with what still refuses it, for the page's buttons."""
    return tuple(
        Offer(move, _ask_guard(move, facts)) for move in moves_from(workflow, stage) if who_set & set(move.who)
    )


def check_reason(move: Move, reason: str) -> None:
    """Invalid where the move turns something down and no reason is given (R26)."""
    if move.reason_required and not reason.strip():
        raise Invalid([Problem("move", "reason", "reason_missing", {"move": move.id})])


def target(workflow: Workflow, move: Move, closed_from: str | None = None) -> str:
    """The stage the move leads to.

    A move "back to where it was closed" needs `closed_from`: the stage the proposal was in just
    before it was closed, as its last event says. NotNow where that is not a stage to go back to.
    """
    if move.to != CLOSED_FROM:
        return move.to
    if closed_from not in workflow.live:
        raise NotNow("nothing_to_reopen_to")
    return closed_from


def _find(moves: Iterable[Move], move_id: str) -> Move | None:
    return next((move for move in moves if move.id == move_id), None)


def _ask_guard(move: Move, facts: Facts) -> Refusal | None:
    return GUARDS[move.guard](facts) if move.guard else None


def _not_theirs(move: Move, who_set: Set[str]) -> NotAllowed:
    if "secretariat_other" in move.who and "secretariat" in who_set:
        return NotAllowed("needs_another_person", {"move": move.id})
    return NotAllowed("move_not_yours", {"move": move.id})
