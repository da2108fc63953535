"""The numbers of the desk's first page, kept by each process until something was recorded or falls due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import current_app

from webapp.domain.people import Actor
from webapp.pages.shared.context import rulebook, wiring
from webapp.queries.audit import Mark, find_mark
from webapp.queries.decisions import Waiting, count_waiting
from webapp.queries.desk import StageCount, count_stages

KEPT = "desk_tallies"
PEOPLE_AT_MOST = 50
"""Of so many people the numbers are kept; a secretariat is smaller."""


@dataclass(frozen=True, slots=True)
class Tallies:
    """What one person sees counted, at one state of the record and one time."""

    mark: Mark
    counted_at: datetime
    stages: Sequence[StageCount]
    waiting: Waiting

    def hold(self, mark: Mark, now: datetime) -> bool:
        """Whether they are still true: nothing was recorded, and nothing has fallen due since."""
        due = min((one.next_due_at for one in self.stages if one.next_due_at is not None), default=None)
        return self.mark == mark and self.counted_at <= now and (due is None or now <= due)


def find_tallies(actor: Actor, now: datetime) -> Tallies:
    """The numbers as they are now; counted anew only where they may have changed."""
    kept: dict[Actor, Tallies] = current_app.extensions.setdefault(KEPT, {})
    with wiring().open_reading() as session:
        mark = find_mark(session)
        found = kept.get(actor)
        if found is None or not found.hold(mark, now):
            if len(kept) >= PEOPLE_AT_MOST:
                kept.clear()
            waiting = count_waiting(session, rulebook(), actor)
            found = kept[actor] = Tallies(mark, now, count_stages(session, actor, now), waiting)
    return found
