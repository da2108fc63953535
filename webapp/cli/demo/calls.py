"""Opens the demonstration's two calls."""

from __future__ import annotations

from datetime import datetime, timedelta

from webapp.cli.demo.world import SECRETARIAT, World
from webapp.domain.calls import Terms
from webapp.services.calls.create import create_call

SKILLS = (9, 10, 13)


def make_calls(world: World, now: datetime) -> None:
    """A rolling call over all articles, and one on skills that closes in some weeks."""
    opened = world.clock.at + timedelta(days=1)
    every = tuple(article.number for article in world.wired.rules.initiative.articles)
    with world.open_as(SECRETARIAT[0]) as work:
        create_call(
            work,
            "open-2026",
            Terms(
                title="Joint digital projects of the partners",
                summary="Put forward a project that at least two partners carry out together, under any of the "
                "initiative's articles. Proposals are taken at any time; each is decided on its own.",
                articles=every,
                opens_at=opened,
                embargo_days=20,
                contacts=True,
                budget=True,
            ),
        )
        create_call(
            work,
            "skills-2026",
            Terms(
                title="Digital skills and inclusion",
                summary="For projects that teach people and small firms to use digital technology, or bring in those "
                "who are left out. Two partners at least; decisions follow within four months.",
                articles=SKILLS,
                opens_at=opened,
                closes_at=(now + timedelta(days=75)).replace(hour=15, minute=0, second=0, microsecond=0),
                embargo_days=20,
                contacts=True,
                budget=True,
            ),
        )
