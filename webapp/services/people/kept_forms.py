"""Keeps a form that was sent after its session had ended, until its person has signed in again (R5)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select

from webapp.domain.errors import NotFound
from webapp.models.people import KeptForm, SessionRow
from webapp.services.work import UnitOfWork

KEPT_HOURS = 1
BYTES_AT_MOST = 500_000


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
    work.session.execute(delete(KeptForm).where(KeptForm.expires_at <= work.now))
    token = secrets.token_urlsafe(24)
    work.session.add(
        KeptForm(
            token_hash=_digest(token),
            person_id=person_id,
            path=path,
            fields=kept,
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
    fields = [(name, value) for name, values in row.fields.items() for value in values]
    return Kept(path=row.path, fields=fields)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
