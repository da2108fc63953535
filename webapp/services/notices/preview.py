"""Letters as they would look: in words that are not kept yet, or of an event that has not happened."""

from __future__ import annotations

from collections.abc import Mapping

from webapp.domain.errors import NotFound
from webapp.domain.policy import Action
from webapp.domain.ports import Letter, OwnWords
from webapp.queries.notices.examples import example_words
from webapp.queries.notices.rehearsal import rehearse, rehearsed_words
from webapp.services.access import allow
from webapp.services.notices.wordings import find_letter, find_own_words, judge_texts, names_for
from webapp.services.work import UnitOfWork

ZONE = "Africa/Banjul"


def preview_letter(work: UnitOfWork, template: str, language: str, texts: Mapping[str, str] | None = None) -> Letter:
    """The letter with example values: in these words, or in those that hold. Raises NotFound, NotAllowed, Invalid."""
    allow(work, Action.WORD_LETTERS)
    notice = find_letter(work, template, language)
    if texts is None:
        own = find_own_words(work, template, language)
    else:
        judge_texts(work, notice, language, texts)
        own = OwnWords(texts, names_for(work, template))
    return work.ports.renderer.letter(template, language, ZONE, example_words(notice, work.rules, language), own)


def preview_rehearsed(work: UnitOfWork, event: str, reference: str, key: str) -> Letter:
    """The letter that this recipient would get. Raises NotFound, NotAllowed."""
    allow(work, Action.SEE_DESK)
    told, found = rehearse(work.session, work.rules, work.actor, event, reference, now=work.now)
    one = next((one for one in found if one.recipient.key == key), None)
    if one is None:
        raise NotFound
    template, reader = one.notice.template, one.recipient
    own = find_own_words(work, template, reader.language)
    words = rehearsed_words(work.session, work.rules, told, one)
    return work.ports.renderer.letter(template, reader.language, reader.time_zone, words, own)
