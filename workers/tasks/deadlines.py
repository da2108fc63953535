"""Fires the timers that are due."""

from __future__ import annotations

from celery import shared_task

from webapp.services.deadlines import sweep_timers
from workers.process import open_work, working_seconds


@shared_task(name="deadlines.run")  # type: ignore[untyped-decorator]
def run() -> None:
    """Fire every due timer."""
    sweep_timers(open_work, seconds=working_seconds())
