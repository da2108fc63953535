"""What a journey is about: one call, one proposal, what is written of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.pages.filling import example

READERS = ("Ana Reyes", "Bello Danjuma", "Chandra Iyer")


@dataclass
class Story:
    """One proposal under a call of its own; `mark` tells it and its people from those of other stories."""

    mark: str
    example: str
    partners: tuple[tuple[str, str], tuple[str, str]]
    reference: str = ""
    sections: dict[str, Any] = field(init=False)
    reason: str = "The proposal is clear. Before partners are asked, one thing about security is needed."
    remark: str = "Name who answers for security at each partner."
    terms: str = "The training plan names at least one woman among the trainers at each site."
    condition: str = "Send the signed agreement between the partners."
    evidence: str = "The agreement was signed by both partners; the paper went to the secretariat by post."

    def __post_init__(self) -> None:
        self.sections = example(self.example)

    @property
    def title(self) -> str:
        """The proposal's title."""
        return str(self.sections["basics"]["title"])

    @property
    def call_code(self) -> str:
        """The code of the call."""
        return f"journey-{self.mark}"

    @property
    def call_title(self) -> str:
        """The title of the call."""
        return f"Small projects of two partners, {self.mark}"

    @property
    def articles(self) -> list[int]:
        """The articles that the proposal serves, the primary first."""
        chosen = self.sections["articles"]
        return [chosen["primary"], *chosen["secondary"]]
