"""The reviewers' part: an account by invitation, what they know, the invitation to a proposal, the review."""

from __future__ import annotations

from tests.journeys.people import Person
from tests.journeys.story import Story


def join(reviewer: Person, story: Story) -> None:
    """Accept the seat by the mail's link with a new account, and say what one knows."""
    reviewer.opens_mail("You are invited to Proposal Desk", "/invitations/")
    reviewer.reads("Reviewer for a call", story.call_title, reviewer.email)
    reviewer.writes("Full name", reviewer.name)
    reviewer.writes("Password", reviewer.password)
    reviewer.presses("Accept invitation")
    reviewer.reads("You have accepted. Sign in to begin.")
    reviewer.signs_in_here()
    reviewer.reads("What you bring as a reviewer")
    reviewer.fills_in({"languages": ["en"], **{f"level-{number}": "3" for number in story.articles}, "load_max": "4"})
    reviewer.presses("Save profile")
    reviewer.reads("Thank you. Your profile is saved.")


def accept(reviewer: Person, story: Story) -> None:
    """Declare that there is no conflict of interest, and accept."""
    reviewer.opens_mail(f"[{story.reference}] Can you review this proposal?", "/reviews/")
    reviewer.reads("Your answer", story.title, story.sections["partners"]["lead_organisation"]["name"])
    reviewer.is_refused("Accept the invitation", "conflict of interest")
    reviewer.picks("I have no conflict of interest with this proposal")
    reviewer.presses("Accept the invitation")
    reviewer.reads("Your review", "You see the other reviews when yours is in.")


def review(reviewer: Person, story: Story, place: int) -> None:
    """Score each criterion, rate each article, recommend, check and send."""
    words = f"A sound plan; the {('first', 'second', 'third')[place]} of us says so."
    reviewer.opens("/reviews")
    reviewer.opens_row(story.title)
    for number, (name, values) in enumerate(reviewer.choices("#sheet").items()):
        if name.startswith("score_"):
            reviewer.fills_in({name: values[-1 - (number + place) % 2]})
        elif name.startswith("alignment_"):
            reviewer.fills_in({name: "strong"})
    reviewer.picks("Approve with conditions" if place == 1 else "Approve")
    reviewer.writes("Comment for the applicant", words)
    reviewer.presses("Check and send")
    reviewer.reads("You can change it until the decision.", words)
    reviewer.presses("Send your review")
    reviewer.reads("Your review is in. Thank you.", "Read the other reviews")
