"""What is known of one demonstration proposal while its past is played."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


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
