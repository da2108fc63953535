"""What was seen before and must not be otherwise later: heads of chains, stages, frozen rows, references."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field


@dataclass
class Memory:
    """By subject the head and length of its chain; by proposal where its events lead; by row its text.

    `said` are reminders and the like that were told before, by what makes each of them one.
    """

    heads: dict[tuple[str, int], tuple[str, int]] = field(default_factory=dict)
    last_event: int = 0
    lives: dict[int, tuple[str, str | None]] = field(default_factory=dict)
    case_states: dict[int, str] = field(default_factory=dict)
    frozen: dict[tuple[str, int], str] = field(default_factory=dict)
    references: dict[str, int] = field(default_factory=dict)
    said: dict[tuple[object, ...], int] = field(default_factory=dict)

    def copy(self) -> Memory:
        """The same, for another life that begins here."""
        return copy.deepcopy(self)
