"""Sends a message that the secretariat wrote by hand to all whom a filter fits, as an event like any other (R56)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from webapp.domain.errors import Invalid, NotFound
from webapp.domain.events import Event
from webapp.domain.notices import MESSAGE_CIRCLES, MESSAGE_NOTICE
from webapp.domain.policy import Action
from webapp.domain.ports import Letter
from webapp.domain.problems import Problem
from webapp.models.initiative import InitiativeRow
from webapp.models.notices import Message
from webapp.queries.notices.examples import example_words
from webapp.queries.notices.messages import find_fitting
from webapp.services.access import allow
from webapp.services.work import UnitOfWork

SUBJECT_MOST = 120
TEXT_MOST = 5000
KEYS = ("call", "partner", "stage", "language")


def send_message(work: UnitOfWork, subject: str, text: str, audience: Mapping[str, Any], *, form_key: str) -> int:
    """Send it; a second press sends once. Returns the message's id. Raises NotAllowed, Invalid."""
    allow(work, Action.WRITE_MESSAGE)
    if (first := work.first_answer(form_key)) is not None:
        return int(first)
    check_message(subject, text)
    chosen = read_audience(work, audience)
    people = find_fitting(work.session, chosen).count
    if not people:
        raise Invalid([Problem("message", "circles", "message_to_nobody")])
    initiative = work.session.scalars(select(InitiativeRow).with_for_update()).first()
    if initiative is None:
        raise NotFound
    row = Message(
        initiative_id=initiative.id,
        subject=subject.strip(),
        text=text.strip(),
        audience=chosen,
        people=people,
        written_by_id=work.actor.person_id or 0,
        sent_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    payload = {"message_id": row.id, "audience": chosen}
    row.event_id = work.record(Event("MessageWritten", "initiative", initiative.id, payload))
    work.remember_answer(form_key, str(row.id))
    return row.id


def check_message(subject: str, text: str) -> None:
    """Invalid where a part is missing or too long."""
    problems = []
    for field, said, most in (("subject", subject, SUBJECT_MOST), ("text", text, TEXT_MOST)):
        if not said.strip():
            problems.append(Problem("message", field, f"message_{field}_missing"))
        elif len(said.strip()) > most:
            problems.append(Problem("message", field, "message_too_long", {"most": most}))
    if problems:
        raise Invalid(problems)


def read_audience(work: UnitOfWork, given: Mapping[str, Any]) -> dict[str, Any]:
    """The filter with what it knows alone; Invalid without a circle of people."""
    circles = [name for name in MESSAGE_CIRCLES if name in given.get("circles", ())]
    if not circles:
        raise Invalid([Problem("message", "circles", "message_circles_missing")])
    filters = {key: str(given[key]) for key in KEYS if given.get(key)}
    return {"circles": circles, "writer": work.actor.person_id, **filters}


def preview_message(work: UnitOfWork, subject: str, text: str) -> Letter:
    """The mail as it would look, in the writer's language. Raises NotAllowed."""
    allow(work, Action.WRITE_MESSAGE)
    notice = work.rules.notices.notice(MESSAGE_NOTICE)
    if notice is None:
        raise NotFound
    words = {**example_words(notice, work.rules), "reference": ""}
    words |= {"message_subject": subject.strip(), "message_text": text.strip()}
    return work.ports.renderer.letter(notice.template, work.actor.language, "UTC", words)
