"""A short selection of the drill, one run each; the whole is `make faults`, its table in docs/faults.md."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.drill.__main__ import drill
from tests.faults.drill.world import World, world

pytestmark = [pytest.mark.rule("R54"), pytest.mark.slow]
SELECTION = ("child of the worker killed", "PostgreSQL killed", "line drops after DATA, mail kept")


@pytest.fixture(scope="module")
def here() -> Iterator[World]:
    """One world for the whole selection, since its servers take the longest."""
    with tempfile.TemporaryDirectory(prefix="desk-drill-") as place:
        Path(place).chmod(0o755)
        with world(Path(place), durable=True) as made:
            yield made


def test_nothing_is_lost_and_nobody_told_twice(here: World, chance: random.Random, say: Callable[[str], None]) -> None:
    for name in SELECTION:
        verdict = drill(here, name, chance.randrange(1_000_000), obligations=20)
        say(f"{name}: {verdict}")
        assert (verdict.untold, verdict.twice) == (0, 0), name
