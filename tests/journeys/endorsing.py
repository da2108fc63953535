"""The focal points' part: the mail's link, the request acknowledged, the partner's word."""

from __future__ import annotations

from tests.journeys.people import Person
from tests.journeys.story import Story


def acknowledge(focal: Person, story: Story, partner: str) -> None:
    """Open the letter's link, read the proposal, take the request on; opening alone changes nothing."""
    focal.opens_mail(f"[{story.reference}] Please endorse by", f"/endorsements/{story.reference}")
    focal.waits_to_read(f"Endorse this proposal for {partner}?")  # the worker notes the delivery a moment after it
    focal.reads(story.title, "Acknowledge by")
    focal.follows("Read the full proposal")
    focal.reads(story.sections["plan"]["objectives"].splitlines()[0])
    focal.page.go_back()
    focal.presses("Acknowledge, answer later")
    focal.reads("Acknowledged. Your time to answer has started.", "Answer by")


def endorse(focal: Person, story: Story, partner: str) -> None:
    """Endorse, by the keyboard alone from the sign-in page on."""
    with focal.using_keys_alone():
        focal.opens("/sign-in")
        focal.writes("Email address", focal.email)
        focal.writes("Password", focal.password)
        focal.presses("Sign in")
        focal.opens("/endorsements")
        focal.follows(story.title)
        focal.follows(f"Endorse for {partner}")
        focal.reads("It is voluntary and non-binding.")
        focal.presses(f"Endorse for {partner}")
    focal.reads(f"Your answer for {partner} is kept", "Endorsed")


def endorse_with_conditions(focal: Person, story: Story, partner: str) -> None:
    """Endorse with the partner's conditions."""
    focal.follows("Endorse with conditions")
    focal.is_refused("Endorse with conditions", "Enter the conditions")
    focal.writes("Conditions", story.terms)
    focal.presses("Endorse with conditions")
    focal.reads(f"Your answer for {partner} is kept", story.terms)
