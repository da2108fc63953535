"""The closed list of stages that any workflow may use (product.md §5), for the table's CHECK.

What a stage is called, whom it waits for and where it leads is the workflow's data.
"""

from __future__ import annotations

STAGES = (
    "draft",
    "screening",
    "returned",
    "endorsement",
    "review",
    "deliberation",
    "conditions",
    "approved",
    "published",
    "completed",
    "declined",
    "ineligible",
    "lapsed",
    "withdrawn",
)
