"""A person's own data: asked to be erased, and erased; the record goes on under a pseudonym (R60)."""

from __future__ import annotations

from sqlalchemy import delete, or_, select, update

from webapp.domain.erasure import Holding, erased_address, pseudonym
from webapp.domain.errors import NotFound, NotNow
from webapp.domain.events import Event
from webapp.domain.notices import CANCELLED_FROM
from webapp.domain.policy import Action
from webapp.models.audit import FormKey
from webapp.models.factors import CodeApp, Passkey, RecoveryCode
from webapp.models.notices import (
    CaughtMail,
    Mail,
    MutedNotice,
    MutedProposal,
    Notification,
    OutboxRow,
    Suppression,
)
from webapp.models.people import KeptForm, MailedLink, Person, SessionRow, Throttle
from webapp.models.proposals import Collaborator, Proposal
from webapp.models.routing import Expertise, ReviewerProfile
from webapp.queries.personal import find_holding
from webapp.services.access import allow
from webapp.services.proposals.withdraw import remove_draft
from webapp.services.work import UnitOfWork

# What is only the person's own: no record needs it.
OWN = (
    SessionRow,
    KeptForm,
    CodeApp,
    Passkey,
    RecoveryCode,
    MutedNotice,
    MutedProposal,
    Notification,
    Expertise,
    ReviewerProfile,
)


def ask_for_erasure(work: UnitOfWork) -> Holding:
    """Erase the person who asks, at once where nothing binds them; returns what does.

    Where something does, the wish is kept and the secretariat is told.
    """
    allow(work, Action.USE_ACCOUNT)
    person = _hold(work, work.actor.person_id or 0)
    holding = find_holding(work.session, work.rules, person.id)
    if holding.is_free:
        _erase(work, person)
    elif person.erasure_asked_at is None:
        person.erasure_asked_at = work.now
        work.record(Event("ErasureAsked", "person", person.id, {"person_id": person.id}))
    return holding


def take_back_wish(work: UnitOfWork) -> None:
    """No longer wish to be erased."""
    allow(work, Action.USE_ACCOUNT)
    person = _hold(work, work.actor.person_id or 0)
    if person.erasure_asked_at is not None:
        person.erasure_asked_at = None
        work.record(Event("ErasureTakenBack", "person", person.id))


def erase_person(work: UnitOfWork, person_id: int) -> None:
    """Erase somebody for whom it was asked. Raises NotFound, and NotNow for oneself or while something binds them."""
    allow(work, Action.MANAGE_PEOPLE)
    if person_id == work.actor.person_id:
        raise NotNow("own_account")
    person = _hold(work, person_id)
    if not find_holding(work.session, work.rules, person.id).is_free:
        raise NotNow("person_is_bound")
    _erase(work, person)


def _hold(work: UnitOfWork, person_id: int) -> Person:
    person = work.session.get(Person, person_id, with_for_update=True)
    if person is None or person.erased_at is not None:
        raise NotFound
    return person


def _erase(work: UnitOfWork, person: Person) -> None:
    email = person.email
    drafts = select(Proposal).where(Proposal.owner_id == person.id, Proposal.submitted_at.is_(None)).with_for_update()
    for draft in work.session.scalars(drafts).all():
        remove_draft(work, draft)
    _forget_mails(work, person.id, email)
    for table in OWN:
        work.session.execute(delete(table).where(table.person_id == person.id))
    work.session.execute(delete(Collaborator).where(Collaborator.person_id == person.id))
    work.session.execute(delete(MailedLink).where(MailedLink.person_id == person.id))
    work.session.execute(
        delete(MailedLink).where(MailedLink.email == email, MailedLink.kind.in_(("invitation", "collaboration")))
    )
    work.session.execute(update(FormKey).where(FormKey.person_id == person.id).values(person_id=None))
    work.session.execute(delete(Suppression).where(Suppression.email == email))
    counted = or_(
        Throttle.key.in_([f"{what}:{email}" for what in ("sign_in", "sign_up", "reset")]),
        Throttle.key.startswith(f"sign_in:{email} ", autoescape=True),
    )
    work.session.execute(delete(Throttle).where(counted))
    _take_pseudonym(work, person)
    work.record(Event("PersonErased", "person", person.id))


def _take_pseudonym(work: UnitOfWork, person: Person) -> None:
    person.name, person.email = pseudonym(person.id), erased_address(person.id)
    person.address_as, person.language, person.time_zone, person.theme = "", "en", "UTC", ""
    person.password_hash, person.confirmed_at, person.undeliverable_at = None, None, None
    person.app_only, person.quiet_weekends = False, False
    person.digest_hour, person.organisation_id, person.erasure_asked_at = None, None, None
    person.disabled_at, person.erased_at = person.disabled_at or work.now, work.now
    work.session.flush()


def _forget_mails(work: UnitOfWork, person_id: int, email: str) -> None:
    """Mails to the person lose what names them; those that wait are called off."""
    to_address = select(Mail.outbox_id).where(Mail.to_address == email)
    theirs = or_(OutboxRow.recipient_id == person_id, OutboxRow.id.in_(to_address))
    work.session.execute(update(OutboxRow).where(theirs, OutboxRow.state.in_(CANCELLED_FROM)).values(state="cancelled"))
    named = select(OutboxRow.id).where(theirs)
    work.session.execute(
        update(Mail)
        .where(Mail.outbox_id.in_(named))
        .values(to_address=erased_address(person_id), to_name="", text=None, html=None, headers={})
        .execution_options(synchronize_session=False)
    )
    replies = update(OutboxRow).where(OutboxRow.recipient_id == person_id).values(last_error=None, smtp_reply=None)
    work.session.execute(replies)
    if work.rules.limits.demo:
        work.session.execute(delete(CaughtMail).where(CaughtMail.to_address == email))
