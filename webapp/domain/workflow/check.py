"""The check of a workflow before it is used: nothing unreachable, nobody left waiting for ever (R23)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Set

from webapp.domain.workflow.guards import DATED_GUARDS, GUARDS
from webapp.domain.workflow.table import (
    BY_PARTS,
    CLOSED_FROM,
    DUE_FROM,
    KINDS,
    PEOPLE,
    STARTS,
    TONES,
    UNITS,
    WHO,
    Move,
    Stage,
    Workflow,
    moves_from,
)

SUBMITTING = ("complete", "complete_and_call_open")
"""The guards of moves that submit."""

_ACT_THROUGH_PARTS = frozenset({"focal_points", "reviewers", "applicant"})
"""Who may act on parts of a stage (requests, assignments, conditions) rather than by a move."""


def problems(workflow: Workflow, events_with_notice: Set[str] | None = None) -> tuple[str, ...]:
    """Everything that makes this workflow unfit for use, in plain English; empty when it is fit.

    `events_with_notice` are the events that the notices table knows (told to somebody, or said to
    be silent); without them the check of messages is left out.
    """
    broken = tuple(_words(workflow))
    if broken:
        return broken  # the checks below follow the links between stages, which must hold first
    found = [
        *_reach(workflow),
        *(text for stage in workflow.stages for text in _of_stage(workflow, stage)),
        *(text for move in workflow.moves for text in _of_move(workflow, move)),
    ]
    if events_with_notice is not None:
        found.extend(
            f"move {move.id}: its event {move.event} has no row in the notices table"
            for move in workflow.moves
            if move.event and move.event not in events_with_notice
        )
    return tuple(found)


def _words(workflow: Workflow) -> Iterator[str]:
    """Names used twice, and names that nothing stands for."""
    for what, ids in (
        ("stage", [stage.id for stage in workflow.stages]),
        ("move", [move.id for move in workflow.moves]),
    ):
        yield from (f"{what} {key} is there {n} times" for key, n in Counter(ids).items() if n > 1)
    known = {stage.id for stage in workflow.stages}
    if workflow.starts_in not in known:
        yield f"the workflow starts in {workflow.starts_in}, which is no stage"
    for stage in workflow.stages:
        yield from _unknown(f"stage {stage.id}: kind", [stage.kind], KINDS)
        yield from _unknown(f"stage {stage.id}: tone", [stage.tone], TONES)
        yield from _unknown(f"stage {stage.id}: waits for", stage.waits_for, WHO)
        yield from _unknown(f"stage {stage.id}: due from", [stage.due_from], DUE_FROM)
        if stage.open_for is not None:
            yield from _unknown(f"stage {stage.id}: open for", [stage.open_for.unit], UNITS)
        if stage.late_move:
            moves = [move.id for move in workflow.moves]
            yield from _unknown(f"stage {stage.id}: when late", [stage.late_move], moves)
    for move in workflow.moves:
        yield from _unknown(f"move {move.id}: from", move.sources, known)
        yield from _unknown(f"move {move.id}: to", [move.to], {*known, CLOSED_FROM})
        yield from _unknown(f"move {move.id}: who", move.who, WHO)
        yield from _unknown(f"move {move.id}: guard", [move.guard], {*GUARDS, ""})
        yield from _unknown(f"move {move.id}: starts", move.starts, STARTS)


def _unknown(where: str, names: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    allowed = set(known)
    yield from (f"{where}: {name!r} is not known" for name in names if name not in allowed)


def _reach(workflow: Workflow) -> Iterator[str]:
    reached = _reachable(workflow, workflow.starts_in)
    yield from (f"stage {stage.id} cannot be reached" for stage in workflow.stages if stage.id not in reached)


def _reachable(workflow: Workflow, start: str) -> set[str]:
    """The stages that can follow `start`, itself included; going back to where it was closed adds none."""
    reached = {start}
    todo = [start]
    while todo:
        for move in moves_from(workflow, todo.pop()):
            if move.to != CLOSED_FROM and move.to not in reached:
                reached.add(move.to)
                todo.append(move.to)
    return reached


def _of_stage(workflow: Workflow, stage: Stage) -> Iterator[str]:
    name = f"stage {stage.id}"
    if not stage.public or not stage.staff:
        yield f"{name} has no name for everyone who reads it"
    if any(days <= 0 for days in stage.working_days.values()):
        yield f"{name} has a length that is not at least one working day"
    if stage.kind in ("live", "settled"):
        yield from _waiting(workflow, stage)
    elif stage.waits_for or stage.due_from or stage.when_late:
        yield f"{name} is {stage.kind} and waits for somebody all the same"
    if stage.is_closed:
        yield from _closed(workflow, stage)
    elif stage.open_for is not None:
        yield f"{name} has an open time but is not closed"
    if stage.kind == "final":
        kinds = {other.id: other.kind for other in workflow.stages}
        for move in moves_from(workflow, stage.id):
            if kinds.get(move.to) != "final":
                yield f"{name} is final, but move {move.id} leads out of it"


def _waiting(workflow: Workflow, stage: Stage) -> Iterator[str]:
    """A stage that waits has an owner who can act, a due time, and a way out."""
    name = f"stage {stage.id}"
    if not stage.waits_for:
        yield f"{name} has no owner: it waits for nobody"
    elif not _owner_can_act(workflow, stage):
        yield f"{name} waits for {' and '.join(stage.waits_for)}, who can do nothing in it"
    if stage.id != workflow.starts_in:
        yield from _due(workflow, stage)
    if not _ways_out(workflow, stage):
        yield f"{name} has no way out but those of every live stage"
    ends = {other.id for other in workflow.stages if other.kind in ("closed", "final")}
    if not ends & _reachable(workflow, stage.id):
        yield f"{name} can never end"


def _due(workflow: Workflow, stage: Stage) -> Iterator[str]:
    name = f"stage {stage.id}"
    if not stage.due_from or (stage.due_from == "stage" and not stage.working_days):
        yield f"{name} has no due time"
    if not stage.when_late:
        yield f"{name} does not say what happens when it is late"
    if stage.when_late == BY_PARTS and stage.due_from != "parts":
        yield f"{name} leaves lateness to its parts, but has none"
    if stage.late_move:
        late = next(move for move in workflow.moves if move.id == stage.late_move)
        if stage.id not in late.sources or "timer" not in late.who:
            yield f"{name} is late by move {late.id}, which no timer can make in it"


def _owner_can_act(workflow: Workflow, stage: Stage) -> bool:
    who = {name for move in _ways_out(workflow, stage) for name in move.who}
    if "secretariat_other" in who:
        who.add("secretariat")
    if who & set(stage.waits_for):
        return True
    # The owners act on parts of the stage, and the product moves it on when these are done.
    return stage.due_from == "parts" and "system" in who and set(stage.waits_for) <= _ACT_THROUGH_PARTS


def _ways_out(workflow: Workflow, stage: Stage) -> tuple[Move, ...]:
    """The stage's moves to another stage, those aside that every live stage has (to withdraw is no way on)."""
    everywhere = set(workflow.live)
    return tuple(
        move
        for move in moves_from(workflow, stage.id)
        if move.to != stage.id and not (len(everywhere) > 1 and everywhere <= set(move.sources))
    )


def _closed(workflow: Workflow, stage: Stage) -> Iterator[str]:
    moves = moves_from(workflow, stage.id)
    for move in moves:
        if move.guard not in DATED_GUARDS:
            yield f"stage {stage.id} is closed, but move {move.id} has no end date"
    if moves and (stage.open_for is None or stage.open_for.days <= 0):
        yield f"stage {stage.id} is closed and does not say how long its moves can be made"


def _of_move(workflow: Workflow, move: Move) -> Iterator[str]:
    name = f"move {move.id}"
    closed = {stage.id for stage in workflow.stages if stage.is_closed}
    if not move.name:
        yield f"{name} has no words for its button"
    if not move.event:
        yield f"{name} has no event"
    if not move.sources:
        yield f"{name} begins nowhere"
    if not move.who:
        yield f"{name} can be made by nobody"
    if move.to == CLOSED_FROM and not set(move.sources) <= closed:
        yield f"{name} goes back to where a proposal was closed, but not only from closed stages"
    staff = set(move.who) & set(PEOPLE) - {"applicant"}
    turns_down = staff and (move.to in closed or _goes_back(workflow, move))
    if (turns_down or move.to == CLOSED_FROM) and not move.reason_required:
        yield f"{name} turns something down or reopens it, and asks no reason"
    if "timer" in move.who and not _fired(workflow, move):
        yield f"{name} is made by a timer that no stage starts"


def _goes_back(workflow: Workflow, move: Move) -> bool:
    """Whether the applicant has to submit anew after it."""
    submitting = (other for other in workflow.moves if other.guard in SUBMITTING and move.to in other.sources)
    return any("applicant" in other.who for other in submitting)


def _fired(workflow: Workflow, move: Move) -> bool:
    late = {stage.id: stage.late_move for stage in workflow.stages}
    return all(late.get(source) == move.id for source in move.sources)
