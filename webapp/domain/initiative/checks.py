"""What is wrong with an initiative's data, in sentences for the person who keeps them (R17, R67)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from zoneinfo import available_timezones

from webapp.domain.initiative.shape import (
    Article,
    Initiative,
    PartnerEntry,
    Question,
    QuestionKind,
    Sentence,
    Term,
    Vocabulary,
)

NAME_LANGUAGES = ("en", "zh", "fr", "es", "ar", "pt")
QUESTIONS = (2, 4)
INDICATORS = (1, 3)
CRITERIA = (2, 2)
EXPERTISE_LEVELS = (1, 3)

_ID = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_WITH_LENGTH = frozenset({QuestionKind.TEXT, QuestionKind.LONG_TEXT})
_WITH_OPTIONS = frozenset({QuestionKind.CHOICE, QuestionKind.CHOICES})


def problems(initiative: Initiative) -> tuple[str, ...]:
    """Everything that must be mended before the initiative is loaded; empty when all is well."""
    return (
        *_text_problems(initiative),
        *(problem for article in initiative.articles for problem in _article_problems(article)),
        *_partners_problems(initiative.partners),
        *_vocabulary_problems(initiative.vocabulary, [article.number for article in initiative.articles]),
    )


def _text_problems(initiative: Initiative) -> Iterator[str]:
    numbers = [article.number for article in initiative.articles]
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"The articles are numbered {numbers}: number them from 1 on, in order"
    if not numbers:
        yield "The initiative has no article"
    if initiative.version < 1:
        yield "The version of the data counts from 1"
    yield from _sentence_problems("preamble", "P", 1, initiative.preamble.text, initiative.preamble.sentences)


def _sentence_problems(
    where: str, prefix: str, first: int, text: str, sentences: tuple[Sentence, ...]
) -> Iterator[str]:
    """Anchors count on without a gap, and the sentences are the text, no letter more or less (R67)."""
    expected = [f"{prefix}.s{number}" for number in range(first, first + len(sentences))]
    if [sentence.anchor for sentence in sentences] != expected:
        yield f"{where}: the anchors must be {', '.join(expected)}"
    if " ".join(sentence.text for sentence in sentences) != text:
        yield f"{where}: the sentences, joined by one space, are not the text"


def _article_problems(article: Article) -> Iterator[str]:
    where = f"article {article.number}"
    yield from _sentence_problems(where, f"A{article.number}", 0, article.text, article.sentences)
    if not article.sentences or article.sentences[0].text != article.title:
        yield f"{where}: the sentence s0 must be the title"
    for theme in article.themes:
        if not theme.strip():
            yield f"{where}: a theme is empty"
    yield from _profile_problems(article, where)


def _profile_problems(article: Article, where: str) -> Iterator[str]:
    profile = article.profile
    for name, entries, (least, most) in (
        ("questions", profile.questions, QUESTIONS),
        ("indicators", profile.indicators, INDICATORS),
        ("criteria", profile.criteria, CRITERIA),
    ):
        if not least <= len(entries) <= most:
            wanted = f"{least} to {most}" if least < most else f"{most}"
            yield f"{where}: has {len(entries)} {name}, must have {wanted}"
        yield from _id_problems(f"{where}, {name}", [entry.id for entry in entries])
        yield from _empty_problems(f"{where}, {name}", ((entry.id, entry.label) for entry in entries))
    yield from _empty_problems(f"{where}, indicators", ((i.id, i.unit) for i in profile.indicators))
    yield from _empty_problems(where, [("summary", profile.summary)])
    for question in profile.questions:
        yield from _question_problems(question, f"{where}, question {question.id}")
    for criterion in profile.criteria:
        if criterion.lowest >= criterion.highest:
            yield f"{where}, criterion {criterion.id}: the scale must rise"
        yield from _empty_problems(f"{where}, guidance", [(criterion.id, criterion.guidance)])
    if not profile.expertise.label.strip() or not profile.expertise.keywords:
        yield f"{where}: name the expertise it asks for, with keywords"
    yield from _id_problems(f"{where}, panel", [rule.id for rule in profile.panel])
    for rule in profile.panel:
        if rule.reviewers < 1 or not EXPERTISE_LEVELS[0] <= rule.expertise_at_least <= EXPERTISE_LEVELS[1]:
            yield f"{where}, panel {rule.id}: ask at least one reviewer, with expertise from 1 to 3"


def _question_problems(question: Question, where: str) -> Iterator[str]:
    kind = question.kind
    has_length = question.max_length is not None
    if has_length != (kind in _WITH_LENGTH):
        yield f"{where}: max_length belongs to questions answered in words, and to all of them"
    if question.max_length is not None and question.max_length < 1:
        yield f"{where}: max_length must be at least 1"
    if kind in _WITH_OPTIONS and len(question.options) < 2:
        yield f"{where}: offer at least two options"
    if kind not in _WITH_OPTIONS and question.options:
        yield f"{where}: options belong to questions of choice"
    if question.unit and kind is not QuestionKind.NUMBER:
        yield f"{where}: a unit belongs to numbers"
    yield from _id_problems(f"{where}, options", [option.id for option in question.options])
    yield from _empty_problems(f"{where}, options", ((o.id, o.label) for o in question.options))


def _partners_problems(partners: tuple[PartnerEntry, ...]) -> Iterator[str]:
    if len(partners) < 2:
        yield "Cooperation is joint: name at least two partners (R7)"
    for code in _twice(partner.code for partner in partners):
        yield f"partner {code}: stands there twice"
    for language in NAME_LANGUAGES:
        for name in _twice(p.names[language] for p in partners if language in p.names):
            yield f"partners: two of them are called {name} in {language}"
    zones = available_timezones()
    for partner in partners:
        yield from _partner_problems(partner, zones)


def _partner_problems(partner: PartnerEntry, zones: set[str]) -> Iterator[str]:
    where = f"partner {partner.code}"
    # Countries carry their two-letter code; an international organisation may carry its acronym.
    if not re.fullmatch(r"[A-Z][A-Z0-9]{1,11}", partner.code):
        yield f"{where}: the code is 2 to 12 capital letters or digits"
    for name, texts in (("names", partner.names), ("formal_names", partner.formal_names)):
        missing = [language for language in NAME_LANGUAGES if not texts.get(language, "").strip()]
        if missing:
            yield f"{where}: {name} are missing in {', '.join(missing)}"
    if partner.time_zone not in zones:
        yield f"{where}: {partner.time_zone} is no time zone"
    if not (-90 <= partner.latitude <= 90 and -180 <= partner.longitude <= 180):
        yield f"{where}: latitude or longitude is out of range"
    if len(partner.weekend) > 6:
        yield f"{where}: at least one day of the week must be a working day"
    if not partner.languages:
        yield f"{where}: name at least one language"
    if partner.holidays is None and not partner.note.strip():
        yield f"{where}: say in the note where its public holidays come from"
    yield from _empty_problems(where, [("capital", partner.capital), ("signed_as", partner.signed_as)])


def _vocabulary_problems(vocabulary: Vocabulary, articles: list[int]) -> Iterator[str]:
    lists: tuple[tuple[str, tuple[Term, ...]], ...] = (
        ("sectors", vocabulary.sectors),
        ("budget_categories", vocabulary.budget_categories),
        ("source_kinds", vocabulary.source_kinds),
        ("source_states", vocabulary.source_states),
    )
    for name, terms in lists:
        if not terms:
            yield f"vocabulary, {name}: is empty"
        yield from _id_problems(f"vocabulary, {name}", [term.id for term in terms])
        yield from _empty_problems(f"vocabulary, {name}", ((term.id, term.label) for term in terms))
    groups = vocabulary.article_groups
    yield from _id_problems("vocabulary, article_groups", [group.id for group in groups])
    yield from _empty_problems("vocabulary, article_groups", ((g.id, g.heading) for g in groups))
    if sorted(number for group in groups for number in group.articles) != sorted(articles):
        yield "vocabulary, article_groups: each article belongs to exactly one group"


def _id_problems(where: str, ids: list[str]) -> Iterator[str]:
    for entry in ids:
        if not _ID.fullmatch(entry):
            yield f"{where}: the id {entry!r} must be small letters, digits and single underscores"
    for entry in _twice(ids):
        yield f"{where}: the id {entry} stands there twice"


def _empty_problems(where: str, texts: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, text in texts:
        if not text.strip():
            yield f"{where}: {name} has no words"


def _twice(values: Iterable[str]) -> list[str]:
    return [value for value, times in Counter(values).items() if times > 1]
