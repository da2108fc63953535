"""Looks through the mails that came back."""

from __future__ import annotations

from celery import shared_task

from webapp.services.outbox.bounces import read_returned
from workers.process import open_work


@shared_task(name="bounces.run")  # type: ignore[untyped-decorator]
def run() -> None:
    """Take the reports that they hold."""
    read_returned(open_work)
