"""The workers' Celery: what beat asks for exists, in a queue that is there, within limits; a task is one call."""

from __future__ import annotations

import ast
from importlib import import_module, reload
from pathlib import Path

import pytest
from celery import Celery

from config.settings import Settings
from workers.queues import NAMES, QUEUES, route
from workers.schedule import timetable

TASKS = Path(__file__).parents[2] / "workers/tasks"


@pytest.fixture
def celery(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Celery:
    """The application as a worker makes it."""
    monkeypatch.setenv("DESK_DEMO", "1")
    module = reload(import_module("workers.celery_app"))
    made: Celery = module.make_celery(settings)
    made.loader.import_default_modules()
    return made


def test_what_beat_asks_for_exists_and_has_a_queue(celery: Celery) -> None:
    asked = {entry["task"] for entry in timetable(10).values()}
    own = {name for name in celery.tasks if not name.startswith("celery.")}
    assert asked == own
    assert {route(name)["queue"] for name in own} == set(NAMES) == set(QUEUES)


def test_a_sweep_that_nobody_took_is_dropped() -> None:
    for entry in timetable(10).values():
        assert entry["options"]["expires"] == entry["schedule"]


def test_the_settings_that_lose_least(celery: Celery, settings: Settings) -> None:
    conf = celery.conf
    assert (conf.task_acks_late, conf.task_reject_on_worker_lost, conf.task_ignore_result) == (True, False, True)
    assert (conf.accept_content, conf.worker_prefetch_multiplier) == (["json"], 1)
    assert conf.broker_connection_max_retries is None
    options = conf.broker_transport_options
    assert conf.task_soft_time_limit < conf.task_time_limit < options["visibility_timeout"]
    assert (options["unacked_restore_interval"], options["unacked_restore_throttle"]) == (5, 1)
    assert conf.worker_soft_shutdown_timeout == settings.worker_shutdown_seconds
    assert conf.result_backend is None


def test_a_task_is_one_service_call() -> None:
    for path in sorted(TASKS.glob("[a-z]*.py")):
        tree = ast.parse(path.read_text())
        services = [
            name.asname or name.name
            for node in tree.body
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("webapp.services")
            for name in node.names
        ]
        assert len(services) == 1, path.name
        (task,) = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
        calls = [ast.unparse(node.func) for node in ast.walk(task) if isinstance(node, ast.Call)]
        assert calls.count(services[0]) == 1, path.name


def test_every_task_that_is_there_is_known() -> None:
    assert {path.stem for path in TASKS.glob("[a-z]*.py")} == set(NAMES)
