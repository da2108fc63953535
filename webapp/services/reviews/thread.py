"""Writes to the panel's thread (R45)."""

from __future__ import annotations

from webapp.domain.errors import Invalid
from webapp.domain.events import Event
from webapp.domain.policy import Action, decide
from webapp.domain.problems import Problem
from webapp.domain.reviews import COMMENT_AT_MOST
from webapp.domain.texts import count_characters, is_blank
from webapp.models.reviews import PanelMessage
from webapp.queries.access import require
from webapp.queries.reviews import check_thread
from webapp.services.access import hold_proposal
from webapp.services.work import UnitOfWork


def write_message(work: UnitOfWork, reference: str, text: str, *, form_key: str = "") -> None:
    """Add a message: by the secretariat, or by a reviewer whose review is in. The same form twice is once."""
    if is_blank(text):
        raise Invalid([Problem("thread", "text", "message_missing")])
    over = count_characters(text) - COMMENT_AT_MOST
    if over > 0:
        raise Invalid([Problem("thread", "text", "review_text_long", {"most": COMMENT_AT_MOST, "over": over})])
    if work.first_answer(form_key) is not None:
        return
    held = hold_proposal(work, reference, Action.READ_REVIEWERS)
    check_thread(work.actor, held.head)
    if work.actor.person_id not in held.head.facts.reviewers:
        # The auditor reads; of the staff only the secretariat writes.
        require(decide(work.actor, Action.DELIBERATE, held.head.facts))
    message = PanelMessage(
        proposal_id=held.row.id, author_id=work.actor.person_id, text=text.strip(), written_at=work.now
    )
    work.session.add(message)
    work.session.flush()
    payload = {"message_id": message.id}
    work.record(Event("PanelMessageWritten", "proposal", held.row.id, payload, version_id=held.row.current_version_id))
    work.remember_answer(form_key, "written")
