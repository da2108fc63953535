"""The queues of the workers: each is named as the first word of its tasks."""

from __future__ import annotations

NAMES = ("outbox", "deadlines", "routing", "documents", "housekeeping", "files", "audit", "bounces", "webhooks")
QUEUES = {name: {"exchange": name, "exchange_type": "direct", "routing_key": name} for name in NAMES}


def route(name: str, *_: object, **__: object) -> dict[str, str]:
    """The queue of a task: the first word of its name. Celery calls this with much more than it needs."""
    return {"queue": name.partition(".")[0]}
