"""What the partners of a proposal have said, for its standing (R33)."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from webapp.domain.endorsements import Sufficiency, Word, read_sufficiency
from webapp.models.calls import Call
from webapp.models.endorsements import Endorsement
from webapp.models.proposals import ProposalPartner


def find_asked(session: Session, proposal_id: int) -> list[Word]:
    """The state of each partner's case, for the standing of the proposal (R33).

    Those count that the version names which was sent last: one that is not asked yet is waited for, one
    that was left out is not.
    """
    rows = session.execute(
        select(ProposalPartner.is_lead, Endorsement.state, Endorsement.cooling_off_ends_at)
        .outerjoin(Endorsement, takes_part())
        .where(ProposalPartner.proposal_id == proposal_id)
        .order_by(Endorsement.id.nulls_last(), ProposalPartner.partner_id)
    )
    return [Word(row.is_lead, row.state or "to_request", row.cooling_off_ends_at) for row in rows]


def takes_part() -> ColumnElement[bool]:
    """The condition that joins a case with its partner's part in the proposal as it was last sent."""
    return and_(
        ProposalPartner.proposal_id == Endorsement.proposal_id, ProposalPartner.partner_id == Endorsement.partner_id
    )


def sufficiency(call: Call) -> Sufficiency:
    """What the call says suffices (R33)."""
    return read_sufficiency(call.endorsement)
