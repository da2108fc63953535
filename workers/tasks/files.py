"""Clears away the bytes of files that nobody holds any more."""

from __future__ import annotations

from celery import shared_task

from webapp.services.proposals.clearing import clear_files
from workers.process import open_work, working_seconds


@shared_task(name="files.run")  # type: ignore[untyped-decorator]
def run() -> None:
    """Remove the bytes that nobody holds."""
    clear_files(open_work, seconds=working_seconds())
