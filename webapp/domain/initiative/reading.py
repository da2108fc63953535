"""Reading an initiative's raw data into its shape; what is missing or of a wrong type is named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TypeVar

from webapp.domain.initiative.shape import (
    Article,
    ArticleGroup,
    Criterion,
    Direction,
    Expertise,
    Indicator,
    Initiative,
    Option,
    Organisation,
    PanelRule,
    PartnerEntry,
    Preamble,
    Profile,
    Question,
    QuestionKind,
    Sentence,
    Term,
    Vocabulary,
)

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


class UnreadableInitiative(ValueError):
    """The raw data lack something, or hold it as a wrong type; the message says where."""


class _Node:
    """One JSON object with the path to it, so that every complaint can say where it stands."""

    def __init__(self, raw: object, path: str) -> None:
        if not isinstance(raw, Mapping):
            raise UnreadableInitiative(f"{path}: expected an object")
        self.raw: Mapping[str, object] = raw
        self.path = path

    def _get(self, key: str, kind: type[T], what: str) -> T:
        value = self.raw.get(key)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise UnreadableInitiative(f"{self.path}.{key}: expected {what}")
        return value

    def text(self, key: str) -> str:
        return self._get(key, str, "a text")

    def optional_text(self, key: str) -> str | None:
        return None if self.raw.get(key) is None else self.text(key)

    def whole(self, key: str) -> int:
        return self._get(key, int, "a whole number")

    def number(self, key: str) -> float:
        value = self.raw.get(key)
        return float(self.whole(key)) if isinstance(value, int) else self._get(key, float, "a number")

    def truth(self, key: str) -> bool:
        return self._get(key, bool, "true or false")

    def texts(self, key: str) -> tuple[str, ...]:
        return tuple(self._items(key, str, "a text"))

    def wholes(self, key: str) -> tuple[int, ...]:
        return tuple(self._items(key, int, "a whole number"))

    def _items(self, key: str, kind: type[T], what: str) -> list[T]:
        values = self._get(key, list, "a list")
        for place, value in enumerate(values):
            if not isinstance(value, kind) or isinstance(value, bool):
                raise UnreadableInitiative(f"{self.path}.{key}[{place}]: expected {what}")
        return values

    def node(self, key: str) -> _Node:
        return _Node(self.raw.get(key), f"{self.path}.{key}")

    def each(self, key: str, read: Callable[[_Node], T]) -> tuple[T, ...]:
        values = self._get(key, list, "a list")
        return tuple(read(_Node(value, f"{self.path}.{key}[{n}]")) for n, value in enumerate(values))

    def optional_each(self, key: str, read: Callable[[_Node], T]) -> tuple[T, ...]:
        return self.each(key, read) if key in self.raw else ()

    def by_language(self, key: str) -> Mapping[str, str]:
        node = self.node(key)
        return {language: node.text(language) for language in node.raw}

    def one_of(self, key: str, kind: type[E]) -> E:
        value = self.text(key)
        if value not in {member.value for member in kind}:
            known = ", ".join(member.value for member in kind)
            raise UnreadableInitiative(f"{self.path}.{key}: {value!r} is none of {known}")
        return kind(value)


def parse_initiative(raw: Mapping[str, object]) -> Initiative:
    """Read what `config.initiatives.load` gives. Raises UnreadableInitiative with the place.

    The result has the right shape; whether it makes sense is told by `problems`.
    """
    root = _Node(raw, "data")
    text = root.node("initiative")
    return Initiative(
        id=text.text("id"),
        version=text.whole("version"),
        title=text.text("title"),
        year=text.whole("year"),
        source=text.text("source"),
        preamble=_preamble(text.node("preamble")),
        articles=_articles(text, root.node("profiles")),
        partners=root.node("partners").each("partners", _partner),
        organisations_welcomed=text.each(
            "organisations_welcomed", lambda node: Organisation(node.text("acronym"), node.text("name"))
        ),
        vocabulary=_vocabulary(root.node("vocabulary")),
    )


def _preamble(node: _Node) -> Preamble:
    return Preamble(
        text=node.text("text"),
        sentences=node.each("sentences", _sentence),
        principles=node.texts("principles"),
        cooperation_priorities=node.texts("cooperation_priorities"),
        nature=node.text("nature"),
    )


def _articles(text: _Node, profiles: _Node) -> tuple[Article, ...]:
    by_number: dict[int, Profile] = {}
    for number, profile in profiles.each("profiles", lambda node: (node.whole("article"), _profile(node))):
        if number in by_number:
            raise UnreadableInitiative(f"data.profiles: article {number} has two profiles")
        by_number[number] = profile

    def article(node: _Node) -> Article:
        number = node.whole("number")
        if number not in by_number:
            raise UnreadableInitiative(f"data.profiles: article {number} has no profile")
        return Article(
            number=number,
            title=node.text("title"),
            short_title=node.text("short_title"),
            text=node.text("text"),
            sentences=node.each("sentences", _sentence),
            themes=node.texts("themes"),
            profile=by_number.pop(number),
        )

    articles = text.each("articles", article)
    if by_number:
        raise UnreadableInitiative(f"data.profiles: no article has the number {min(by_number)}")
    return articles


def _sentence(node: _Node) -> Sentence:
    return Sentence(node.text("anchor"), node.text("text"))


def _profile(node: _Node) -> Profile:
    expertise = node.node("expertise")
    return Profile(
        summary=node.text("summary"),
        questions=node.each("questions", _question),
        indicators=node.each("indicators", _indicator),
        criteria=node.each("criteria", _criterion),
        expertise=Expertise(expertise.text("label"), expertise.texts("keywords")),
        panel=node.optional_each("panel", _panel_rule),
    )


def _question(node: _Node) -> Question:
    return Question(
        id=node.text("id"),
        label=node.text("label"),
        hint=node.text("hint"),
        kind=node.one_of("kind", QuestionKind),
        required=node.truth("required"),
        max_length=node.whole("max_length") if "max_length" in node.raw else None,
        unit=node.optional_text("unit") or "",
        options=node.optional_each("options", lambda item: Option(item.text("id"), item.text("label"))),
    )


def _indicator(node: _Node) -> Indicator:
    direction = node.one_of("direction", Direction)
    return Indicator(node.text("id"), node.text("label"), node.text("unit"), direction)


def _criterion(node: _Node) -> Criterion:
    scale = node.wholes("scale")
    if len(scale) != 2:
        raise UnreadableInitiative(f"{node.path}.scale: expected the lowest and the highest mark")
    return Criterion(node.text("id"), node.text("label"), node.text("guidance"), scale[0], scale[1])


def _panel_rule(node: _Node) -> PanelRule:
    return PanelRule(node.text("id"), node.text("label"), node.whole("reviewers"), node.whole("expertise_at_least"))


def _partner(node: _Node) -> PartnerEntry:
    weekend = node.texts("weekend")
    if not set(weekend) <= set(WEEKDAYS):
        raise UnreadableInitiative(f"{node.path}.weekend: expected names of weekdays, in small letters")
    return PartnerEntry(
        code=node.text("code"),
        alpha3=node.text("alpha3"),
        signed_as=node.text("signed_as"),
        names=node.by_language("names"),
        formal_names=node.by_language("formal_names"),
        sorts_as=node.by_language("sorts_as") if "sorts_as" in node.raw else {},
        capital=node.text("capital"),
        time_zone=node.text("time_zone"),
        latitude=node.number("latitude"),
        longitude=node.number("longitude"),
        languages=node.texts("languages"),
        weekend=frozenset(WEEKDAYS.index(day) for day in weekend),
        holidays=node.optional_text("holidays"),
        note=node.optional_text("note") or "",
    )


def _vocabulary(node: _Node) -> Vocabulary:
    def term(item: _Node) -> Term:
        return Term(item.text("id"), item.text("label"), item.text("hint"))

    def group(item: _Node) -> ArticleGroup:
        return ArticleGroup(item.text("id"), item.text("heading"), item.wholes("articles"))

    return Vocabulary(
        sectors=node.each("sectors", term),
        budget_categories=node.each("budget_categories", term),
        source_kinds=node.each("source_kinds", term),
        source_states=node.each("source_states", term),
        article_groups=node.each("article_groups", group),
    )
