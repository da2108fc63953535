"""Decisions: outcomes, what a draft must hold, which move follows, and the states of conditions (R46–R48)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from webapp.domain.errors import NotNow
from webapp.domain.problems import Problem
from webapp.domain.texts import count_characters
from webapp.domain.workflow import Move, Workflow, moves_from

OUTCOMES = ("approved", "approved_with_conditions", "revise", "declined")
DECISION_STATES = ("drafted", "staged", "confirmed", "discarded")
# Known to the secretariat alone: drafted, or confirmed and held until it is released with others (R75).
PENDING_DECISIONS = ("drafted", "staged")
CONDITION_STATES = ("open", "evidence_submitted", "met", "waived")
SETTLED_CONDITIONS = ("met", "waived")
TURNS_DOWN = ("revise", "declined")

# What a letter for many can say of each.
LETTER_PLACES = ("name", "title", "reference")
_PLACE = re.compile(r"\{([a-z_]+)\}")

LETTER_AT_MOST = 8000
REASON_AT_MOST = 4000
CONDITION_AT_MOST = 1000
CONDITIONS_AT_MOST = 20


@dataclass(frozen=True, slots=True)
class ConditionText:
    """A condition as drafted: what must be shown, and by which day (None: the call's usual time)."""

    text: str
    due_on: date | None = None


def draft_problems(
    outcome: str, reason: str, letter: str, conditions: Sequence[ConditionText], today: date
) -> list[Problem]:
    """Everything that keeps a decision from being drafted, each at its field (R26, R46, R48)."""
    found: list[Problem] = []
    if outcome not in OUTCOMES:
        found.append(Problem("decision", "outcome", "outcome_missing"))
    if outcome in TURNS_DOWN and not reason.strip():
        found.append(Problem("decision", "reason", "reason_missing"))
    if not letter.strip():
        found.append(Problem("decision", "letter", "letter_missing"))
    for field, text, most in (("reason", reason, REASON_AT_MOST), ("letter", letter, LETTER_AT_MOST)):
        if (length := count_characters(text)) > most:
            found.append(Problem("decision", field, "too_long", {"most": most, "over": length - most}))
    return found + _condition_problems(outcome, conditions, today)


def move_for(workflow: Workflow, stage: str, outcome: str) -> Move:
    """The move that confirming this outcome makes; raises NotNow where the stage decides nothing."""
    for move in moves_from(workflow, stage):
        if move.guard == f"drafted_{outcome}":
            return move
    raise NotNow("not_to_decide_now")


def decides(workflow: Workflow, stage: str) -> bool:
    """Whether a decision can be drafted in this stage."""
    return any(move.guard.startswith("drafted_") for move in moves_from(workflow, stage))


def deciding_stages(workflows: Iterable[Workflow]) -> frozenset[str]:
    """The stages in which a decision can be drafted, in any of the workflows."""
    return frozenset(stage.id for one in workflows for stage in one.stages if decides(one, stage.id))


def fill_letter(letter: str, values: Mapping[str, str]) -> str:
    """A letter written for many, with this one's words in its places: {name}, {title}, {reference}."""
    return _PLACE.sub(lambda found: values.get(found[1], found[0]), letter)


def letter_problems(letter: str) -> list[Problem]:
    """Places in a letter for many that nothing can fill."""
    unknown = [name for name in _PLACE.findall(letter) if name not in LETTER_PLACES]
    return [Problem("decision", "letter", "letter_place_unknown", {"place": name}) for name in unknown[:1]]


def _condition_problems(outcome: str, conditions: Sequence[ConditionText], today: date) -> list[Problem]:
    found: list[Problem] = []
    if outcome == "approved_with_conditions" and not conditions:
        found.append(Problem("decision", "conditions", "conditions_missing"))
    if outcome != "approved_with_conditions" and conditions:
        found.append(Problem("decision", "conditions", "conditions_not_here"))
    if len(conditions) > CONDITIONS_AT_MOST:
        found.append(Problem("decision", "conditions", "conditions_too_many", {"most": CONDITIONS_AT_MOST}))
    for place, condition in enumerate(conditions):
        if count_characters(condition.text) > CONDITION_AT_MOST:
            found.append(Problem("decision", f"conditions.{place}", "too_long", {"most": CONDITION_AT_MOST}))
        if condition.due_on is not None and condition.due_on <= today:
            found.append(Problem("decision", f"conditions.{place}", "day_is_past"))
    return found
