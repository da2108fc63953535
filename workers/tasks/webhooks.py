"""Tells other systems of events."""

from __future__ import annotations

from celery import shared_task

from webapp.services.outbox.call_out import run_webhooks
from workers.process import open_work, working_seconds


@shared_task(name="webhooks.run")  # type: ignore[untyped-decorator]
def run() -> None:
    """Make the calls that are due."""
    run_webhooks(open_work, seconds=working_seconds())
