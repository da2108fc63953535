"""The other processes of a load: a part of the proposals each, and of what workers do, in step with the first."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection

from config.settings import Settings
from webapp import wiring
from webapp.adapters.clocks import SetClock
from webapp.cli.demo.passing import act_once, at_ease, past_of
from webapp.cli.demo.player import Player
from webapp.cli.demo.story import choose_stories
from webapp.cli.demo.world import World

OTHERS = 1  # two processors are kept busy by two: more only wait for each other


class OthersFailed(Exception):
    """What another process could not do; what all began is of no use."""


class Others:
    """The other processes, each at the other end of a pipe."""

    def __init__(self, pipes: Sequence[Connection]) -> None:
        self._pipes = pipes

    @contextmanager
    def at_work(self, task: str, at: datetime) -> Iterator[None]:
        """They play their proposals until then, or do what is due then, while the block runs. Raises OthersFailed."""
        for pipe in self._pipes:
            pipe.send((task, at))
        yield
        if failed := [answer for pipe in self._pipes if (answer := pipe.recv())]:
            raise OthersFailed("; ".join(failed))


@contextmanager
def other_processes(settings: Settings, now: datetime, stories: int) -> Iterator[Others]:
    """The others, with connections of their own; the first of every so many stories is left to this process."""
    context = get_context("spawn")
    with ExitStack() as stack:
        pipes = []
        for part in range(1, OTHERS + 1):
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs, settings, now, stories, part), daemon=True)
            process.start()
            theirs.close()
            stack.callback(process.join)
            pipes.append(stack.enter_context(ours))
        yield Others(pipes)


def _serve(pipe: Connection, settings: Settings, now: datetime, stories: int, part: int) -> None:
    clock = SetClock(now)
    with wiring.connected(settings) as wired:
        at_ease(wired)
        with past_of(wired, clock) as past:
            world = World(past, clock)
            player = Player(world, choose_stories(stories)[part :: OTHERS + 1], now)
            gc.disable()
            while (asked := _receive(pipe)) is not None:
                task, clock.at = asked
                try:
                    if task == "play":
                        player.play_until(clock.at)
                    else:
                        act_once(world.open_as_system)
                except Exception as error:  # noqa: BLE001 - told at the other end, which stops the whole
                    failed = f"{type(error).__name__}: {error}"
                else:
                    failed = ""
                with suppress(BrokenPipeError):  # the first process has failed itself
                    pipe.send(failed)


def _receive(pipe: Connection) -> tuple[str, datetime] | None:
    try:
        received: tuple[str, datetime] = pipe.recv()
    except EOFError:
        return None
    return received
