"""One mail a day instead of many, for who chose so: what need not come at once waits for its hour (R52)."""

from __future__ import annotations

from datetime import datetime

from webapp.services.work import UnitOfWork

TASK = "daily_digest"


def oblige_digest(work: UnitOfWork, person_id: int, due_at: datetime) -> None:
    """See to it that the person's daily mail goes out then; one for each such time, however much waits for it."""
    work.oblige(
        "task",
        {"task": TASK, "person_id": person_id},
        key=f"digest:{person_id}:{due_at.isoformat()}",
        order=f"digest:{person_id}",
        due_at=due_at,
    )
