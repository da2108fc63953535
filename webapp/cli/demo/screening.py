"""What the secretariat does with a proposal that came in."""

from __future__ import annotations

from webapp.cli.demo.story import Story
from webapp.cli.demo.world import SECRETARIAT, World
from webapp.services import screening

MISFIT = (
    "The project may well be worth while, but it brings no digital technology to anybody: none of the initiative's "
    "articles covers it. The call can only take projects that carry out at least one of them."
)
RETURNED = (
    "The proposal is clear and nearly whole. Before partners are asked, say who answers for security at each partner, "
    "and how an incident would be reported."
)
ASKED = {"safeguards": "Name who answers for security at each partner, and within how many days incidents are told."}


def find_misfit(world: World, story: Story) -> None:
    """Find it ineligible: it fits no article."""
    seen = world.see(story.reference).revision
    with world.open_as(_member(story)) as work:
        screening.find_ineligible(work, story.reference, revision=seen, reason=MISFIT)


def send_back(world: World, story: Story) -> None:
    """Return it with what is to be changed."""
    seen = world.see(story.reference).revision
    with world.open_as(_member(story)) as work:
        screening.return_for_changes(work, story.reference, revision=seen, reason=RETURNED, sections=ASKED)


def let_pass(world: World, story: Story) -> None:
    """Pass it on to its partners."""
    seen = world.see(story.reference).revision
    with world.open_as(_member(story)) as work:
        screening.pass_screening(work, story.reference, revision=seen)


def _member(story: Story) -> str:
    return SECRETARIAT[story.number % len(SECRETARIAT)]
