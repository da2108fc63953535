"""Paths of partners in tests."""

from __future__ import annotations

from sqlalchemy import func, select

from webapp.domain.endorsements import PartnerRule, write_rule
from webapp.domain.people import SYSTEM
from webapp.models.partners import Partner, PartnerPath
from webapp.wiring import Wiring


def set_rule(wired: Wiring, code: str, rule: PartnerRule) -> None:
    """A new version of the partner's path; cases in flight keep theirs."""
    with wired.open_work(SYSTEM) as work:
        partner = work.session.scalars(select(Partner.id).where(Partner.code == code)).one()
        last = work.session.scalar(select(func.max(PartnerPath.version)).where(PartnerPath.partner_id == partner)) or 0
        work.session.add(PartnerPath(partner_id=partner, version=last + 1, rule=write_rule(rule), created_at=work.now))
