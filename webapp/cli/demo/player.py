"""Takes proposals through their past: each at its own pace, all by one clock."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from datetime import datetime, timedelta

from webapp.cli.demo.journey import Days, walk
from webapp.cli.demo.story import Story
from webapp.cli.demo.world import World

SATURDAY = 5


class Player:
    """The steps of some proposals in the order of time; `now` is when the past ends."""

    def __init__(self, world: World, stories: Sequence[Story], now: datetime) -> None:
        self._world = world
        self._steps: list[tuple[datetime, int, Story, Days]] = []
        for story in stories:
            self._wait(_working(now - timedelta(days=story.days), story), story, walk(world, story))

    def play_until(self, end: datetime) -> None:
        """Take every step before that moment."""
        while self._steps and self._steps[0][0] < end:
            at, _number, story, days = heapq.heappop(self._steps)
            self._world.clock.at = at
            pause = next(days, None)
            if pause is not None:
                self._wait(_working(at + timedelta(days=pause), story), story, days)

    def _wait(self, at: datetime, story: Story, days: Days) -> None:
        heapq.heappush(self._steps, (at, story.number, story, days))


def _working(at: datetime, story: Story) -> datetime:
    """That day or the next working one, at this story's time of day."""
    while at.weekday() >= SATURDAY:
        at += timedelta(days=1)
    hour, minute = divmod(story.number * 37 % 420, 60)
    return at.replace(hour=8 + hour, minute=minute, second=story.number * 7 % 60, microsecond=0)
