"""Files that go with a decision's letter; until it takes effect the secretariat alone opens them (R75)."""

from __future__ import annotations

from typing import BinaryIO

from sqlalchemy import Select, select

from webapp.domain.errors import NotFound, NotNow
from webapp.domain.events import Event
from webapp.domain.policy import Action
from webapp.models.decisions import Decision
from webapp.models.proposals import Document
from webapp.services.access import Held, hold_proposal
from webapp.services.decisions.draft import find_pending, take_over
from webapp.services.proposals.documents import store_document
from webapp.services.work import UnitOfWork


def add_letter_file(work: UnitOfWork, reference: str, name: str, stream: BinaryIO, *, revision: int) -> int:
    """Attach a file to the letter of the pending decision; returns the document's id.

    Who attaches it is the decision's drafter from then on, and a staged decision has to be confirmed anew (R46).
    Raises NotFound where none is drafted, Stale, and Invalid as every document does.
    """
    held = hold_proposal(work, reference, Action.DRAFT_DECISION, seen_revision=revision)
    decision = find_pending(work, held.row.id)
    document_id = store_document(work, held, name, stream, purpose="letter", decision_id=decision.id)
    _changed(work, held, decision, "LetterFileAdded", document_id)
    return document_id


def remove_letter_file(work: UnitOfWork, reference: str, public_id: str, *, revision: int) -> None:
    """Take a file off the letter of the pending decision; raises as attaching it does."""
    held = hold_proposal(work, reference, Action.DRAFT_DECISION, seen_revision=revision)
    decision = find_pending(work, held.row.id)
    document = work.session.scalars(_files(decision).where(Document.public_id == public_id)).one_or_none()
    if document is None:
        raise NotFound
    document.removed_at = work.now
    _changed(work, held, decision, "LetterFileRemoved", document.id)


def require_files_checked(work: UnitOfWork, decision: Decision) -> None:
    """Refuse while a file of the letter is still being checked, or was refused: the letter would lack it."""
    states = {one.state for one in work.session.scalars(_files(decision))}
    if "received" in states:
        raise NotNow("letter_file_waiting")
    if "refused" in states:
        raise NotNow("letter_file_refused")


def send_files(work: UnitOfWork, decision: Decision) -> None:
    """The decision takes effect: those who get its letter may open its files."""
    for document in work.session.scalars(_files(decision)):
        document.purpose = "letter_sent"


def _files(decision: Decision) -> Select[Document]:
    return (
        select(Document).where(Document.decision_id == decision.id, Document.removed_at.is_(None)).order_by(Document.id)
    )


def _changed(work: UnitOfWork, held: Held, decision: Decision, name: str, document_id: int) -> None:
    take_over(work, decision)
    held.row.revision += 1
    work.session.flush()
    details = {"decision_id": decision.id, "document_id": document_id}
    work.record(Event(name, "proposal", held.row.id, details, version_id=decision.version_id))
