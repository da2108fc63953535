"""Events: one thing that happened, named in the past tense, ready to be chained and told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """What a verb records. `name` is in the notices table or there said to be silent.

    `payload` is hashed and kept for good: ids, codes and the reason given, no contact details.
    """

    name: str
    subject_kind: str
    subject_id: int
    payload: Mapping[str, Any] = field(default_factory=dict)
    version_id: int | None = None
    acting_for_id: int | None = None
