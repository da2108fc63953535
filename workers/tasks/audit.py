"""Makes the daily root over all chains of events."""

from __future__ import annotations

from celery import shared_task

from webapp.services.audit import make_roots
from workers.process import open_work


@shared_task(name="audit.run")  # type: ignore[untyped-decorator]
def run() -> None:
    """Make the roots of the days that are over."""
    with open_work() as work:
        make_roots(work)
