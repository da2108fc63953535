"""Leads a life once more from its events alone: where it must stand now, or where its events do not fit (R22, R24)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from webapp.domain.workflow.rehearsal import Step
from webapp.domain.workflow.table import CLOSED_FROM, Workflow, find_move, find_stage


@dataclass(frozen=True, slots=True)
class Led:
    """Where the events lead: the stage, since when, from where it was closed last, and when it became public.

    `misfit` names the first move that cannot have been made there; then the rest is what stood before it.
    """

    stage: str
    since: datetime | None = None
    closed_from: str | None = None
    public_since: datetime | None = None
    misfit: str = ""


def lead(workflow: Workflow, steps: Iterable[Step]) -> Led:
    """Make each move in its order, by the table that the life was lived under."""
    led = Led(workflow.starts_in)
    for step in steps:
        move = find_move(workflow, led.stage, step.move)
        to = None if move is None else led.closed_from if move.to == CLOSED_FROM else move.to
        if step.left != led.stage or to != step.entered or to is None:
            told = f"{step.move} from {step.left} to {step.entered}"
            return Led(led.stage, led.since, led.closed_from, led.public_since, f"{told}, it stood in {led.stage}")
        stage = find_stage(workflow, to)
        closed_from = led.stage if stage.is_closed else led.closed_from
        public_since = led.public_since or (step.at if stage.is_public else None)
        led = Led(to, step.at, closed_from, public_since)
    return led
