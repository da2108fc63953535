"""Tells an event: one notification and one mail for each person it concerns, whatever fails or runs twice (R54).

A large audience is told in portions, each in a transaction of its own: how many there are costs time, not memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from webapp.domain.notices import Notice, after_rest
from webapp.models.notices import Mail, Notification
from webapp.queries.notices.audiences import Part, Recipient, find_recipients
from webapp.queries.notices.bell import AT_ONCE, find_wishes
from webapp.queries.notices.events import ToldEvent, find_event
from webapp.queries.notices.letters import Addressed, Subject, find_subject
from webapp.services.notices.compose import compose_letter, compose_sentence, compose_words, mail_headers
from webapp.services.notices.digest import oblige_digest
from webapp.services.notices.wishes import digest_of, find_calendars
from webapp.services.work import Obligation, UnitOfWork

PORTION = 100
"""So many are told at once; what is told of next waits no longer than this takes, and the sending of it."""


@dataclass(slots=True)
class _Telling:
    """One notice of an event to a part of its audience: what is to be written."""

    to: Addressed
    words: Mapping[str, object]
    sentence: str
    digest_at: datetime | None
    by_mail: bool
    not_before: datetime | None


def tell_event(work: UnitOfWork, event_id: int, reached: Mapping[str, Any] | None = None) -> Mapping[str, Any] | None:
    """Write notifications and mails for all whom the table of notices names, each person once (R53).

    At most `PORTION` of them, from where the portion before had `reached`; returns how far this one reached, to be
    called with again, or None when all are told.
    """
    event = find_event(work.session, event_id)
    subject = find_subject(work.session, event)
    notices = work.rules.notices.by_event.get(event.name, ())
    place, after = _place(notices, reached or {})
    told: set[str] = set()
    room = PORTION
    for number, notice in enumerate(notices[place:], place):
        part = Part(after=after, limit=room + 1)
        found = find_recipients(work.session, event, notice, work.now, part)
        people = [one for one in found if one.person_id is not None]
        over = len(people) > room
        if over:
            found = [one for one in found if one is not people[room]]
        told |= _told_before(work, event, notices[:number], found) if reached else set()
        _write(work, [Addressed(notice, event, subject, one) for one in found if one.email not in told])
        told |= {one.email for one in found}
        if over:
            return {"notice": notice.id, "after": people[room - 1].person_id} if room else {"notice": notice.id}
        room -= len(people)
        after = 0
    return None


def _place(notices: Sequence[Notice], reached: Mapping[str, Any]) -> tuple[int, int]:
    """Which notice is next, and after which person; from the start where the table has it no more."""
    for number, notice in enumerate(notices):
        if notice.id == reached.get("notice"):
            return number, int(reached.get("after", 0))
    return 0, 0


def _told_before(work: UnitOfWork, event: ToldEvent, notices: Sequence[Notice], found: Sequence[Recipient]) -> set[str]:
    """Who of these was told by an earlier notice, in a portion before this."""
    part = Part(emails=frozenset(one.email for one in found))
    return {one.email for notice in notices for one in find_recipients(work.session, event, notice, work.now, part)}


def _write(work: UnitOfWork, addressed: Sequence[Addressed]) -> None:
    """Write what each of them gets, in one statement a table."""
    if not addressed:
        return
    tellings = list(_tellings(work, addressed))
    alerts = [_alert(work, one) for one in tellings if _has_alert(one.to)]
    if alerts:
        work.session.execute(insert(_table(Notification)).on_conflict_do_nothing(), alerts)
    posted = [one for one in tellings if one.by_mail and one.digest_at is None]
    new = work.oblige_all([_obligation(work, one) for one in posted])
    mails = [_mail(work, one, row_id) for one in posted if (row_id := new.get(_key(one.to))) is not None]
    if mails:
        work.session.execute(insert(_table(Mail)), mails)
    for one in tellings:
        person = one.to.recipient
        if one.by_mail and one.digest_at is not None and person.person_id is not None:
            oblige_digest(work, person.person_id, one.digest_at)


def _tellings(work: UnitOfWork, addressed: Sequence[Addressed]) -> Iterator[_Telling]:
    notice = addressed[0].notice
    people = [one.recipient.person_id for one in addressed if one.recipient.person_id is not None]
    # What is mandatory always goes at once (R52).
    wishes = {} if notice.is_mandatory else find_wishes(work.session, people, notice.id, addressed[0].event.proposal_id)
    resting = find_calendars(work, wishes.values())
    for to in addressed:
        words = compose_words(work, to)
        person = to.recipient
        sentence = compose_sentence(work, to, words)
        wish = wishes.get(person.person_id or 0, AT_ONCE)
        calendar = resting.get(wish.quiet_partner_id or 0)
        yield _Telling(
            to,
            words,
            sentence,
            digest_at=digest_of(notice, wish, person.time_zone, calendar, work.now),
            by_mail=notice.urgency != "app" and not wish.is_muted,
            not_before=after_rest(calendar, work.now) if calendar is not None else None,
        )


def _has_alert(to: Addressed) -> bool:
    """A secret link is for the mail alone, and so is what stands under Alerts already."""
    return to.recipient.person_id is not None and not to.notice.carries_secret and to.notice.urgency != "mail_only"


def _alert(work: UnitOfWork, one: _Telling) -> dict[str, Any]:
    return {
        "event_id": one.to.event.id,
        "notice": one.to.notice.id,
        "person_id": one.to.recipient.person_id,
        "proposal_id": one.to.event.proposal_id,
        "sentence": one.sentence,
        "path": str(one.words["path"]),
        "created_at": work.now,
        "for_digest": one.digest_at is not None,
    }


def _key(to: Addressed) -> str:
    return f"mail:{to.event.id}:{to.notice.id}:{to.recipient.key}"


def _obligation(work: UnitOfWork, one: _Telling) -> Obligation:
    to, event, notice, recipient = one.to, one.to.event, one.to.notice, one.to.recipient
    waits = one.not_before is not None and one.not_before > work.now
    return Obligation(
        kind="mail",
        payload={"event_id": event.id, "notice": notice.id, "recipient": recipient.key},
        key=_key(to),
        # One reader gets the mails of a proposal in order; a slow address holds up nobody else, nor does what rests.
        order=f"{event.subject_kind}:{event.subject_id}/{recipient.key}" + ("/rest" if waits else ""),
        due_at=one.not_before,
        recipient_id=recipient.person_id,
        expires_at=work.now + timedelta(days=notice.expires_days) if notice.expires_days else None,
    )


def _mail(work: UnitOfWork, one: _Telling, row_id: int) -> dict[str, Any]:
    to, subject = one.to, one.to.subject
    letter = None if to.notice.carries_secret else compose_letter(work, to, one.words)
    return {
        "outbox_id": row_id,
        "to_address": to.recipient.email,
        "to_name": to.recipient.name,
        "subject": _subject_line(subject, one.sentence),
        "text": letter.text if letter else None,
        "html": letter.html if letter else None,
        "headers": mail_headers(work, to),
        "rendered_at": work.now,
    }


def _subject_line(subject: Subject, sentence: str) -> str:
    return f"[{subject.reference}] {sentence}" if subject.reference else sentence


def _table(model: type[Mail] | type[Notification]) -> Any:
    """The table itself: rows by the hundred are written past the session."""
    return model.metadata.tables[model.__tablename__]
