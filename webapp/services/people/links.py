"""Mailed links: made with a row, opened by the token that was derived from it."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import select

from webapp.domain.errors import NotFound, NotNow
from webapp.domain.people import LINK_DAYS, link_token, link_token_matches, read_link_token
from webapp.models.people import MailedLink
from webapp.services.work import UnitOfWork


def make_link(work: UnitOfWork, kind: str, email: str, **given: Any) -> MailedLink:
    """A link of this kind to this address; its token goes out with the mail and is stored nowhere."""
    link = MailedLink(
        kind=kind,
        nonce=secrets.token_bytes(16),
        email=email,
        created_at=work.now,
        expires_at=work.later(days=LINK_DAYS[kind]),
        **given,
    )
    work.session.add(link)
    work.session.flush()
    return link


def token_of(work: UnitOfWork, link: MailedLink) -> str:
    """The token of a link, for an administrator's first set-up without mail."""
    return link_token(work.ports.signing_key, link.id, link.nonce)


def find_link(work: UnitOfWork, token: str, *kinds: str) -> MailedLink:
    """The link of a token, locked. Raises NotFound for a false one, NotNow for one that is used or over."""
    number = read_link_token(token)
    link = (
        work.session.scalars(select(MailedLink).where(MailedLink.id == number).with_for_update()).one_or_none()
        if number is not None
        else None
    )
    if link is None or not link_token_matches(work.ports.signing_key, link.id, link.nonce, token):
        raise NotFound("link_unknown")
    if link.kind not in kinds:
        raise NotFound("link_unknown")
    if link.used_at is not None:
        raise NotNow("link_used")
    if link.expires_at <= work.now:
        raise NotNow("link_over")
    return link
