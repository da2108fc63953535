"""Past lives made once more under a changed workflow: where they would have gone elsewhere (R22)."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import workflows
from webapp.domain import workflow as wf
from webapp.domain.calendars import Calendar

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
STANDARD = wf.parse(workflows.load("standard-1"))
UTC_DAYS = Calendar()

RETURNED = ["submit", "return_for_changes", "resubmit", "pass_screening", "endorsement_sufficient", "close_round"]


def lived(moves: list[str], days: int = 1, reasons: bool = True) -> list[wf.Step]:
    """A life under the standard workflow: one move every few days."""
    stage, closed_from, steps = STANDARD.starts_in, None, []
    for place, move_id in enumerate(moves):
        move = wf.find_move(STANDARD, stage, move_id)
        assert move is not None, (stage, move_id)
        to = wf.target(STANDARD, move, closed_from)
        closed_from = stage if wf.find_stage(STANDARD, to).is_closed else closed_from
        steps.append(wf.Step(START + timedelta(days=days * place), move_id, stage, to, reasons))
        stage = to
    return steps


def changed(plant: Callable[[dict[str, Any]], None]) -> wf.Workflow:
    table = deepcopy(workflows.load("standard-1"))
    plant(table)
    return wf.parse(table)


def entry(table: dict[str, Any], kind: str, key: str) -> dict[str, Any]:
    return next(one for one in table[kind] if one["id"] == key)


def judge(workflow: wf.Workflow, steps: list[wf.Step]) -> wf.Divergence | None:
    return wf.rehearse(workflow, STANDARD, steps, UTC_DAYS, START + timedelta(days=40))


@pytest.mark.rule("R22")
def test_under_the_same_workflow_every_life_ends_the_same() -> None:
    for moves in (RETURNED, ["submit", "withdraw", "reopen", "pass_screening"], ["submit"]):
        assert judge(STANDARD, lived(moves)) is None


@pytest.mark.rule("R22")
def test_another_stage_is_found_with_where_and_when() -> None:
    parallel = wf.parse(workflows.load("parallel-1"))
    found = judge(parallel, lived(RETURNED))
    assert found == wf.Divergence(
        "elsewhere", START + timedelta(days=3), "pass_screening", "screening", "endorsement", "review"
    )


@pytest.mark.rule("R22")
@pytest.mark.parametrize(
    ("plant", "kind", "at_day", "would"),
    [
        (lambda t: t["moves"].remove(entry(t, "moves", "return_for_changes")), "no_move", 1, "screening"),
        (lambda t: entry(t, "moves", "pass_screening").update(reason_required=True), "no_reason", 3, "screening"),
        (lambda t: entry(t, "moves", "resubmit").update(guard="complete_and_call_open"), "rule", 2, "screening"),
        (lambda t: entry(t, "moves", "close_round").update(who=["timer"]), "rule", 5, "deliberation"),
        (lambda t: entry(t, "moves", "reopen").update(to="draft"), None, 0, ""),
    ],
)
def test_each_way_to_differ(plant: Callable[[dict[str, Any]], None], kind: str | None, at_day: int, would: str) -> None:
    steps = lived(RETURNED)
    steps[3] = wf.Step(steps[3].at, steps[3].move, steps[3].left, steps[3].entered, has_reason=False)
    found = judge(changed(plant), steps)
    if kind is None:
        assert found is None
    else:
        assert found is not None
        assert (found.kind, found.at, found.would) == (kind, START + timedelta(days=at_day), would)


@pytest.mark.rule("R22")
def test_a_shorter_time_would_have_lapsed_what_came_in_its_time_before() -> None:
    shorter = changed(lambda table: entry(table, "stages", "returned").update(working_days=5))
    steps = lived(RETURNED[:3], days=10)
    found = judge(shorter, steps)
    assert found is not None
    assert (found.kind, found.stage, found.would) == ("late", "returned", "lapsed")
    assert steps[1].at < found.at < steps[2].at
    # Whoever was quick enough is not touched; who stands there now, is.
    assert judge(shorter, lived(RETURNED[:3], days=2)) is None
    assert judge(shorter, lived(RETURNED[:2], days=2)) is not None


@pytest.mark.rule("R22")
def test_reopening_leads_back_also_in_a_rehearsal() -> None:
    steps = lived(["submit", "withdraw", "reopen", "pass_screening"])
    other = changed(lambda table: entry(table, "moves", "reopen").update(to="draft"))
    found = judge(other, steps)
    assert found is not None
    assert (found.kind, found.was, found.would) == ("elsewhere", "screening", "draft")


@given(st.lists(st.integers(0, 99), max_size=25))
@pytest.mark.rule("R22")
def test_whatever_life_was_lived_it_ends_the_same_under_its_own_workflow(choices: list[int]) -> None:
    stage, closed_from, moves = STANDARD.starts_in, None, []
    for choice in choices:
        possible = [
            one for one in wf.moves_from(STANDARD, stage) if one.to != wf.CLOSED_FROM or closed_from in STANDARD.live
        ]
        if not possible:
            break
        move = possible[choice % len(possible)]
        to = wf.target(STANDARD, move, closed_from)
        closed_from = stage if wf.find_stage(STANDARD, to).is_closed else closed_from
        moves.append(move.id)
        stage = to
    assert judge(STANDARD, lived(moves)) is None
