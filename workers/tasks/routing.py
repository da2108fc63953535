"""Routes the proposals that entered review."""

from __future__ import annotations

from celery import shared_task

from webapp.services.outbox.run import run_lane
from workers.process import open_work, working_seconds


@shared_task(name="routing.run")  # type: ignore[untyped-decorator]
def run() -> None:
    """Do the tasks of this lane."""
    run_lane(open_work, "routing", seconds=working_seconds())
