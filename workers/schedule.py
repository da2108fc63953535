"""What beat asks for and how often; a sweep that nobody took before the next is due is dropped, not piled up."""

from __future__ import annotations

from typing import Any

HOUR = 3600


def timetable(sweep_seconds: int) -> dict[str, dict[str, Any]]:
    """Beat's table. It keeps no state: two beats ask twice, which does no harm."""
    every_sweep = ("outbox.run", "deadlines.run", "routing.run", "documents.run", "webhooks.run")
    every_hour = ("housekeeping.run", "files.run", "audit.run")
    times = {**dict.fromkeys(every_sweep, sweep_seconds), **dict.fromkeys(every_hour, HOUR), "bounces.run": HOUR // 6}
    return {
        task: {"task": task, "schedule": float(seconds), "options": {"expires": seconds}}
        for task, seconds in times.items()
    }
