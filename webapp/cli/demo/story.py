"""What is known of each demonstration proposal while its past is played."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Any

from config import demo

# For each stage: how many days ago its youngest proposal began, and how many more each other one.
BEGAN = {
    "draft": (2, 2),
    "screening": (5, 2),
    "returned": (11, 3),
    "endorsement": (14, 2),
    "review": (24, 1),
    "deliberation": (38, 1),
    "conditions": (42, 3),
    "approved": (42, 2),
    "published": (75, 5),
    "declined": (56, 6),
    "ineligible": (12, 9),
    "lapsed": (50, 1),
    "withdrawn": (14, 14),
}
APPLICANT, COLLABORATOR = "applicant@demo.example", "collaborator@demo.example"


@dataclass
class Story:
    """The proposal's text, the stage it goes to, its place among those of that stage, and who owns it.

    `days` is how long ago it began; `reference` is empty until it did.
    """

    given: dict[str, Any]
    stage: str
    place: int
    number: int
    owner: str
    days: int
    editor: str = ""
    reference: str = ""

    @property
    def partners(self) -> list[str]:
        """The codes of the partners that take part, the lead first."""
        content = self.given["sections"]["partners"]
        codes = [content["lead_partner"], *(one["partner"] for one in content["participants"])]
        return list(dict.fromkeys(codes))

    @property
    def documents(self) -> list[dict[str, str]]:
        """Name, title and text of each document."""
        found: list[dict[str, str]] = self.given["documents"]
        return found


def choose_stories(count: int | None) -> list[Story]:
    """The stories: the first of each stage, then the second of each, and so on."""
    journeys, proposals = demo.journeys(), demo.proposals()
    columns = [[(stage, place, one) for place, one in enumerate(ids)] for stage, ids in journeys["stages"].items()]
    in_turn = [one for one in chain.from_iterable(zip_longest(*columns)) if one is not None]
    return [
        _story(proposals[one], stage, place, number, is_applicants=one in journeys["applicant"])
        for number, (stage, place, one) in enumerate(in_turn[:count])
    ]


def _story(given: dict[str, Any], stage: str, place: int, number: int, *, is_applicants: bool) -> Story:
    least, more = BEGAN[stage]
    owner = APPLICANT if is_applicants else given["sections"]["partners"]["lead_contact_email"]
    editor = COLLABORATOR if is_applicants and stage == "returned" else ""
    return Story(given, stage, place, number, owner, least + more * place, editor)
