"""Switches off the mails of one notice for one person, from a mail's own address (R55)."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert

from webapp.domain.errors import NotFound
from webapp.domain.notices import read_mute_token
from webapp.models.notices import MutedNotice
from webapp.models.people import Person
from webapp.services.work import UnitOfWork


def mute_notice(work: UnitOfWork, token: str) -> None:
    """Send the token's person no more mails of the token's notice; who holds the mail may do this without signing in.

    Raises NotFound for a token that is not ours and for a notice that is mandatory.
    """
    found = read_mute_token(work.ports.signing_key, token)
    notice = work.rules.notices.notice(found[1]) if found else None
    if found is None or notice is None or notice.is_mandatory or work.session.get(Person, found[0]) is None:
        raise NotFound
    work.session.execute(
        insert(MutedNotice).values(person_id=found[0], notice=notice.id, muted_at=work.now).on_conflict_do_nothing()
    )
