"""Databases of the long run: one world made by the real verbs, proposals at several stages, copied for each life."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from tests.conftest import copy_template, drop_copy, wire_copy
from tests.soak.acting import Act, all_acts
from tests.soak.machine import Life
from tests.soak.memory import Memory
from tests.soak.people import make_people
from tests.soak.seen import Seen, look
from tests.soak.world import Tally, World
from webapp.adapters.clocks import SetClock

BEGAN = datetime(2026, 11, 24, 9, tzinfo=UTC)
# The call, and what is done in turn until it stands where the lives begin.
PANEL = ("accept", "accept", "submit_review", "submit_review", "move:close_round_early")
STORIES = (
    ("every", ()),
    ("lead", ("submit", "pass_screening")),
    ("every", ("submit", "pass_screening", "words", "accept", "submit_review")),
    ("lead", ("submit", "pass_screening", "words", "release_panel", *PANEL)),
    ("beside", ("submit", "pass_screening")),
    ("notes", ("submit", "pass_screening", "words", "accept", "submit_review")),
    ("sealed", ("submit",)),
)


@dataclass
class Beginnings:
    """Opens a world for each life, and takes its database away afterwards."""

    folder: Path
    tally: Tally
    ids: dict[str, int]
    memory: Memory
    name: str

    def open(self) -> World:
        """A copy of the world as it was made."""
        copied = f"{self.name}_{next(_numbers)}"
        copy_template(copied, of=self.name)
        world, engine = _open(copied, self.folder, self.ids, self.tally)
        world.memory = self.memory.copy()
        _engines[id(world)] = (engine, copied)
        return world

    def close(self, world: World) -> None:
        """Its database is gone."""
        engine, copied = _engines.pop(id(world))
        engine.dispose()
        drop_copy(copied)


_numbers = itertools.count(1)
_engines: dict[int, tuple[Engine, str]] = {}


@contextmanager
def beginnings(folder: Path) -> Iterator[Beginnings]:
    """The world, made once; the rules hold in it already."""
    name = f"desk_{os.environ['DESK_TEST_RUN']}_soak_{os.getpid()}"
    copy_template(name)
    tally = Tally()
    world, engine = _open(name, folder, {}, tally)
    try:
        world.ids = make_people(world.wired)
        for call, steps in STORIES:
            _tell(world, call, steps)
        world.settle()
        engine.dispose()
        yield Beginnings(folder, Tally(), world.ids, Memory(), name)
    finally:
        engine.dispose()
        drop_copy(name)


def lives(made: Beginnings, kind: type[Life] = Life) -> type[Life]:
    """The machine over these worlds."""
    return type(kind.__name__, (kind,), {"open_world": made.open, "close_world": made.close})


def _open(name: str, folder: Path, ids: dict[str, int], tally: Tally) -> tuple[World, Engine]:
    clock = SetClock(BEGAN)
    wired, engine = wire_copy(name, folder, clock)
    return World(wired, clock, ids, tally, latest=BEGAN), engine


def _tell(world: World, call: str, steps: tuple[str, ...]) -> None:
    """Make one proposal and carry it through these steps."""
    seen = _look(world)
    number = next(one.id for one in seen.calls.values() if one.code == call)
    before = {one.id for one in seen.proposals}
    code = next(one for one in all_acts(seen, world) if one.name == "create_draft" and _is_under(one, call))
    _do(world, code)
    proposal = next(one.id for one in _look(world).proposals if one.id not in before and one.call_id == number)
    for step in steps:
        world.settle()
        if step == "words":
            _endorse(world, proposal)
        else:
            _do(world, _next(world, proposal, step))


def _is_under(act: Act, call: str) -> bool:
    return bool(act.do.args[0].code == call)  # type: ignore[attr-defined]


def _endorse(world: World, proposal: int) -> None:
    while ready := [one for one in _ready(world, proposal) if one.name == "word:endorse"]:
        _do(world, ready[0])
    world.settle()


def _next(world: World, proposal: int, name: str) -> Act:
    return next(one for one in _ready(world, proposal) if one.name == name)


def _ready(world: World, proposal: int) -> list[Act]:
    return [one for one in all_acts(_look(world), world) if one.about == proposal and one.turn]


def _do(world: World, act: Act) -> None:
    world.turns -= 1
    with world.open_as(act.turn[0]) as work:
        act.do(work)


def _look(world: World) -> Seen:
    with world.wired.open_reading() as session:
        return look(session, world.wired.rules, world.now)
