"""What a worker's process has at hand: its wiring, made once, in the process that uses it."""

from __future__ import annotations

import os
from functools import lru_cache

from config.settings import load_settings
from webapp import wiring
from webapp.domain.people import SYSTEM
from webapp.services.work import OpenWork
from webapp.wiring import Wiring

# Tasks stop by themselves in this share of their soft limit.
SHARE = 0.6


def open_work() -> OpenWork:
    """A unit of work of the system."""
    return _wired(os.getpid()).open_work(SYSTEM)


def working_seconds() -> float:
    """How long a task goes on before it leaves the rest to the next."""
    return _wired(os.getpid()).settings.task_soft_seconds * SHARE


@lru_cache(maxsize=1)
def _wired(process: int) -> Wiring:
    """Connections must not be shared across a fork: a child makes its own."""
    return wiring.connect(load_settings())
