"""What focal points do with the requests they get."""

from __future__ import annotations

from collections.abc import Iterator

from webapp.cli.demo.story import Story
from webapp.cli.demo.world import World
from webapp.services.endorsements.answering import acknowledge, answer


def gather(world: World, story: Story) -> Iterator[float]:
    """One partner after the other answers; of those still to answer at the end, one has acknowledged."""
    asked = story.partners
    stays = story.stage in ("endorsement", "withdrawn")
    answering = asked[: story.place % len(asked)] if stays else asked
    for place, code in enumerate(answering):
        _answer(world, story, code, place)
        yield 1
    if stays and story.place % 2 == 0:
        code = asked[len(answering)]
        with world.open_as(_focal(code)) as work:
            acknowledge(work, story.reference, code)
        yield 1


def _answer(world: World, story: Story, code: str, place: int) -> None:
    version = world.see(story.reference).version_id
    word = "no_objection" if place and (story.number + place) % 5 == 0 else "endorse"
    with world.open_as(_focal(code)) as work:
        answer(work, story.reference, code, word, version)


def _focal(code: str) -> str:
    return f"focal.{code.lower()}@demo.example"
