"""The mapping: which articles a proposal serves, what they bring to it, and what is wrong with it."""

from __future__ import annotations

from collections import Counter, abc
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import TypeGuard

from webapp.domain.initiative import (
    Article,
    Criterion,
    Expertise,
    Indicator,
    Initiative,
    PanelRule,
    Question,
)
from webapp.domain.problems import Problem
from webapp.domain.texts import count_characters, is_blank

SECTION = "articles"
SECONDARY_AT_MOST = 4
ARTICLES_AT_MOST = SECONDARY_AT_MOST + 1
JUSTIFICATION_AT_LEAST = 40
JUSTIFICATION_AT_MOST = 1000

Answers = abc.Mapping[str, abc.Mapping[str, object]]
"""Answers by the article's number as text, then by the question's id; `answers.py` tells the values."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """One primary article (None while it is not chosen), the secondary ones, and why each is served."""

    primary: int | None = None
    secondary: tuple[int, ...] = ()
    justifications: abc.Mapping[int, str] = field(default_factory=dict, hash=False)

    @property
    def articles(self) -> tuple[int, ...]:
        """All mapped articles, the primary first, each once."""
        first = () if self.primary is None else (self.primary,)
        return tuple(dict.fromkeys(first + self.secondary))

    def facts(self) -> dict[str, object]:
        """The choice alone, as stored: primary and secondary."""
        return {"primary": self.primary, "secondary": list(self.secondary)}


@dataclass(frozen=True, slots=True)
class Asked:
    """What one mapped article brings: questions, indicators, criteria, expertise, panel rules (R16)."""

    article: Article
    is_primary: bool

    @property
    def key(self) -> str:
        """The article's number as content writes it in keys."""
        return str(self.article.number)

    @property
    def questions(self) -> tuple[Question, ...]:
        """Required on the articles page."""
        return self.article.profile.questions

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        """Shown in the results, each under its `indicator_key`."""
        return self.article.profile.indicators

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """Scored in the reviews."""
        return self.article.profile.criteria

    @property
    def expertise(self) -> Expertise:
        """Looked for by the routing."""
        return self.article.profile.expertise

    @property
    def panel(self) -> tuple[PanelRule, ...]:
        """Must hold for the panel (R37)."""
        return self.article.profile.panel

    def answer_field(self, question: Question) -> str:
        """The path of the answer inside the section."""
        return f"answers.{self.key}.{question.id}"

    def indicator_key(self, indicator: Indicator) -> str:
        """The key of the indicator in the results."""
        return f"{self.key}.{indicator.id}"


@dataclass(frozen=True, slots=True)
class Arranged:
    """Answers of mapped articles, and those of articles no longer mapped, kept aside (R16)."""

    answers: dict[str, dict[str, object]]
    aside: dict[str, dict[str, object]]


def read_mapping(content: abc.Mapping[str, object]) -> Mapping:
    """Read the mapping from the content of the section; what is not of its kind is left out."""
    primary = content.get("primary")
    secondary = content.get("secondary")
    texts = content.get("justifications")
    justifications: dict[int, str] = {}
    for number, text in (texts if isinstance(texts, abc.Mapping) else {}).items():
        if isinstance(text, str) and isinstance(number, str) and number.isascii() and number.isdigit():
            justifications[int(number)] = text
    return Mapping(
        primary=primary if _is_number(primary) else None,
        secondary=tuple(n for n in secondary if _is_number(n)) if isinstance(secondary, list | tuple) else (),
        justifications=justifications,
    )


def choose(ticked: abc.Iterable[int], primary: int | None) -> Mapping:
    """The mapping that a list of ticked articles makes, in the order of their numbers (R14).

    A single one is the primary by itself; one that is named as primary but not ticked is not chosen.
    """
    numbers = sorted(set(ticked))
    first = numbers[0] if len(numbers) == 1 else primary if primary in numbers else None
    return Mapping(first, tuple(number for number in numbers if number != first))


def problems(mapping: Mapping, open_articles: Collection[int]) -> list[Problem]:
    """Everything that keeps the mapping from being submitted, given the articles open under the call.

    One primary, up to four secondary, all open, none twice (R14); a justification for each (R15).
    """
    return [*_choice_problems(mapping, open_articles), *_justification_problems(mapping)]


def _choice_problems(mapping: Mapping, open_articles: Collection[int]) -> Iterator[Problem]:
    if mapping.primary is None:
        yield Problem(SECTION, "primary", "mapping_primary_missing")
    elif mapping.primary not in open_articles:
        yield Problem(SECTION, "primary", "mapping_article_not_open", {"article": mapping.primary})
    times = Counter(mapping.secondary)
    if mapping.primary is not None:
        times[mapping.primary] += 1
    for article in dict.fromkeys(mapping.secondary):
        if times[article] > 1:
            yield Problem(SECTION, "secondary", "mapping_article_twice", {"article": article})
        if article not in open_articles and article != mapping.primary:
            yield Problem(SECTION, "secondary", "mapping_article_not_open", {"article": article})
    # While no primary is chosen, one of these will be it.
    room = SECONDARY_AT_MOST if mapping.primary is not None else ARTICLES_AT_MOST
    if len(mapping.secondary) > room:
        params = {"most": SECONDARY_AT_MOST, "chosen": len(mapping.secondary)}
        yield Problem(SECTION, "secondary", "mapping_too_many_secondary", params)


def _justification_problems(mapping: Mapping) -> Iterator[Problem]:
    for article in mapping.articles:
        place = f"justifications.{article}"
        length = count_characters(mapping.justifications.get(article, ""))
        if length == 0:
            params = {"article": article, "least": JUSTIFICATION_AT_LEAST}
            yield Problem(SECTION, place, "mapping_justification_missing", params)
        elif length < JUSTIFICATION_AT_LEAST:
            params = {"article": article, "least": JUSTIFICATION_AT_LEAST, "length": length}
            yield Problem(SECTION, place, "mapping_justification_short", params)
        elif length > JUSTIFICATION_AT_MOST:
            params = {"article": article, "most": JUSTIFICATION_AT_MOST, "length": length}
            yield Problem(SECTION, place, "mapping_justification_long", params)


def ask(mapping: Mapping, initiative: Initiative) -> tuple[Asked, ...]:
    """What each mapped article brings, the primary first (R16)."""
    found = ((number, initiative.article(number)) for number in mapping.articles)
    return tuple(Asked(article, number == mapping.primary) for number, article in found if article)


def rearrange_answers(mapping: Mapping, answers: Answers, aside: Answers) -> Arranged:
    """Set the answers of articles that are not mapped aside, and bring back those of mapped ones (R16).

    Nothing is lost: where both hold an answer to one question, the one in use stands unless it is empty.
    """
    mapped = {str(number) for number in mapping.articles}
    arranged = Arranged(answers={}, aside={})
    for key in dict.fromkeys((*answers, *aside)):
        kept = dict(aside.get(key, {}))
        kept.update(
            {name: value for name, value in answers.get(key, {}).items() if name not in kept or not is_blank(value)}
        )
        if kept:
            (arranged.answers if key in mapped else arranged.aside)[key] = kept
    return arranged


def content_to_submit(content: abc.Mapping[str, object]) -> dict[str, object]:
    """The section as it goes into a version: nothing aside, nothing of articles that are not mapped (R16)."""
    mapped = {str(number) for number in read_mapping(content).articles}
    settled = {name: value for name, value in content.items() if name != "aside"}
    for name in ("justifications", "answers", "claims"):
        texts = content.get(name)
        if isinstance(texts, abc.Mapping):
            settled[name] = {key: value for key, value in texts.items() if key in mapped}
    return settled


def _is_number(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
