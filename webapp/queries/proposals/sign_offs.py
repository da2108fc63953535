"""Which organisations of a proposal certify it before it is submitted, and how far that is (R69)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from webapp.domain.rulebook import Rulebook
from webapp.domain.sign_offs import SignOff
from webapp.models.people import Organisation
from webapp.models.sign_offs import SignOff as SignOffRow
from webapp.queries.notices.events import Told, adds
from webapp.queries.notices.letters import unlinked
from webapp.queries.proposals.around import named_organisations


def list_sign_offs(session: Session, proposal_id: int, contents: Mapping[str, Mapping[str, Any]]) -> list[SignOff]:
    """Of the organisations that these sections name those that require a signature, each with its last sign-off."""
    last = (
        select(SignOffRow)
        .where(SignOffRow.proposal_id == proposal_id)
        .ext(distinct_on(SignOffRow.organisation_id))
        .order_by(SignOffRow.organisation_id, SignOffRow.number.desc())
        .subquery()
    )
    rows = session.execute(
        select(Organisation, last)
        .outerjoin(last, last.c.organisation_id == Organisation.id)
        .where(
            Organisation.id.in_(named_organisations(contents.get("partners", {}))), Organisation.signatory_email != ""
        )
        .order_by(Organisation.id)
    )
    return [
        SignOff(
            organisation_id=row.Organisation.id,
            organisation=row.Organisation.name,
            signatory=row.Organisation.signatory_name,
            state=row.state or "",
            number=row.number or 0,
            sha256=row.sha256 or "",
            reason=row.reason or "",
            at=row.settled_at or row.asked_at,
            signed_by=row.signed_by or "",
        )
        for row in rows
    ]


@adds(
    "sign_off_asked",
    "sign_off_given",
    "sign_off_sent_back",
    gives={"organisation": "Ministry of Trade", "signatory": "Grace Wanjiru"},
)
def sign_off_facts(session: Session, rules: Rulebook, told: Told) -> Mapping[str, object]:
    """Which organisation signs, and by whom."""
    organisation = session.get_one(Organisation, told.event.payload["organisation_id"])
    return {"organisation": unlinked(organisation.name), "signatory": unlinked(organisation.signatory_name)}
