"""The rules that must hold after each step: registered here, each with the numbers it stands for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from tests.soak.seen import Seen
from tests.soak.world import World
from webapp.models.audit import EventRow


@dataclass
class Look:
    """What a rule is judged on: the session, the rows, the events since the last look, and what was just done.

    `act` is the name of the single act that was done, empty after a sweep. `swept` are the sweeps just made.
    """

    session: Session
    seen: Seen
    world: World
    events: list[EventRow]
    act: str = ""
    swept: frozenset[str] = frozenset()


Rule = Callable[[Look], Iterator[str]]
_rules: list[tuple[str, Rule]] = []


def rule(*numbers: str) -> Callable[[Rule], Rule]:
    """Register a rule; it tells in words whatever breaks it."""

    def register(found: Rule) -> Rule:
        _rules.append((f"{found.__name__} ({', '.join(numbers)})", found))
        return found

    return register


def broken(look: Look) -> list[str]:
    """Everything that does not hold now."""
    found = []
    for name, one in _rules:
        look.world.tally.rules[name] += 1
        found += [f"{name}: {words}" for words in one(look)]
    return found
