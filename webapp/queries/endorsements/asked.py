"""What the partners of a proposal have said, for its standing (R33)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.endorsements import Sufficiency, Word, read_sufficiency
from webapp.models.calls import Call
from webapp.models.endorsements import Endorsement


def find_asked(session: Session, proposal_id: int) -> list[Word]:
    """The state of each partner's case on the proposal, for its standing (R33)."""
    rows = session.execute(
        select(Endorsement.is_lead, Endorsement.state, Endorsement.cooling_off_ends_at)
        .where(Endorsement.proposal_id == proposal_id)
        .order_by(Endorsement.id)
    )
    return [Word(row.is_lead, row.state, row.cooling_off_ends_at) for row in rows]


def sufficiency(call: Call) -> Sufficiency:
    """What the call says suffices (R33)."""
    return read_sufficiency(call.endorsement)
