"""Tells an event: one notification and one mail for each person it concerns, whatever fails or runs twice (R54)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from webapp.domain.notices import next_digest
from webapp.models.notices import Mail, Notification
from webapp.models.people import Person
from webapp.queries.notices.audiences import find_recipients
from webapp.queries.notices.bell import is_muted
from webapp.queries.notices.events import find_event
from webapp.queries.notices.letters import Addressed, find_subject
from webapp.services.notices.compose import compose_letter, compose_words, mail_headers
from webapp.services.notices.digest import oblige_digest
from webapp.services.work import UnitOfWork


def tell_event(work: UnitOfWork, event_id: int) -> None:
    """Write notifications and mails for all whom the table of notices names, each person once (R53)."""
    event = find_event(work.session, event_id)
    subject = find_subject(work.session, event)
    told: set[str] = set()
    for notice in work.rules.notices.by_event.get(event.name, ()):
        for recipient in find_recipients(work.session, event, notice, work.now):
            if recipient.email not in told:
                told.add(recipient.email)
                _tell(work, Addressed(notice, event, subject, recipient))


def _tell(work: UnitOfWork, to: Addressed) -> None:
    recipient = to.recipient
    words = compose_words(work, to)
    sentence = work.ports.renderer.sentence(to.notice.template, recipient.language, recipient.time_zone, words)
    hour = _digest_hour(work, to)
    # A secret link is for the mail alone, and so is what stands under Alerts already.
    if recipient.person_id is not None and not to.notice.carries_secret and to.notice.urgency != "mail_only":
        work.session.execute(
            insert(Notification)
            .values(
                event_id=to.event.id,
                notice=to.notice.id,
                person_id=recipient.person_id,
                proposal_id=to.event.proposal_id,
                sentence=sentence,
                path=str(words["path"]),
                created_at=work.now,
                for_digest=hour is not None,
            )
            .on_conflict_do_nothing()
        )
    if to.notice.urgency == "app" or not _wants_mail(work, to):
        return
    if hour is None:
        _post(work, to, sentence, words)
    elif recipient.person_id is not None:
        oblige_digest(work, recipient.person_id, next_digest(work.now, hour, recipient.time_zone))


def _wants_mail(work: UnitOfWork, to: Addressed) -> bool:
    return to.notice.is_mandatory or not is_muted(work.session, to.recipient.person_id, to.notice.id)


def _digest_hour(work: UnitOfWork, to: Addressed) -> int | None:
    """The hour of the daily mail that takes this up; None where it goes by itself: at once, or not by mail.

    What is mandatory always goes at once (R52).
    """
    notice = to.notice
    if to.recipient.person_id is None or notice.is_mandatory or notice.carries_secret or notice.urgency != "mail":
        return None
    if is_muted(work.session, to.recipient.person_id, notice.id):
        return None
    return work.session.scalar(select(Person.digest_hour).where(Person.id == to.recipient.person_id))


def _post(work: UnitOfWork, to: Addressed, sentence: str, words: dict[str, object]) -> None:
    event, notice, recipient = to.event, to.notice, to.recipient
    row_id = work.oblige(
        "mail",
        {"event_id": event.id, "notice": notice.id, "recipient": recipient.key},
        key=f"mail:{event.id}:{notice.id}:{recipient.key}",
        # One reader gets the mails of a proposal in order; a slow address holds up nobody else.
        order=f"{event.subject_kind}:{event.subject_id}/{recipient.key}",
        recipient_id=recipient.person_id,
        expires_at=work.now + timedelta(days=notice.expires_days) if notice.expires_days else None,
    )
    if row_id is None:
        return
    letter = None if notice.carries_secret else compose_letter(work, to, words)
    work.session.add(
        Mail(
            outbox_id=row_id,
            to_address=recipient.email,
            to_name=recipient.name,
            subject=f"[{to.subject.reference}] {sentence}" if to.subject.reference else sentence,
            text=letter.text if letter else None,
            html=letter.html if letter else None,
            headers=mail_headers(work, to),
            rendered_at=work.now,
        )
    )
