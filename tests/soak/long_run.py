"""`make soak`: many lives until 20,000 steps are done, each drawn from a printed seed; what was done and refused.

DESK_SOAK_STEPS and DESK_SOAK_SEED set another number of steps and the first seed.
"""

from __future__ import annotations

import os
import random
import sys
from time import monotonic, process_time

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.soak.beginning import Beginnings, lives
from tests.soak.machine import Life
from tests.soak.world import Tally
from webapp.domain.endorsements import EVENTS

STEPS, LIVES_AT_A_TIME, STEPS_OF_A_LIFE = 20_000, 5, 100


def test_the_rules_hold_for_long(made: Beginnings) -> None:
    """Stops at the first life in which one does not, with its steps and its seed."""
    wanted = int(os.environ.get("DESK_SOAK_STEPS") or STEPS)
    number = int(os.environ.get("DESK_SOAK_SEED") or random.randrange(1_000_000))
    began, worked = monotonic(), process_time()
    try:
        while made.tally.steps < wanted:
            _live(made, number)
            took = f"{monotonic() - began:.0f} s, {process_time() - worked:.0f} s of them at work here"
            _say(f"seed {number}: {made.tally.lives} lives, {made.tally.steps} steps in {took}")
            number += 1
    finally:
        _say(f"the last seed was {number}")
        _report(made.tally)


def _live(made: Beginnings, number: int) -> None:
    kind = seed(number)(lives(made, Life))
    given = settings(
        max_examples=LIVES_AT_A_TIME,
        stateful_step_count=STEPS_OF_A_LIFE,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(kind, settings=given)


def _report(tally: Tally) -> None:
    _say(f"{'act':<28} {'drawn':>6} {'done':>6} {'refused':>8} {'strangers':>10}  codes")
    for name in sorted(tally.drawn):
        codes = {code: count for (act, code), count in sorted(tally.refused.items()) if act == name}
        refused = sum(codes.values())
        told = ", ".join(f"{code} {count}" for code, count in codes.items())
        _say(
            f"{name:<28} {tally.drawn[name]:>6} {tally.done[name]:>6} {refused:>8} {tally.strangers[name]:>10}  {told}"
        )
    _say(f"never done: {[name for name in sorted(tally.drawn) if not tally.done[name]]}")
    _say(f"events of endorsement, by how often: { {name: tally.events[name] for name in EVENTS} }")
    _say(f"other events: {dict(sorted((name, count) for name, count in tally.events.items() if name not in EVENTS))}")
    _say(f"rules, by how often they were looked at: {dict(tally.rules)}")


def _say(text: str) -> None:
    sys.stdout.write(f"  {text}\n")
    sys.stdout.flush()
