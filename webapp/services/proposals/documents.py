"""Documents: stored at once, checked by a worker, removed; names and ids are the server's (R10)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from sqlalchemy import func, select

from webapp.domain.errors import Invalid, NotFound
from webapp.domain.events import Event
from webapp.domain.notices import next_try
from webapp.domain.policy import Action
from webapp.domain.problems import Problem
from webapp.domain.proposals import DOCUMENT_KINDS
from webapp.models.proposals import Document
from webapp.services.access import Held, hold_proposal
from webapp.services.outbox.hooks import does
from webapp.services.proposals.asked_fields import require_documents_asked
from webapp.services.work import UnitOfWork

NAME_AT_MOST = 200
# Between two looks at a document while the scanner does not answer.
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)


def add_document(work: UnitOfWork, reference: str, name: str, stream: BinaryIO) -> int:
    """Store a file with the proposal; a worker checks it. Returns its id.

    Raises Invalid when it is too large, empty, of a kind not accepted, or one too many.
    """
    held = hold_proposal(work, reference, Action.EDIT_PROPOSAL)
    require_documents_asked(held.head.facts.asked_fields)
    return store_document(work, held, name, stream)


def store_document(
    work: UnitOfWork,
    held: Held,
    name: str,
    stream: BinaryIO,
    *,
    purpose: str = "proposal",
    decision_id: int | None = None,
) -> int:
    """Store a file for a purpose, once the verb that asks has judged the person; raises as `add_document` does."""
    plain = name.replace("\\", "/").rsplit("/", 1)[-1].strip()[-NAME_AT_MOST:]
    kind = plain.rpartition(".")[2].lower()
    if problems := _problems(work, held, plain, kind, purpose):
        raise Invalid(problems)
    sha256, size = work.ports.files.put(stream)
    limit = work.rules.limits.upload_bytes
    if not 0 < size <= limit:
        code = "file_empty" if size == 0 else "file_too_large"
        raise Invalid([Problem("documents", "files", code, {"name": plain, "most": limit // 1024 // 1024})])
    document = Document(
        public_id=secrets.token_urlsafe(16),
        proposal_id=held.row.id,
        purpose=purpose,
        decision_id=decision_id,
        name=plain,
        media_type=DOCUMENT_KINDS[kind],
        size=size,
        sha256=sha256,
        uploaded_by_id=work.actor.person_id,
        uploaded_at=work.now,
    )
    work.session.add(document)
    work.session.flush()
    _ask_check(work, document)
    return document.id


def remove_document(work: UnitOfWork, reference: str, public_id: str) -> None:
    """Take a document out of the draft; versions that hold it keep it."""
    held = hold_proposal(work, reference, Action.EDIT_PROPOSAL)
    require_documents_asked(held.head.facts.asked_fields)
    document = work.session.scalars(
        select(Document).where(
            Document.public_id == public_id,
            Document.proposal_id == held.row.id,
            Document.purpose == "proposal",
            Document.removed_at.is_(None),
        )
    ).one_or_none()
    if document is None:
        raise NotFound
    document.removed_at = work.now


@does("check_document")
def check_document(work: UnitOfWork, payload: Mapping[str, Any]) -> None:
    """Look at a document's content; refuse it with a code, or keep it, images without their metadata.

    Where the scanner gives no verdict the document stays as it is and is looked at again later, however
    often that takes.
    """
    document = work.session.scalars(
        select(Document).where(Document.id == payload["document_id"]).with_for_update()
    ).one_or_none()
    if document is None or document.state != "received" or document.removed_at is not None:
        return
    with work.ports.files.open(document.sha256) as stream:
        verdict = work.ports.documents.check(document.name, stream)
    if verdict.waits:
        _look_again(work, document, int(payload.get("tries", 0)) + 1)
        return
    document.state = "accepted" if verdict.accepted else "refused"
    document.refusal, document.checked_at = verdict.code, work.now
    if not verdict.accepted:
        details = {"document_id": document.id, "person_id": document.uploaded_by_id, "code": verdict.code}
        work.record(Event("DocumentRefused", "proposal", document.proposal_id, details))
        return
    document.media_type = verdict.media_type
    with work.ports.files.open(document.sha256) as stream:
        cleaned = work.ports.documents.strip(document.media_type, stream)
    if cleaned is not None:
        document.sha256, document.size = work.ports.files.put(cleaned)


def _ask_check(work: UnitOfWork, document: Document, tries: int = 0, due_at: datetime | None = None) -> None:
    work.oblige(
        "task",
        {"task": "check_document", "document_id": document.id, "tries": tries},
        key=f"check_document:{document.id}:{tries}",
        order=f"document:{document.id}",
        due_at=due_at,
    )


def _look_again(work: UnitOfWork, document: Document, tries: int) -> None:
    pause = next_try(tries, FIRST_PAUSE, LONGEST_PAUSE, jitter=0)
    _ask_check(work, document, tries, work.now + pause)


def _problems(work: UnitOfWork, held: Held, name: str, kind: str, purpose: str) -> list[Problem]:
    found: list[Problem] = []
    if not name:
        found.append(Problem("documents", "files", "file_missing"))
    elif kind not in DOCUMENT_KINDS:
        found.append(Problem("documents", "files", "file_kind", {"name": name}))
    there = select(func.count(Document.id)).where(
        Document.proposal_id == held.row.id, Document.purpose == purpose, Document.removed_at.is_(None)
    )
    most = work.rules.limits.uploads_per_proposal
    if work.session.scalars(there).one() >= most:
        found.append(Problem("documents", "files", "files_too_many", {"most": most}))
    return found
