"""What is wrong with something that a person filled in, as data that every floor can pass on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend before a step can be taken (R5, R9).

    `section` and `field` say where: the section's id, and the path of the field inside it with dots
    ("answers.5.services"). `code` says what; the words for it are made on the pages floor from `code`
    and `params`, so that rules stay free of language.
    """

    section: str
    field: str
    code: str
    params: Mapping[str, str | int] = attribute(default_factory=dict, hash=False)
