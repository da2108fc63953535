"""The secretariat's part: a call with its reviewers, screening, the panel, the decision, its conditions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from tests.journeys.people import Person
from tests.journeys.story import Story


def make_call(member: Person, story: Story) -> None:
    """A call without an end, whose approved proposals go into the register at once."""
    member.signs_in()
    member.opens("/desk")
    member.follows("Set up calls")
    member.follows("Make a call")
    today = datetime.now(UTC)
    member.fills_in(
        {
            "code": story.call_code,
            "title": story.call_title,
            "summary": "For projects that two partners carry out together and show to all others.",
            "articles": [3, *story.articles],
            "time_zone": "UTC",
            "opens_on-day": today.day,
            "opens_on-month": today.month,
            "opens_on-year": today.year,
            "opens_time": "00:00",
            "grace_minutes": "15",
            "reviews_wanted": "3",
            "quorum": "3",
            "embargo_days": "0",
            "contacts": ["y"],
            "budget": ["y"],
        }
    )
    member.presses("Make the call")
    member.reads(story.call_title, "Open")


def invite_reviewers(member: Person, reviewers: Sequence[Person], story: Story) -> None:
    """Three people are asked by mail to review for the call."""
    for reviewer in reviewers:
        member.opens("/desk/people")
        member.follows("Invite")
        member.writes("Email address", reviewer.email)
        member.picks("Reviewer for a call")
        member.fills_in({"call": story.call_code})
        member.presses("Send invitation")
        member.reads(f"The invitation is on its way to {reviewer.email}.")


def return_it(member: Person, story: Story) -> None:
    """Screen, and ask for one change with a reason."""
    member.opens_mail(story.reference, f"/desk/proposals/{story.reference}")
    member.reads(story.title, "To screen")
    member.opens(f"/desk/proposals/{story.reference}/screening")
    member.follows("Return for changes")
    member.fills_in({"reason": story.reason, "safeguards": story.remark})
    member.presses("Return for changes")
    member.reads("Returned")


def let_pass(member: Person, story: Story) -> None:
    """See what changed, and pass it on to the partners."""
    member.opens(f"/desk/proposals/{story.reference}")
    member.follows("What changed")
    member.reads("answers for security")
    member.opens(f"/desk/proposals/{story.reference}/screening")
    member.follows("Pass screening")
    member.presses("Pass screening")
    member.reads("With focal points")


def release_panel(member: Person, reviewers: Sequence[Person], story: Story) -> None:
    """Look at the panel that the worker proposed, and let its invitations go out."""
    member.opens(f"/desk/proposals/{story.reference}/panel")
    member.waits_to_read("On the panel: 3 of 3")
    member.reads(*(reviewer.name for reviewer in reviewers), "Knows article")
    member.follows("Release the panel")
    member.presses("Send the invitations")
    member.reads("On the panel: 3 of 3", "Answer by")


def draft_decision(member: Person, story: Story) -> None:
    """Read what the panel says, and draft an approval with one condition."""
    member.opens(f"/desk/proposals/{story.reference}")
    member.reads("To decide")
    member.opens(f"/desk/proposals/{story.reference}/decision")
    member.reads("Reviews in: 3 of 3.", "Scores by criterion", "Alignment with the articles", "Mean")
    member.writes("Write to the panel", "Thank you all. Is one condition on the agreement enough?")
    member.presses("Send")
    member.reads("Is one condition on the agreement enough?")
    member.picks("Approve with conditions")
    member.writes("Condition 1", story.condition)
    member.presses("Save the draft")
    member.reads("Another member of the secretariat confirms it.")


def confirm_decision(member: Person, story: Story) -> None:
    """Read the letter as it will be sent, and confirm what another drafted."""
    member.opens("/desk/decisions")
    member.follows(story.title)
    member.follows("Read the letter and confirm")
    member.reads("The letter as it will be sent", story.condition)
    member.presses("Confirm and send")
    member.reads("Conditions open")


def settle_condition(member: Person, story: Story) -> None:
    """Read the evidence and say that the condition is met."""
    member.opens_mail(f"[{story.reference}] Evidence for condition 1", f"/desk/proposals/{story.reference}")
    member.reads(story.evidence)
    member.presses("It is met")
    member.reads("The condition is settled.")
