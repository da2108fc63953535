"""What must end before a person can be erased, and the pseudonym under which the record keeps them (R60)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Holding:
    """What binds a person: seats in force, reviews under way, references of their proposals under way."""

    seats: int = 0
    reviews: int = 0
    proposals: tuple[str, ...] = ()

    @property
    def is_free(self) -> bool:
        """Nothing stands in the way of erasure."""
        return not (self.seats or self.reviews or self.proposals)


def pseudonym(person_id: int) -> str:
    """The name that stands where the person's did."""
    return f"Former user {person_id}"


def erased_address(person_id: int) -> str:
    """An address that nobody can have, in the place of the person's."""
    return f"erased-{person_id}@erased.invalid"
