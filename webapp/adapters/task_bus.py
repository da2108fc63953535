"""The one door to the broker: sends tasks by name, quickly or not at all (`reliability.md` §1)."""

from __future__ import annotations

from time import monotonic
from typing import Any

import structlog
from celery import Celery

log = structlog.get_logger(__name__)
# After a lost nudge the broker is left alone for a moment, so that a dead one slows down one page and not each.
REST_SECONDS = 5
# A nudge that no worker took in this time is of no use: the sweep has been there.
NUDGE_SECONDS = 60


class CeleryBus:
    """The `TaskBus` port on Celery; a dead broker is a log line, since a sweep finds every row."""

    def __init__(self, redis_url: str, patience_ms: int = 200) -> None:
        self._celery = Celery("proposal-desk", broker=redis_url, set_as_current=False)
        self._celery.conf.update(_publishing(patience_ms / 1000))
        self._rests_until = 0.0
        # Reads the libraries of the broker now, so that the first page that nudges does not wait for it.
        self._celery.connection_for_write().transport  # noqa: B018

    def nudge(self, task: str, *args: int) -> None:
        """Send the task to the queue its name begins with; never raises, never waits longer than the patience."""
        if monotonic() < self._rests_until:
            return
        try:
            self._celery.send_task(
                task, args=args, queue=task.partition(".")[0], expires=NUDGE_SECONDS, ignore_result=True
            )
        except Exception as error:  # noqa: BLE001 - whatever the broker does, the page goes on
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
