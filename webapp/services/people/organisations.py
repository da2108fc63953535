"""Organisations: claimed by an applicant, confirmed by the partner's focal point or the secretariat."""

from __future__ import annotations

from sqlalchemy import select

from webapp.domain.errors import Invalid, NotFound, NotNow
from webapp.domain.events import Event
from webapp.domain.people import ORGANISATION_KINDS, normal_email
from webapp.domain.policy import Action, Nothing
from webapp.domain.problems import Problem
from webapp.models.partners import Partner
from webapp.models.people import Organisation
from webapp.services.access import allow
from webapp.services.work import UnitOfWork

NAME_AT_MOST = 200


def claim_organisation(work: UnitOfWork, partner_code: str, *, name: str, kind: str, website: str = "") -> int:
    """Name an organisation of a partner; one of the same name there is taken instead. Returns its id."""
    allow(work, Action.CLAIM_ORGANISATION)
    partner = work.session.scalars(select(Partner).where(Partner.code == partner_code)).one_or_none()
    plain = " ".join(name.split())
    problems = _problems(partner, plain, kind)
    if problems or partner is None:
        raise Invalid(problems)
    known = work.session.scalars(
        select(Organisation).where(Organisation.partner_id == partner.id, Organisation.name == plain)
    ).one_or_none()
    if known is not None:
        return known.id
    organisation = Organisation(
        partner_id=partner.id,
        name=plain,
        kind=kind,
        website=website.strip(),
        claimed_by_id=work.actor.person_id,
        claimed_at=work.now,
    )
    work.session.add(organisation)
    work.session.flush()
    details = {"organisation_id": organisation.id, "partner_id": partner.id}
    work.record(Event("OrganisationClaimed", "partner", partner.id, details))
    return organisation.id


def confirm_organisation(work: UnitOfWork, organisation_id: int) -> None:
    """Confirm that the organisation is what it says; raises NotNow when it is confirmed already."""
    organisation = work.session.scalars(
        select(Organisation).where(Organisation.id == organisation_id).with_for_update()
    ).one_or_none()
    if organisation is None:
        raise NotFound
    partner = work.session.get_one(Partner, organisation.partner_id)
    subject = Nothing(initiative_id=partner.initiative_id, partner_id=partner.id)
    allow(work, Action.CONFIRM_ORGANISATION, subject)
    if organisation.confirmed_at is not None:
        raise NotNow("organisation_confirmed")
    organisation.confirmed_at, organisation.confirmed_by_id = work.now, work.actor.person_id
    details = {"organisation_id": organisation.id, "partner_id": partner.id, "person_id": organisation.claimed_by_id}
    work.record(Event("OrganisationConfirmed", "partner", partner.id, details))


def set_signatory(work: UnitOfWork, organisation_id: int, *, name: str, email: str) -> None:
    """Name who certifies what is submitted in the organisation's name; both empty: no signature is asked (R69).

    Raises Invalid, NotFound, NotAllowed as confirming it does. Signatures that were given stand.
    """
    organisation = work.session.scalars(
        select(Organisation).where(Organisation.id == organisation_id).with_for_update()
    ).one_or_none()
    if organisation is None:
        raise NotFound
    partner = work.session.get_one(Partner, organisation.partner_id)
    allow(work, Action.CONFIRM_ORGANISATION, Nothing(initiative_id=partner.initiative_id, partner_id=partner.id))
    plain, address = " ".join(name.split()), normal_email(email) if email.strip() else ""
    if problems := _signatory_problems(plain, address):
        raise Invalid(problems)
    organisation.signatory_name, organisation.signatory_email = plain, address
    details = {"organisation_id": organisation.id, "partner_id": partner.id, "is_required": bool(address)}
    work.record(Event("OrganisationSignatorySet", "partner", partner.id, details))


def _signatory_problems(name: str, email: str) -> list[Problem]:
    found: list[Problem] = []
    if email and not name:
        found.append(Problem("signatory", "name", "signatory_name_missing"))
    if name and "@" not in email:
        found.append(Problem("signatory", "email", "signatory_email_missing"))
    if len(name) > NAME_AT_MOST:
        found.append(Problem("signatory", "name", "too_long", {"most": NAME_AT_MOST}))
    return found


def _problems(partner: Partner | None, name: str, kind: str) -> list[Problem]:
    found: list[Problem] = []
    if partner is None:
        found.append(Problem("organisation", "partner", "partner_unknown"))
    if not name:
        found.append(Problem("organisation", "name", "organisation_name_missing"))
    if len(name) > NAME_AT_MOST:
        found.append(Problem("organisation", "name", "too_long", {"most": NAME_AT_MOST}))
    if kind not in ORGANISATION_KINDS:
        found.append(Problem("organisation", "kind", "organisation_kind_missing"))
    return found
