"""Which documents still hold their bytes: those that are there, and those that a version froze."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, exists, or_

from webapp.models.proposals import Document, ProposalVersion

# A version froze what was there when it was received; its time and a removal's are read by two requests.
SLACK = timedelta(hours=1)


def is_held() -> ColumnElement[bool]:
    """That the document was not refused, and not removed before a version froze it."""
    frozen = exists().where(
        ProposalVersion.proposal_id == Document.proposal_id,
        ProposalVersion.submitted_at >= Document.uploaded_at,
        ProposalVersion.submitted_at <= Document.removed_at + SLACK,
    )
    return or_(
        and_(Document.removed_at.is_(None), Document.state != "refused"), and_(Document.state == "accepted", frozen)
    )
