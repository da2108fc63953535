"""Reviews: assignment and recommendation words, when a review is whole, quorum and rounds."""

from __future__ import annotations

ASSIGNMENT_STATES = (
    "proposed",
    "invited",
    "accepted",
    "submitted",
    "declined",
    "expired",
    "recused",
    "removed",
)
LIVE_ASSIGNMENTS = ("proposed", "invited", "accepted", "submitted")
# In this order everywhere (ux-guide §6).
RECOMMENDATIONS = ("approve", "approve_with_conditions", "revise", "do_not_approve")
ALIGNMENTS = ("strong", "partial", "none")
