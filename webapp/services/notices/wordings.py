"""Keeps the secretariat's own words of a letter, by language; what was said before stays readable (R57)."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from webapp.domain.errors import Invalid, NotFound, Stale
from webapp.domain.events import Event
from webapp.domain.notices import Notice
from webapp.domain.policy import Action
from webapp.domain.ports import OwnWords
from webapp.domain.problems import Problem
from webapp.models.initiative import InitiativeRow
from webapp.models.notices import Wording
from webapp.queries.notices.examples import example_words, names_of
from webapp.queries.notices.wordings import find_wording
from webapp.services.access import allow
from webapp.services.work import UnitOfWork

LONGEST = 2000
_KEPT = "own words of letters"


def write_wording(work: UnitOfWork, template: str, language: str, texts: Mapping[str, str], seen: int) -> int:
    """Say these sentences of the letter in these words from now on; `seen` is the wording that the person had.

    Words that are the product's own are not kept: no words at all bring the product's back. Returns the number.
    Raises NotFound, NotAllowed; Stale where somebody changed it meanwhile; Invalid with each sentence that cannot
    be used.
    """
    allow(work, Action.WORD_LETTERS)
    notice = find_letter(work, template, language)
    # One wording is written after another: the initiative's row is the lock of all.
    initiative = work.session.scalars(select(InitiativeRow).with_for_update()).first()
    held = find_wording(work.session, template, language)
    if held.number != seen:
        raise Stale
    own = {sentence.key: sentence.text for sentence in work.ports.renderer.sentences(template, language)}
    changed = {key: text.strip() for key, text in texts.items() if text.strip() not in ("", own.get(key))}
    judge_texts(work, notice, language, changed)
    if initiative is None:
        raise NotFound
    work.session.add(
        Wording(
            template=template,
            language=language,
            number=seen + 1,
            words=changed,
            written_by_id=work.actor.person_id or 0,
            written_at=work.now,
        )
    )
    payload = {"template": template, "language": language, "number": seen + 1}
    work.record(Event("LetterWorded", "initiative", initiative.id, payload))
    return seen + 1


def find_letter(work: UnitOfWork, template: str, language: str) -> Notice:
    """A notice that the template is the letter of. Raises NotFound for a template or language that there is not."""
    notice = next((one for one in work.rules.notices.notices() if one.template == template), None)
    if notice is None or language not in work.ports.renderer.languages:
        raise NotFound
    return notice


def judge_texts(work: UnitOfWork, notice: Notice, language: str, texts: Mapping[str, str]) -> None:
    """Invalid with each sentence that cannot be used."""
    own = OwnWords(texts, names_for(work, notice.template))
    problems = [
        Problem("wording", unfit.key, unfit.code, {"what": unfit.what})
        for unfit in work.ports.renderer.judge(notice.template, language, own)
    ]
    long = [key for key, text in texts.items() if len(text) > LONGEST]
    problems += [Problem("wording", key, "wording_too_long", {"most": LONGEST}) for key in long]
    if problems:
        raise Invalid(problems)


def names_for(work: UnitOfWork, template: str) -> frozenset[str]:
    """The variables that a wording of this letter may say: those that each notice that sends it has."""
    notices = [one for one in work.rules.notices.notices() if one.template == template]
    found = [frozenset(names_of(example_words(one, work.rules))) for one in notices]
    return frozenset.intersection(*found) if found else frozenset()


def find_own_words(work: UnitOfWork, template: str, language: str) -> OwnWords | None:
    """The own words of a letter that hold now; asked once in a unit of work."""
    kept = work.session.info.setdefault(_KEPT, {})
    if (template, language) not in kept:
        words = find_wording(work.session, template, language).words
        kept[template, language] = OwnWords(words, names_for(work, template)) if words else None
    found: OwnWords | None = kept[template, language]
    return found
