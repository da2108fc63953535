"""An act that could be done: what, by whom it may be, whether its time is now; and whose turn it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tests.soak.seen import Seen
from tests.soak.world import World
from webapp.services.work import UnitOfWork

Do = Callable[[UnitOfWork], object]


@dataclass(frozen=True)
class Act:
    """One thing that one of `may` can do, and nobody else; `now` is False where the stage does not let it.

    `turn` are those from whom it is expected now; nobody where it would be out of turn. `weight` is how
    likely it is drawn beside the other acts that are in turn. `about` is the proposal, where there is one.
    `once`: it carries the key of a form, and done again it does nothing. `sees`: it names the state that was seen.
    """

    name: str
    may: frozenset[int]
    do: Do
    now: bool = True
    turn: tuple[int, ...] = ()
    weight: int = 4
    about: int | None = None
    once: bool = False
    sees: bool = False


Room = Callable[[Seen, World], Iterator[Act]]
_rooms: list[Room] = []


def room(found: Room) -> Room:
    """Register what can be done in one room."""
    _rooms.append(found)
    return found


def all_acts(seen: Seen, world: World) -> list[Act]:
    """Everything that can be thought of at this moment, in an order that does not depend on chance."""
    return [act for one in _rooms for act in one(seen, world)]


def act(
    name: str,
    may: Iterable[int],
    do: Do,
    *,
    now: bool = True,
    ripe: bool = True,
    turn: Iterable[int] | None = None,
    weight: int = 4,
    about: int | None = None,
    once: bool = False,
    sees: bool = False,
) -> Act:
    """An act; without `turn` it is the turn of whoever may, where it is `ripe` and the stage lets it."""
    allowed = tuple(may)
    first = tuple(turn) if turn is not None else allowed
    return Act(name, frozenset(allowed), do, now, first if now and ripe else (), weight, about, once, sees)
