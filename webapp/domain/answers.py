"""Answers to the questions that mapped articles bring: what each kind looks like, and what is wrong (R16).

In content, answers stand as:
text, long_text  a text of at most the question's length;
number           a decimal text that is not negative, "1200" or "0.5";
choice, yes_no   the id of an option, or "yes" or "no";
choices          a list of ids of options;
city_pair        {"city_a", "partner_a", "city_b", "partner_b"}: two cities of two different partners.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from webapp.domain.initiative import Question, QuestionKind
from webapp.domain.mapping import SECTION, Answers, Asked
from webapp.domain.problems import Problem
from webapp.domain.texts import count_characters, is_blank

CITY_AT_MOST = 100
YES_NO = ("yes", "no")

_NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]{1,6})?")
_MISSING = {
    QuestionKind.NUMBER: "answer_number_missing",
    QuestionKind.CHOICE: "answer_not_chosen",
    QuestionKind.CHOICES: "answer_none_chosen",
    QuestionKind.CITY_PAIR: "answer_city_pair_missing",
    QuestionKind.YES_NO: "answer_not_chosen",
}


@dataclass(frozen=True, slots=True)
class _Place:
    """One question with where its answer stands; makes the problems that are found there."""

    question: Question
    article: int
    field: str

    def problem(self, code: str, part: str = "", **params: str | int) -> Problem:
        where = f"{self.field}.{part}" if part else self.field
        named: dict[str, str | int] = {"article": self.article, "question": self.question.label}
        return Problem(SECTION, where, code, named | params)


def answer_problems(
    asked: Iterable[Asked], answers: Answers, partners: Collection[str], *, complete: bool
) -> list[Problem]:
    """Everything wrong with the answers, in the order of the questions.

    `partners` are the codes that a city pair may name. With `complete`, unanswered questions are problems
    too (R9); without, only what was typed is judged, so that a draft can be saved unfinished (R5).
    Answers to questions that nobody asks are not looked at.
    """
    found: list[Problem] = []
    for entry in asked:
        given = answers.get(entry.key, {})
        for question in entry.questions:
            place = _Place(question, entry.article.number, entry.answer_field(question))
            value = given.get(question.id)
            if not is_blank(value):
                found.extend(_judge(place, value, partners, complete))
            elif complete and question.required:
                found.append(place.problem(_MISSING.get(question.kind, "answer_missing")))
    return found


def _judge(place: _Place, value: object, partners: Collection[str], complete: bool) -> Iterator[Problem]:
    if place.question.kind is QuestionKind.CITY_PAIR:
        return _judge_city_pair(place, value, partners, complete)
    return _JUDGES[place.question.kind](place, value)


def _judge_text(place: _Place, value: object) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield place.problem("answer_unreadable")
        return
    length, most = count_characters(value), place.question.max_length
    if most is not None and length > most:
        yield place.problem("answer_too_long", most=most, over=length - most)


def _judge_number(place: _Place, value: object) -> Iterator[Problem]:
    if not isinstance(value, str) or not _NUMBER.fullmatch(value.strip()):
        yield place.problem("answer_not_a_number")


def _judge_choice(place: _Place, value: object) -> Iterator[Problem]:
    if value not in [option.id for option in place.question.options]:
        yield place.problem("answer_not_offered")


def _judge_choices(place: _Place, value: object) -> Iterator[Problem]:
    if not isinstance(value, list | tuple):
        yield place.problem("answer_unreadable")
        return
    offered = [option.id for option in place.question.options]
    if any(entry not in offered for entry in value) or len(set(value)) < len(value):
        yield place.problem("answer_not_offered")


def _judge_yes_no(place: _Place, value: object) -> Iterator[Problem]:
    if value not in YES_NO:
        yield place.problem("answer_not_offered")


def _judge_city_pair(place: _Place, value: object, partners: Collection[str], complete: bool) -> Iterator[Problem]:
    if not isinstance(value, Mapping):
        yield place.problem("answer_unreadable")
        return
    for part in ("city_a", "city_b"):
        city = value.get(part)
        if is_blank(city):
            if complete:
                yield place.problem("answer_city_missing", part)
        elif not isinstance(city, str):
            yield place.problem("answer_unreadable", part)
        elif (length := count_characters(city)) > CITY_AT_MOST:
            yield place.problem("answer_too_long", part, most=CITY_AT_MOST, over=length - CITY_AT_MOST)
    for part in ("partner_a", "partner_b"):
        partner = value.get(part)
        if is_blank(partner):
            if complete:
                yield place.problem("answer_city_partner_missing", part)
        elif not isinstance(partner, str) or partner not in partners:
            yield place.problem("answer_city_partner_unknown", part)
    if not is_blank(value.get("partner_a")) and value.get("partner_a") == value.get("partner_b"):
        yield place.problem("answer_city_pair_one_partner", "partner_b")


_JUDGES: dict[QuestionKind, Callable[[_Place, object], Iterator[Problem]]] = {
    QuestionKind.TEXT: _judge_text,
    QuestionKind.LONG_TEXT: _judge_text,
    QuestionKind.NUMBER: _judge_number,
    QuestionKind.CHOICE: _judge_choice,
    QuestionKind.CHOICES: _judge_choices,
    QuestionKind.YES_NO: _judge_yes_no,
}
