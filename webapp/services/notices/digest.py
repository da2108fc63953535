"""One mail a day instead of many, for who chose so: what need not come at once waits for its hour (R52)."""

from __future__ import annotations

from datetime import datetime

from webapp.domain.errors import Invalid
from webapp.domain.policy import Action
from webapp.domain.problems import Problem
from webapp.models.people import Person
from webapp.services.access import allow
from webapp.services.work import UnitOfWork

TASK = "daily_digest"


def choose_digest(work: UnitOfWork, hour: int | None) -> None:
    """Have one mail a day at this hour of one's own clock, or (None) each by itself again.

    What waits when somebody goes back still comes, in the mail that was due. Raises Invalid for no hour.
    """
    allow(work, Action.USE_ACCOUNT)
    if hour is not None and not 0 <= hour <= 23:
        raise Invalid([Problem("account", "digest_hour", "digest_hour_unknown")])
    work.session.get_one(Person, work.actor.person_id).digest_hour = hour


def oblige_digest(work: UnitOfWork, person_id: int, due_at: datetime) -> None:
    """See to it that the person's daily mail goes out then; one for each such time, however much waits for it."""
    work.oblige(
        "task",
        {"task": TASK, "person_id": person_id},
        key=f"digest:{person_id}:{due_at.isoformat()}",
        order=f"digest:{person_id}",
        due_at=due_at,
    )
