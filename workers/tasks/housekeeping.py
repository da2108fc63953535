"""Clears away what has ended by time."""

from __future__ import annotations

from celery import shared_task

from webapp.services.housekeeping import clear_away
from workers.process import open_work


@shared_task(name="housekeeping.run")  # type: ignore[untyped-decorator]
def run() -> None:
    """Remove rows whose time is over."""
    with open_work() as work:
        clear_away(work)
