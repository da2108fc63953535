"""Works the outbox off: what is due is told, done and sent until nothing is left or the time is over."""

from __future__ import annotations

from time import monotonic

from webapp.domain.notices import USUAL_LANE
from webapp.services.outbox.deliver import deliver_due
from webapp.services.outbox.hooks import tasks_of
from webapp.services.outbox.perform import Opener, perform_due
from webapp.services.outbox.take_back import take_back

TASKS_AT_ONCE = 10


def run_outbox(open_work: Opener, *, seconds: float) -> int:
    """Tell events, do the tasks of the usual lane and send mails; returns how many rows were claimed.

    Any number of processes may do this at once.
    """
    until = monotonic() + seconds
    with open_work() as work:
        take_back(work)
        batch = work.rules.limits.outbox_batch
    total = 0
    while monotonic() < until:
        claimed = perform_due(open_work, "event", USUAL_LANE, limit=batch)
        for _ in range(TASKS_AT_ONCE):
            claimed += (done := perform_due(open_work, "task", USUAL_LANE, limit=1, tasks=tasks_of(USUAL_LANE)))
            if not done:
                break
        # All that is due, before more is told: what is told next does not wait behind a mountain of mails.
        while monotonic() < until:
            claimed += (done := deliver_due(open_work, limit=batch))
            if done < batch:
                break
        if not claimed:
            break
        total += claimed
    return total


def run_lane(open_work: Opener, lane: str, *, seconds: float) -> int:
    """Do the due tasks of one lane, one after the other; returns how many were claimed."""
    until = monotonic() + seconds
    total = 0
    while monotonic() < until:
        claimed = perform_due(open_work, "task", lane, limit=1, tasks=tasks_of(lane))
        if not claimed:
            break
        total += claimed
    return total
