"""A partner's own path; every partner has one, with the defaults at first (R32)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from webapp.domain.endorsements import PartnerRule, write_rule
from webapp.models.partners import PartnerPath
from webapp.services.work import UnitOfWork


def current_path(work: UnitOfWork, partner_id: int) -> PartnerPath:
    """The newest version of the partner's path; its first is made here where it has none."""
    newest = (
        select(PartnerPath).where(PartnerPath.partner_id == partner_id).order_by(PartnerPath.version.desc()).limit(1)
    )
    found = work.session.scalars(newest).one_or_none()
    if found is not None:
        return found
    first = PartnerRule()
    work.session.execute(
        insert(PartnerPath)
        .values(partner_id=partner_id, version=first.version, rule=write_rule(first), created_at=work.now)
        .on_conflict_do_nothing()
    )
    return work.session.scalars(newest).one()
