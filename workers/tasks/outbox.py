"""Tells events and sends mails."""

from __future__ import annotations

from celery import shared_task

from webapp.services.outbox.run import run_outbox
from workers.process import open_work, working_seconds


@shared_task(name="outbox.run")  # type: ignore[untyped-decorator]
def run() -> None:
    """Work the outbox off."""
    run_outbox(open_work, seconds=working_seconds())
