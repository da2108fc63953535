"""What the letters to reviewers say beside the event: how far their part had come."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from webapp.domain.rulebook import Rulebook
from webapp.queries.notices import Told, adds


@adds("review_reminder", "review_lapsed", gives={"assignment_state": "accepted"})
def assignment_words(session: Session, rules: Rulebook, told: Told) -> Mapping[str, object]:
    """The state the assignment was in: "invited" waits for an answer, "accepted" for the review."""
    payload = told.event.payload
    return {"assignment_state": payload.get("state") or payload.get("was", "")}
