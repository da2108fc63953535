"""Composes one notice to one recipient: its words, its headers, its secret link where it carries one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from webapp.domain.notices import mute_token
from webapp.domain.people import link_token
from webapp.domain.ports import Letter
from webapp.models.people import MailedLink
from webapp.queries.notices.audiences import find_recipients
from webapp.queries.notices.events import find_event
from webapp.queries.notices.letters import Addressed, find_subject, find_words
from webapp.services.notices.wordings import find_own_words
from webapp.services.work import UnitOfWork


def compose_words(work: UnitOfWork, to: Addressed) -> dict[str, object]:
    """All variables of the notice's template."""
    token = secret_token(work, to.event.payload) if to.notice.carries_secret else ""
    words = find_words(work.session, work.rules, to, token=token)
    if not to.notice.is_mandatory:
        words["settings_url"] = f"{work.rules.limits.base_url}/alerts/mails"
    return words


def compose_letter(work: UnitOfWork, to: Addressed, words: Mapping[str, object]) -> Letter:
    """The letter in the recipient's language and zone."""
    recipient = to.recipient
    own = find_own_words(work, to.notice.template, recipient.language)
    return work.ports.renderer.letter(to.notice.template, recipient.language, recipient.time_zone, words, own)


def compose_sentence(work: UnitOfWork, to: Addressed, words: Mapping[str, object]) -> str:
    """The letter's subject, which is also what stands under Alerts."""
    recipient = to.recipient
    own = find_own_words(work, to.notice.template, recipient.language)
    return work.ports.renderer.sentence(to.notice.template, recipient.language, recipient.time_zone, words, own)


def compose_anew(work: UnitOfWork, payload: Mapping[str, Any]) -> Letter:
    """The letter of an outbox row whose text is not kept; the same words each time.

    Raises LookupError where the notice or its recipient is there no more.
    """
    event = find_event(work.session, int(payload["event_id"]))
    notice = work.rules.notices.notice(str(payload["notice"]))
    if notice is None:
        raise LookupError(f"the table of notices has no {payload['notice']}")
    found = find_recipients(work.session, event, notice, work.now)
    recipient = next((one for one in found if one.key == payload["recipient"]), None)
    if recipient is None:
        raise LookupError("its recipient is there no more")
    to = Addressed(notice, event, find_subject(work.session, event), recipient)
    return compose_letter(work, to, compose_words(work, to))


def secret_token(work: UnitOfWork, payload: Mapping[str, Any]) -> str:
    """The token of the mailed link that an event names. Raises LookupError where the link is gone."""
    link = work.session.get(MailedLink, payload["link_id"])
    if link is None:
        raise LookupError("the mailed link is there no more")
    return link_token(work.ports.signing_key, link.id, link.nonce)


def mail_headers(work: UnitOfWork, to: Addressed) -> dict[str, str]:
    """Headers that say what the mail is: automatic, of this list, of this proposal's thread (R55)."""
    limits = work.rules.limits
    headers = {
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "List-Id": f"Proposal Desk <notices.{limits.mail_domain}>",
    }
    if limits.mail_reply_to:
        headers["Reply-To"] = limits.mail_reply_to
    if not to.notice.is_mandatory and to.recipient.person_id is not None:
        token = mute_token(work.ports.signing_key, to.recipient.person_id, to.notice.id)
        headers |= {
            "List-Unsubscribe": f"<{limits.base_url}/unsubscribe/{token}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    if to.subject.reference:
        root = f"<{to.subject.reference.lower()}@{limits.mail_domain}>"
        headers |= {"In-Reply-To": root, "References": root}
    return headers
