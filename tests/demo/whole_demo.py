"""The whole demonstration, as `make run` shows it: too long for each `make test`, so part of `make soak`."""

from __future__ import annotations

import sys

import pytest

from tests.demo.record import look_at, plant_in_record, plant_other_states
from webapp.cli.demo.load import load_demo
from webapp.wiring import Wiring


@pytest.mark.rule("R22", "R24", "R62")
def test_every_history_leads_to_where_its_proposal_stands(committed: Wiring) -> None:
    loaded = load_demo(committed)
    found = look_at(committed)
    assert found.proposals >= (loaded or 0) > 50
    plant_other_states(committed)
    plant_in_record(committed)
    sys.stdout.write(f"\n  {found.proposals} proposals of the demonstration lead to where they stand\n")
