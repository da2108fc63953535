"""What the secretariat and reviewers do with a panel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from webapp.cli.demo.story import Story
from webapp.cli.demo.world import SECRETARIAT, World
from webapp.domain.reviews import Sheet, make_sheet
from webapp.models.calls import Call
from webapp.models.proposals import ProposalVersion
from webapp.services.reviews.answer import accept_invitation, decline_invitation
from webapp.services.reviews.write import save_review, submit_review
from webapp.services.routing.by_hand import release_panel

TURNS = 4
STRENGTHS = (
    "The partners know each other, and the plan names who does what by when.",
    "The people it is for are named and counted, and the way to them is thought through.",
    "The sums are plausible and each line says what it pays for.",
)
WISHES = (
    "Say who keeps the service running once the project's money is spent.",
    "The baseline of the second indicator should be measured before work begins.",
    "Plan more time for procurement: two months are short for equipment of this kind.",
    "Describe how people without a smartphone take part.",
)


def go_through(world: World, story: Story) -> Iterator[float]:
    """Release the panel, answer the invitations, write the reviews as far as the story goes."""
    for turn in range(TURNS):
        if world.panel(story.reference, "proposed"):
            _release(world, story)
            yield 1
        if story.stage == "review" and story.place % 4 == 0:
            return
        _answer_invitations(world, story, may_decline=turn == 0 and story.number % 5 == 2)
        yield 1
        if not world.panel(story.reference, "proposed"):
            break
    if story.stage == "review" and story.place % 4 == 1:
        return
    yield 3
    wanted = story.place % 3 if story.stage == "review" else None
    for place, (public_id, email) in enumerate(world.panel(story.reference, "accepted")[:wanted]):
        _review(world, story, public_id, email, place)
        yield 1


def _release(world: World, story: Story) -> None:
    seen = world.see(story.reference).revision
    with world.open_as(SECRETARIAT[story.number % len(SECRETARIAT)]) as work:
        release_panel(work, story.reference, revision=seen)


def _answer_invitations(world: World, story: Story, *, may_decline: bool) -> None:
    for place, (public_id, email) in enumerate(world.panel(story.reference, "invited")):
        with world.open_as(email) as work:
            if may_decline and place == 0:
                decline_invitation(work, public_id, reason="I am in the field until the end of the month.")
            else:
                accept_invitation(work, public_id, no_conflict=True)


def _review(world: World, story: Story, public_id: str, email: str, place: int) -> None:
    proposal = world.see(story.reference)
    with world.open_as(email) as work:
        version = work.session.get_one(ProposalVersion, proposal.version_id)
        call = work.session.get_one(Call, proposal.call_id)
        sheet = make_sheet(version.content, work.rules.initiative, call.rubric)
        save_review(work, public_id, _opinion(story, sheet, place), base_version=0)
        submit_review(work, public_id)


def _opinion(story: Story, sheet: Sheet, place: int) -> dict[str, Any]:
    """Good marks, poor ones for what is declined; one reviewer of a few panels sees it differently."""
    poor = story.stage == "declined" or (story.number % 7 == 3 and place == 2)
    scores = {}
    for number, asked in enumerate(sheet.criteria):
        mark = asked.criterion.lowest + 1 if poor else asked.criterion.highest - (story.number + number + place) % 3
        scores[asked.key] = max(asked.criterion.lowest, min(mark, asked.criterion.highest))
    first = sheet.articles[0] if sheet.articles else 0
    recommendation = "do_not_approve" if poor else ("approve_with_conditions" if place == 1 else "approve")
    wish = WISHES[(story.number + place) % len(WISHES)]
    return {
        "scores": scores,
        "alignment": {str(a): "partial" if poor or a != first else "strong" for a in sheet.articles},
        "claims": {
            claim.key: {"answer": _claim_answer(story, n + place, poor)} for n, claim in enumerate(sheet.claims)
        },
        "comments": {sheet.criteria[0].key: wish} if sheet.criteria else {},
        "recommendation": recommendation,
        "reason": "The plan does not show how its results would outlast the project." if poor else "",
        "for_applicant": f"{STRENGTHS[(story.number + place) % len(STRENGTHS)]} {wish}",
        "for_secretariat": "",
    }


def _claim_answer(story: Story, place: int, poor: bool) -> str:
    if poor:
        return "not_shown"
    return "weak" if (story.number + place) % 4 == 0 else "agreed"
