"""What the secretariat decides, and what follows until the proposal is in the register."""

from __future__ import annotations

from collections.abc import Iterator

from webapp.cli.demo.story import Story
from webapp.cli.demo.world import SECRETARIAT, World
from webapp.domain.decisions import ConditionText
from webapp.services.decisions.conditions import settle_condition, submit_evidence
from webapp.services.decisions.confirm import confirm_decision
from webapp.services.decisions.draft import Draft, draft_decision

CONDITIONS = (
    ConditionText("Send the signed agreement between the partners on who owns and maintains what is built."),
    ConditionText("Send the measured baseline of each indicator before the first payment is made."),
)
APPROVED = (
    "The initiative approves your proposal. The reviewers found the need well shown and the partners able to do what "
    "they set out to do; their remarks for you are on the proposal's page. We wish you every success."
)
WITH_CONDITIONS = (
    "The initiative approves your proposal with the conditions below. Show how each is met on the proposal's page; the "
    "approval stands once the last of them is settled."
)
DECLINED = (
    "The initiative does not approve your proposal. The reviewers did not find that its results would last beyond the "
    "project. Their remarks are on the proposal's page; you may appeal within twenty working days."
)
OUTLASTING = "The reviewers agree that the results would not outlast the project."


def decide(world: World, story: Story) -> Iterator[float]:
    """Draft, confirm by another member, settle conditions, as far as the story goes."""
    if story.stage == "deliberation" and story.place % 2 == 0:
        return
    yield 2
    _draft(world, story)
    if story.stage == "deliberation":
        return
    yield 1
    seen = world.see(story.reference).revision
    with world.open_as(_member(story, 1)) as work:
        confirm_decision(work, story.reference, revision=seen)
    if not _has_conditions(story):
        return
    for number in range(1, len(CONDITIONS) + 1):
        yield 3
        yield from _meet(world, story, number)
        if story.stage == "conditions":
            return


def _draft(world: World, story: Story) -> None:
    draft = Draft("approved", "", APPROVED)
    if story.stage == "declined":
        draft = Draft("declined", OUTLASTING, DECLINED)
    elif _has_conditions(story):
        draft = Draft("approved_with_conditions", "", WITH_CONDITIONS, CONDITIONS)
    seen = world.see(story.reference).revision
    with world.open_as(_member(story, 0)) as work:
        draft_decision(work, story.reference, draft, revision=seen)


def _meet(world: World, story: Story, number: int) -> Iterator[float]:
    if story.stage == "conditions" and story.place == 0:
        return
    with world.open_as(story.owner) as work:
        submit_evidence(
            work, story.reference, number, evidence="The signed paper went to the desk by post and by mail."
        )
    if story.stage == "conditions" and story.place == 1:
        return
    yield 1
    seen = world.see(story.reference).revision
    with world.open_as(_member(story, 0)) as work:
        settle_condition(work, story.reference, number, outcome="met", revision=seen)


def _has_conditions(story: Story) -> bool:
    return story.stage == "conditions" or (story.stage == "published" and story.place % 5 == 4)


def _member(story: Story, other: int) -> str:
    return SECRETARIAT[(story.number + other) % len(SECRETARIAT)]
