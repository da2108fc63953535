"""What past proposals would have met under another workflow: where it would have led them elsewhere (R22)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from webapp.domain.calendars import Calendar, due_after
from webapp.domain.workflow.table import CLOSED_FROM, Stage, Workflow, find_move

ELSEWHERE = "elsewhere"
NO_MOVE = "no_move"
NO_REASON = "no_reason"
LATE = "late"
RULE = "rule"
KINDS = (ELSEWHERE, NO_MOVE, NO_REASON, LATE, RULE)


@dataclass(frozen=True, slots=True)
class Step:
    """One move that was made: when, which, from and to which stage, and if a reason was given."""

    at: datetime
    move: str
    left: str
    entered: str
    has_reason: bool = False


@dataclass(frozen=True, slots=True)
class Divergence:
    """Where a life would first have gone another way, in the stage `stage`, at a move that led to `was`.

    elsewhere: the move leads to `would` · no_move: the stage has no such move · no_reason: the move asks a
    reason, and none was given · late: the stage would have been left by its late move, to `would`, before ·
    rule: it leads to the same, but another rule or other people decide whether it may be made.
    """

    kind: str
    at: datetime
    move: str
    stage: str
    was: str
    would: str


@dataclass(frozen=True, slots=True)
class _Pair:
    """The workflow that is rehearsed, and the one that a life was lived under."""

    new: Workflow
    old: Workflow
    calendar: Calendar


@dataclass(frozen=True, slots=True)
class _Stood:
    """Where a life stands on its way: in which stage, since when, and from where it was closed last."""

    stage: str
    since: datetime | None = None
    closed_from: str = ""


def rehearse(
    workflow: Workflow, before: Workflow, steps: Iterable[Step], calendar: Calendar, now: datetime
) -> Divergence | None:
    """Make the moves of one life once more, under `workflow` instead of `before`; None where all ends the same.

    What guards asked at the time is not known any more: a move whose guard is another is reported as
    "rule", unless something else leads the life elsewhere.
    """
    pair = _Pair(workflow, before, calendar)
    stood = _Stood(workflow.starts_in)
    by_rule: Divergence | None = None
    for step in steps:
        found = _leaves_late(pair, stood, step.at, step.move) or _leads_elsewhere(pair, stood, step)
        if found is not None:
            return found
        by_rule = by_rule or _judged_anew(pair, stood, step)
        closed_from = stood.stage if _closes(workflow, step.entered) else stood.closed_from
        stood = _Stood(step.entered, step.at, closed_from)
    return _leaves_late(pair, stood, now, "") or by_rule


def _leads_elsewhere(pair: _Pair, stood: _Stood, step: Step) -> Divergence | None:
    move = find_move(pair.new, stood.stage, step.move)
    if move is None:
        return Divergence(NO_MOVE, step.at, step.move, stood.stage, step.entered, stood.stage)
    to = stood.closed_from if move.to == CLOSED_FROM else move.to
    if to != step.entered:
        return Divergence(ELSEWHERE, step.at, step.move, stood.stage, step.entered, to)
    if move.reason_required and not step.has_reason:
        return Divergence(NO_REASON, step.at, step.move, stood.stage, step.entered, stood.stage)
    return None


def _judged_anew(pair: _Pair, stood: _Stood, step: Step) -> Divergence | None:
    """The move leads to the same stage, but another rule or other people decide whether it may be made."""
    new, old = find_move(pair.new, stood.stage, step.move), find_move(pair.old, step.left, step.move)
    if new is None or old is None or (new.guard == old.guard and set(new.who) == set(old.who)):
        return None
    return Divergence(RULE, step.at, step.move, stood.stage, step.entered, step.entered)


def _leaves_late(pair: _Pair, stood: _Stood, left_at: datetime, move_id: str) -> Divergence | None:
    """Whether the stage would have been left by its late move before `left_at`; only where its days are others."""
    stage, old = _stage(pair.new, stood.stage), _stage(pair.old, stood.stage)
    if stage is None or stood.since is None or stage.due_from != "stage" or not stage.late_move:
        return None
    if old is not None and (old.working_days, old.late_move) == (stage.working_days, stage.late_move):
        return None
    due = due_after(pair.calendar, stood.since, stage.total_working_days or 0)
    move = find_move(pair.new, stage.id, stage.late_move)
    if move is None or due >= left_at or move_id == stage.late_move:
        return None
    return Divergence(LATE, due, move.id, stage.id, stage.id, move.to)


def _stage(workflow: Workflow, stage_id: str) -> Stage | None:
    return next((stage for stage in workflow.stages if stage.id == stage_id), None)


def _closes(workflow: Workflow, stage_id: str) -> bool:
    stage = _stage(workflow, stage_id)
    return stage is not None and stage.is_closed
