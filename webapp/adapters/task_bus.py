"""The one door to the broker: sends tasks by name, beside the pages, soon or not at all (`reliability.md` §1)."""

from __future__ import annotations

import os
from queue import SimpleQueue
from threading import Lock, Thread
from time import monotonic
from typing import Any

import structlog
from celery import Celery

log = structlog.get_logger(__name__)
# After a lost nudge the broker is left alone for a moment, so that a dead one is not asked for each page.
REST_SECONDS = 5
Wish = tuple[str, tuple[int, ...]]
# A nudge that no worker took in this time is of no use: the sweep has been there.
NUDGE_SECONDS = 60


class CeleryBus:
    """The `TaskBus` port on Celery; a dead broker is a log line, since a sweep finds every row.

    A thread of its own talks to the broker: who nudges never waits, however the broker is. What is asked for already
    is not asked for twice.
    """

    def __init__(self, redis_url: str, patience_ms: int = 200) -> None:
        self._celery = Celery("proposal-desk", broker=redis_url, set_as_current=False)
        self._celery.conf.update(_publishing(patience_ms / 1000))
        # Reads the libraries of the broker now, so that the first nudge does not.
        self._celery.connection_for_write().transport  # noqa: B018
        self._rests_until = 0.0
        self._thread: Thread | None = None
        self._begin()
        os.register_at_fork(after_in_child=self._begin)  # no thread lives through a fork

    def nudge(self, task: str, *args: int) -> None:
        """Have the task sent to the queue its name begins with; never raises, never waits."""
        if monotonic() < self._rests_until:
            return
        wish = (task, args)
        with self._lock:
            if wish in self._asked:
                return
            self._asked.add(wish)
            if self._thread is None:
                self._thread = Thread(target=self._talk, name="nudges", daemon=True)
                self._thread.start()
        self._wishes.put(wish)

    def _begin(self) -> None:
        self._lock = Lock()
        self._wishes: SimpleQueue[Wish] = SimpleQueue()
        self._asked: set[Wish] = set()
        self._thread = None

    def _talk(self) -> None:
        while True:
            wish = self._wishes.get()
            with self._lock:
                self._asked.discard(wish)
            if monotonic() >= self._rests_until:
                self._send(*wish)

    def _send(self, task: str, args: tuple[int, ...]) -> None:
        try:
            self._celery.send_task(
                task, args=args, queue=task.partition(".")[0], expires=NUDGE_SECONDS, ignore_result=True
            )
        except Exception as error:  # noqa: BLE001 - whatever the broker does, the sweep finds the row
            self._rests_until = monotonic() + REST_SECONDS
            log.warning("nudge_lost", task=task, error=type(error).__name__)


class QuietBus:
    """Sends nothing: for tests and commands that leave the work to the sweep."""

    def nudge(self, task: str, *args: int) -> None:
        """Do nothing."""


def _publishing(patience: float) -> dict[str, Any]:
    """One try, in which connecting and being answered may each take half of the patience (in seconds)."""
    half = patience / 2
    return {
        "task_publish_retry": False,
        "broker_connection_retry": False,
        "broker_connection_timeout": half,
        "broker_pool_acquire_timeout": half,
        "broker_transport_options": {
            "socket_timeout": half,
            "socket_connect_timeout": half,
            "retry_on_timeout": False,
            "max_retries": 0,
        },
        "task_ignore_result": True,
        "task_serializer": "json",
        "accept_content": ["json"],
    }
