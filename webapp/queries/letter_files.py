"""Files beside a decision: those of its letter, as its pages and its mail name them (R75)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.models.proposals import Document


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A file that shows how a condition is met, or goes with a letter; it opens once it is accepted."""

    public_id: str
    name: str
    state: str
    refusal: str


def list_files(session: Session, decision_ids: list[int]) -> Mapping[int | None, tuple[EvidenceFile, ...]]:
    """The files of these decisions' letters, by decision (R75)."""
    found: dict[int | None, tuple[EvidenceFile, ...]] = {}
    rows = session.scalars(
        select(Document)
        .where(Document.decision_id.in_(decision_ids), Document.removed_at.is_(None))
        .order_by(Document.id)
    )
    for row in rows:
        line = EvidenceFile(row.public_id, row.name, row.state, row.refusal or "")
        found[row.decision_id] = (*found.get(row.decision_id, ()), line)
    return found
