"""The one door to the broker: sends tasks by name, quickly or not at all (`reliability.md` §1)."""

from __future__ import annotations

import structlog
from celery import Celery

log = structlog.get_logger(__name__)

PUBLISHING = {
    "task_publish_retry": False,
    "broker_connection_retry": False,
    "broker_connection_timeout": 0.2,
    "broker_pool_acquire_timeout": 0.2,
    "broker_transport_options": {
        "socket_timeout": 0.2,
        "socket_connect_timeout": 0.2,
        "retry_on_timeout": False,
        "max_retries": 0,
    },
    "task_ignore_result": True,
    "task_serializer": "json",
    "accept_content": ["json"],
}


class CeleryBus:
    """The `TaskBus` port on Celery; a dead broker is a log line, since a sweep finds every row."""

    def __init__(self, redis_url: str) -> None:
        self._celery = Celery("proposal-desk", broker=redis_url, set_as_current=False)
        self._celery.conf.update(PUBLISHING)

    def nudge(self, task: str, *args: int) -> None:
        """Send the task by name; never raises, never waits more than a moment."""
        try:
            self._celery.send_task(task, args=args, ignore_result=True)
        except Exception as error:  # noqa: BLE001 - whatever the broker does, the page goes on
            log.warning("nudge_lost", task=task, error=type(error).__name__)


class QuietBus:
    """Sends nothing: for tests and commands that leave the work to the sweep."""

    def nudge(self, task: str, *args: int) -> None:
        """Do nothing."""
