"""The organisations of a partner, and who signs for each before a proposal is submitted (R69)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.errors import NotFound
from webapp.domain.people import Actor
from webapp.domain.policy import Action, Nothing, decide
from webapp.models.partners import Partner
from webapp.models.people import Organisation
from webapp.queries.access import require


@dataclass(frozen=True, slots=True)
class SignedFor:
    """An organisation of the partner, and who signs for it before submission; empty where nobody has to (R69)."""

    id: int
    name: str
    is_confirmed: bool
    signatory_name: str
    signatory_email: str


def list_organisations(session: Session, actor: Actor, code: str) -> list[SignedFor]:
    """All organisations of the partner; raises NotFound, NotAllowed."""
    partner = session.scalars(select(Partner).where(Partner.code == code)).one_or_none()
    if partner is None:
        raise NotFound
    require(decide(actor, Action.MANAGE_PARTNER, Nothing(initiative_id=partner.initiative_id, partner_id=partner.id)))
    rows = session.scalars(
        select(Organisation).where(Organisation.partner_id == partner.id).order_by(Organisation.name).limit(500)
    )
    return [
        SignedFor(row.id, row.name, row.confirmed_at is not None, row.signatory_name, row.signatory_email)
        for row in rows
    ]
