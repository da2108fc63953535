"""The registries that rooms fill: verbs that do tasks of the outbox, verbs that hear what became of a mail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.domain.notices import lane_of
from webapp.services.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one mail: which notice of which event, to whom, when it was settled."""

    notice: str
    event_id: int
    event: str
    payload: Mapping[str, Any]
    subject_kind: str
    subject_id: int
    person_id: int | None
    email: str
    at: datetime


Task = Callable[[UnitOfWork, Mapping[str, Any]], object]
Listener = Callable[[UnitOfWork, Delivery], object]
DELIVERED, BOUNCED = "delivered", "bounced"
_tasks: dict[str, Task] = {}
_listeners: dict[tuple[str, str], Listener] = {}


def does(task: str) -> Callable[[Task], Task]:
    """Register the verb that does this task: it is called with the row's payload, in the transaction that
    marks the row done. A Refusal settles the row (it no longer applies); any other error is tried again."""

    def register(verb: Task) -> Task:
        _put(_tasks, task, verb)
        return verb

    return register


def on_delivered(*notices: str) -> Callable[[Listener], Listener]:
    """Register the verb that hears that a mail of these notices was accepted by the receiving server (250).

    It runs as a task of the outbox, written in the transaction that marks the mail as sent: exactly once.
    """
    return _hears(DELIVERED, notices)


def on_bounced(*notices: str) -> Callable[[Listener], Listener]:
    """Register the verb that hears that a mail of these notices cannot reach its address, as `on_delivered`."""
    return _hears(BOUNCED, notices)


def find_task(task: str) -> Task | None:
    """The verb that does the task."""
    return _tasks.get(task)


def tasks_of(lane: str) -> tuple[str, ...]:
    """The tasks that are done in this lane."""
    return tuple(sorted(task for task in _tasks if lane_of(task) == lane))


def find_listener(outcome: str, notice: str) -> Listener | None:
    """The verb that hears of this outcome of this notice's mails."""
    return _listeners.get((outcome, notice))


def _hears(outcome: str, notices: tuple[str, ...]) -> Callable[[Listener], Listener]:
    def register(verb: Listener) -> Listener:
        for notice in notices:
            _put(_listeners, (outcome, notice), verb)
        return verb

    return register


def _put(registry: dict[Any, Any], key: object, verb: object) -> None:
    if registry.setdefault(key, verb) is not verb:
        raise ValueError(f"two verbs are registered for {key}")
