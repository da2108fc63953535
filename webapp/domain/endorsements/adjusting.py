"""Named fields that a partner asks to be changed, and the version that is made of them alone (R31, R68)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

WHOLE = "proposal"
"""What a question is about that concerns no field."""

# Not the lead, the mapping, or the declarations: who takes part and which articles are served is what all
# partners were asked about, and what somebody declared is theirs alone.
_PARTS: Mapping[str, tuple[str, ...]] = {
    "basics": ("title", "summary", "sector", "language"),
    "partners": ("participants", "city_pairs", "lead_contact_name", "lead_contact_email"),
    "articles": ("justifications", "answers"),
    "results": ("indicators",),
    "plan": ("objectives", "activities", "starts_on", "ends_on", "milestones"),
    "budget": ("lines", "sources"),
    "safeguards": ("inclusion", "environment", "personal_data", "security", "artificial_intelligence"),
}
ADJUSTABLE: tuple[str, ...] = (
    *(f"{section}.{part}" for section, parts in _PARTS.items() for part in parts),
    "documents",
)
"""The fields that a change can be asked of: a part of a section with its dot, or the documents."""


def editable_parts(fields: Iterable[str], section: str) -> frozenset[str]:
    """Of the fields named the parts of this section; of a section that is one field, its own name."""
    named = set(fields)
    if section in named:
        return frozenset({section})
    return frozenset(name.partition(".")[2] for name in named if name.startswith(f"{section}."))


def overlay(before: Mapping[str, Any], after: Mapping[str, Any], fields: Iterable[str]) -> dict[str, Any]:
    """The content of a version with these fields, and nothing else, taken from another content."""
    made = dict(before)
    for name in fields:
        section, dot, part = name.partition(".")
        if not dot:
            made[section] = after.get(section)
            continue
        new = after.get(section) or {}
        kept = {**(made.get(section) or {})}
        kept.pop(part, None)
        if part in new:
            kept[part] = new[part]
        made[section] = kept
    return made
