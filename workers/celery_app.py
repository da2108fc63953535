"""The Celery application of worker and beat: the settings that were measured to lose and hold up least."""

from __future__ import annotations

import os
import signal
from threading import Timer

from celery import Celery
from celery.signals import setup_logging, worker_process_init, worker_shutting_down

from config.logging import configure_logging
from config.settings import Settings, load_settings
from config.tie import ask_for_signal
from workers.queues import NAMES, QUEUES, route
from workers.schedule import timetable


def make_celery(settings: Settings) -> Celery:
    """Celery as `reliability.md` §1 sets it: the queue is a nudge, every obligation is a row."""
    made = Celery("proposal-desk", broker=settings.redis_url, include=[f"workers.tasks.{name}" for name in NAMES])
    made.conf.update(
        accept_content=["json"],
        task_serializer="json",
        task_ignore_result=True,
        task_queues=QUEUES,
        task_routes=(route,),
        task_default_queue="outbox",
        task_create_missing_queues=False,
        # A task that its process did not survive is not given out again: the sweep finds its row.
        task_acks_late=True,
        task_reject_on_worker_lost=False,
        worker_prefetch_multiplier=1,
        worker_concurrency=settings.worker_processes,
        task_soft_time_limit=settings.task_soft_seconds,
        task_time_limit=settings.task_hard_seconds,
        worker_soft_shutdown_timeout=settings.worker_shutdown_seconds,
        worker_cancel_long_running_tasks_on_connection_loss=True,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        # None: go on trying. The default gives up after 100 tries and ends the worker.
        broker_connection_max_retries=None,
        broker_connection_retry_on_startup=True,
        broker_pool_acquire_timeout=2,
        broker_transport_options={
            "visibility_timeout": settings.broker_visibility_seconds,
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
            "socket_timeout": 5,
            "socket_connect_timeout": 5,
            "socket_keepalive": True,
        },
        beat_schedule=timetable(settings.outbox_sweep_seconds),
        beat_max_loop_interval=settings.outbox_sweep_seconds,
        timezone="UTC",
    )
    return made


# Beside the time that tasks are given: to tell the broker, which may be gone.
LEAVING_SECONDS = 1

# Of the worker itself; the processes of its pool are forked from it.
_worker = os.getpid()
_settings = load_settings()
app = make_celery(_settings)


@setup_logging.connect  # type: ignore[untyped-decorator]
def use_our_logs(**_: object) -> None:
    """Let Celery's own lines take the form of all others."""
    configure_logging(_settings.log_level, _settings.log_format)


@worker_process_init.connect  # type: ignore[untyped-decorator]
def end_with_the_worker(**_: object) -> None:
    """A process of the pool that is stuck in a task ends with its worker, however that ends."""
    ask_for_signal(signal.SIGKILL)
    if os.getppid() != _worker:
        os._exit(os.EX_TEMPFAIL)


@worker_shutting_down.connect  # type: ignore[untyped-decorator]
def leave_in_time(**_: object) -> None:
    """End in time once told to stop: leaving, a worker waits without end for a broker that has gone.

    Nothing is lost, since what a task had in hand is a row.
    """
    leave = Timer(_settings.worker_shutdown_seconds + LEAVING_SECONDS, os._exit, (os.EX_TEMPFAIL,))
    leave.daemon = True
    leave.start()
