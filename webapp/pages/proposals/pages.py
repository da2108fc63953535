"""All pages of the proposals room, gathered on its blueprint."""

from __future__ import annotations

from webapp.pages.proposals import (
    articles,
    files,
    items,
    own,
    picking,
    remapping,
    sections,
    sharing,
    signing,
    submitting,
    suggesting,
    versions,
)
from webapp.pages.proposals.room import proposals

__all__ = [
    "articles",
    "files",
    "items",
    "own",
    "picking",
    "proposals",
    "remapping",
    "sections",
    "sharing",
    "signing",
    "submitting",
    "suggesting",
    "versions",
]
