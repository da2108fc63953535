"""One proposal's way through its life: what is done to it, by whom, with how many days between."""

from __future__ import annotations

from collections.abc import Iterator

from webapp.cli.demo import deciding, drafting, endorsing, reviewing, screening
from webapp.cli.demo.story import Story
from webapp.cli.demo.world import World

Days = Iterator[float]


def walk(world: World, story: Story) -> Days:
    """Do one step after the other until the proposal is in its stage; yields the days until the next."""
    drafting.begin(world, story)
    yield 1
    if story.stage == "draft":
        drafting.fill(world, story, sections=3 + story.number % 5)
        return
    drafting.fill(world, story)
    drafting.attach(world, story)
    yield 1
    drafting.hand_in(world, story)
    if story.stage == "screening":
        return
    yield 3
    yield from _after_screening(world, story)


def _after_screening(world: World, story: Story) -> Days:
    if story.stage == "withdrawn" and story.place == 0:
        drafting.take_back(world, story)
        return
    if story.stage == "ineligible":
        screening.find_misfit(world, story)
        return
    if story.stage in ("returned", "lapsed") or story.number % 6 == 0:
        screening.send_back(world, story)
        if story.stage in ("returned", "lapsed"):
            return
        yield 3
        drafting.mend(world, story)
        yield 2
    screening.let_pass(world, story)
    yield 1
    yield from endorsing.gather(world, story)
    if story.stage == "withdrawn":
        drafting.take_back(world, story)
    if story.stage in ("withdrawn", "endorsement"):
        return
    yield from reviewing.go_through(world, story)
    if story.stage != "review":
        yield from deciding.decide(world, story)
