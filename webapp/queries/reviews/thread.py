"""The panel's thread on a proposal, under the reviewers' letters (R45)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.people import Actor
from webapp.domain.policy import Action, decide
from webapp.models.people import Person
from webapp.models.reviews import PanelMessage
from webapp.models.routing import Assignment
from webapp.queries.access import ProposalHead, require
from webapp.queries.reviews.summary import panel_labels


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `label` is the reviewer's letter, empty for the secretariat; `name` is the secretariat
    member's, and a reviewer's where the reader may know who reviews."""

    label: str
    name: str
    text: str
    written_at: datetime
    is_own: bool


def list_messages(session: Session, actor: Actor, head: ProposalHead) -> tuple[Message, ...]:
    """The thread, oldest first; raises NotAllowed for whom `check_thread` refuses."""
    check_thread(actor, head)
    letters = _letters(session, head)
    rows = session.execute(
        select(PanelMessage, Person.name)
        .join(Person, Person.id == PanelMessage.author_id)
        .where(PanelMessage.proposal_id == head.id)
        .order_by(PanelMessage.id)
    )
    return tuple(_message(row, letters, actor) for row in rows)


def check_thread(actor: Actor, head: ProposalHead) -> None:
    """The thread is the secretariat's, the auditor's to read, and theirs whose review is in (R42)."""
    require(decide(actor, Action.READ_REVIEWERS, head.facts))


def _letters(session: Session, head: ProposalHead) -> dict[int, str]:
    """The letters of the current version's panel by person; who reviewed only earlier ones has theirs from there."""
    rows = session.execute(
        select(Assignment.id, Assignment.reviewer_id, Assignment.version_id)
        .where(Assignment.proposal_id == head.id)
        .order_by(Assignment.version_id, Assignment.id)
    ).all()
    found: dict[int, str] = {}
    for version_id in dict.fromkeys(row.version_id for row in rows):
        letters = panel_labels(session, version_id)
        found |= {row.reviewer_id: letters[row.id] for row in rows if row.id in letters}
    return found


def _message(row: Any, letters: dict[int, str], actor: Actor) -> Message:
    message: PanelMessage = row.PanelMessage
    return Message(
        label=letters.get(message.author_id, ""),
        name=row.name,
        text=message.text,
        written_at=message.written_at,
        is_own=message.author_id == actor.person_id,
    )
