"""The faults that `reliability.md` names: each strikes the running world at a random moment, and is mended again."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable, Mapping

from sqlalchemy import text

from config.processes import living, members, send
from tests.faults.drill.world import World
from webapp.adapters.task_bus import CeleryBus
from webapp.domain.people import SYSTEM

Strike = Callable[[World, random.Random], None]
# Parts that every drill begins with.
PARTS = ("worker", "beat")
# Within how many seconds of the writing a fault strikes.
SPAN = 1.5


def _soon(chance: random.Random) -> None:
    time.sleep(chance.uniform(0, SPAN))


def kill_worker(world: World, chance: random.Random) -> None:
    """The worker with its children, and another is started."""
    _soon(chance)
    world.product.kill("worker")
    world.start("worker")


def kill_child(world: World, chance: random.Random) -> None:
    """One process of the worker's pool."""
    _soon(chance)
    leader = world.product.running["worker"].pid
    children = [pid for pid, fields in living().items() if int(fields[1]) == leader]
    send([chance.choice(children)] if children else [], signal.SIGKILL)


def kill_beat(world: World, chance: random.Random) -> None:
    """Beat, and another is started after a while."""
    _soon(chance)
    world.product.kill("beat")
    time.sleep(chance.uniform(0, 1))
    world.start("beat")


def two_of_each(world: World, chance: random.Random) -> None:
    """A second worker and a second beat beside the first; one of the workers is killed."""
    world.start("worker2", "beat2")
    _soon(chance)
    time.sleep(SPAN)
    world.product.kill(chance.choice(["worker", "worker2"]))
    world.product.kill("beat2")
    world.product.running.pop("x", None)
    if "worker" in world.product.running:
        world.product.kill("worker")
    if "worker2" in world.product.running:
        world.product.kill("worker2")
    world.start("worker")


def kill_broker(world: World, chance: random.Random) -> None:
    """Valkey, with all it held; another, empty, at the same address."""
    _soon(chance)
    world.broker.kill()
    time.sleep(chance.uniform(0, 1))
    world.broker.begin()


def stop_broker(world: World, chance: random.Random) -> None:
    """Valkey takes connections and answers nothing (SIGSTOP)."""
    _soon(chance)
    world.broker.signal(signal.SIGSTOP)
    time.sleep(chance.uniform(0.5, 3))
    world.broker.signal(signal.SIGCONT)


def kill_database(world: World, chance: random.Random) -> None:
    """PostgreSQL, in the middle of whatever transactions there are; it recovers from its log."""
    _soon(chance)
    world.database.kill()
    world.restart_database()


def _misbehave(mode: str, least: float, most: float) -> Strike:
    def strike(world: World, chance: random.Random) -> None:
        _soon(chance)
        world.mail.mode = mode
        time.sleep(chance.uniform(least, most))
        world.mail.mode = "take"

    return strike


def refuse_mail(world: World, chance: random.Random) -> None:
    """Nothing listens where the mail server was; open lines break."""
    _soon(chance)
    world.mail.refuse()
    time.sleep(chance.uniform(0.5, 2))
    world.mail.listen()


def deliver_twice(world: World, chance: random.Random) -> None:
    """The same nudge twenty times at once, for two workers."""
    world.start("worker2")
    _soon(chance)
    for bus in [CeleryBus(world.settings.redis_url, 2000) for _ in range(20)]:
        bus.nudge("outbox.run")
    time.sleep(SPAN)
    world.product.kill("worker2")


def jump_clock(world: World, chance: random.Random) -> None:
    """All that is due, leased or counted lies an hour further back, as when the clock jumps forward."""
    _soon(chance)
    with world.wired.open_work(SYSTEM) as work:
        for column in ("due_at", "lease_until"):
            work.session.execute(
                text(f"UPDATE outbox SET {column} = {column} - interval '1 hour' WHERE state IN ('pending', 'sending')")  # noqa: S608
            )
        work.session.execute(text("UPDATE timers SET due_at = due_at - interval '1 hour' WHERE done_at IS NULL"))


def freeze_worker(world: World, chance: random.Random) -> None:
    """The worker stands still for longer than its lease, then goes on as if nothing had been."""
    world.start("worker2")
    _soon(chance)
    pids = members([world.product.running["worker"].pid])
    send(pids, signal.SIGSTOP)
    time.sleep(chance.uniform(2.5, 4))
    send(pids, signal.SIGCONT)
    time.sleep(0.5)
    world.product.kill("worker2")


STRIKES: Mapping[str, Strike] = {
    "worker killed": kill_worker,
    "child of the worker killed": kill_child,
    "beat killed": kill_beat,
    "two workers and two beats, one killed": two_of_each,
    "worker frozen beyond its lease": freeze_worker,
    "same nudge twenty times, two workers": deliver_twice,
    "Valkey killed, its data gone": kill_broker,
    "Valkey stopped (SIGSTOP)": stop_broker,
    "PostgreSQL killed": kill_database,
    "mail server refuses connections": refuse_mail,
    "mail server answers 451": _misbehave("later", 0.3, 2),
    "mail server hangs": _misbehave("hang", 0.5, 2.5),
    "line drops after DATA, mail lost": _misbehave("drop", 0.3, 2),
    "line drops after DATA, mail kept": _misbehave("lose", 0.3, 2),
    "clock jumps an hour": jump_clock,
}
