"""A partner's own path: every partner has one, with the defaults at first, and its people keep it (R32)."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from webapp.domain.endorsements import ADJUSTABLE, MATERIAL, PartnerRule, problems, write_rule
from webapp.domain.errors import Invalid, Stale
from webapp.domain.events import Event
from webapp.domain.problems import Problem
from webapp.models.partners import PartnerPath
from webapp.services.partners.days import hold_partner
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


def change_path(work: UnitOfWork, code: str, rule: PartnerRule, *, seen_version: int) -> int:
    """Keep a changed path as the partner's next version, for cases that open from now on; returns its number.

    Cases in flight keep the version that they pinned. Raises Invalid with what has to be mended, Stale
    where somebody changed it since `seen_version`. The same path again is no new version.
    """
    partner = hold_partner(work, code)
    check_path(rule)
    newest = current_path(work, partner.id)
    if newest.version != seen_version:
        raise Stale("PartnerPathChanged", code="path_changed")
    if newest.rule == write_rule(rule):
        return newest.version
    changed = replace(rule, version=newest.version + 1)
    work.session.add(
        PartnerPath(
            partner_id=partner.id,
            version=changed.version,
            rule=write_rule(changed),
            created_by_id=work.actor.person_id,
            created_at=work.now,
        )
    )
    work.session.flush()
    details = {"partner_id": partner.id, "version": changed.version}
    work.record(Event("PartnerPathChanged", "partner", partner.id, details))
    return changed.version


def check_path(rule: PartnerRule) -> None:
    """Raise Invalid with everything that keeps the path from being used."""
    found = list(problems(rule))
    if set(rule.material) - {*MATERIAL, *ADJUSTABLE}:
        found.append(Problem("path", "material", "field_unknown"))
    if found:
        raise Invalid(found)
