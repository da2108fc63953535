"""Keeps a form that was sent after its session had ended, until its person has signed in again (R5)."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, or_, select

from webapp.domain.errors import NotFound
from webapp.models.people import KeptForm, SessionRow
from webapp.services.work import UnitOfWork

KEPT_HOURS = 1
BYTES_AT_MOST = 500_000
FORMS_AT_MOST = 10
"""Of one person; the oldest makes room."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept form: where it goes, and its fields in their order."""

    path: str
    fields: Sequence[tuple[str, str]]


def keep_form(
    work: UnitOfWork, session_token: str, path: str, fields: Mapping[str, Sequence[str]], *, hidden: frozenset[str]
) -> str | None:
    """Keep the fields, but for the `hidden` ones, for the person of an ended session; returns the token.

    None where the session is not known (then there is nobody to keep it for) or the form is too large.
    """
    digest = hashlib.sha256(session_token.encode()).digest()
    person_id = work.session.scalars(select(SessionRow.person_id).where(SessionRow.token_hash == digest)).one_or_none()
    kept = {name: list(values) for name, values in fields.items() if name not in hidden}
    size = sum(len(value) for values in kept.values() for value in values)
    if person_id is None or size > BYTES_AT_MOST:
        return None
    last = select(KeptForm.token_hash).where(KeptForm.person_id == person_id).order_by(KeptForm.kept_at.desc())
    too_many = KeptForm.token_hash.in_(last.offset(FORMS_AT_MOST - 1))
    work.session.execute(delete(KeptForm).where(or_(KeptForm.expires_at <= work.now, too_many)))
    token = secrets.token_urlsafe(24)
    written = json.dumps({"path": path, "fields": kept}).encode()
    work.session.add(
        KeptForm(
            token_hash=_digest(token),
            person_id=person_id,
            sealed=work.ports.sealer.seal(written, _about(person_id)),
            kept_at=work.now,
            expires_at=work.later(hours=KEPT_HOURS),
        )
    )
    return token


def find_kept_form(work: UnitOfWork, token: str) -> Kept:
    """The form that was kept for the person who is signed in; raises NotFound for anybody else."""
    row = work.session.get(KeptForm, _digest(token))
    if row is None or row.person_id != work.actor.person_id or row.expires_at <= work.now:
        raise NotFound("form_not_kept")
    try:
        kept = json.loads(work.ports.sealer.open(row.sealed, _about(row.person_id)))
    except ValueError:  # the application's secret key is another one since
        raise NotFound("form_not_kept") from None
    return Kept(
        path=kept["path"], fields=[(name, value) for name, values in kept["fields"].items() for value in values]
    )


def _about(person_id: int) -> str:
    return f"kept form of person {person_id}"


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
