"""What an initiative is made of: its text, articles with their profiles, partners and vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

FALLBACK_LANGUAGE = "en"


class QuestionKind(StrEnum):
    """How a question is answered; what an answer of each kind looks like is told in `answers.py`."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    CHOICE = "choice"
    CHOICES = "choices"
    CITY_PAIR = "city_pair"
    YES_NO = "yes_no"


class Direction(StrEnum):
    """Whether more (up) or less (down) of an indicator is better."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the initiative with its stable anchor, such as A12.s2; s0 is the title (R67)."""

    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that a question of choice offers."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """What an article asks of a proposal that is mapped to it (R16). Lengths count characters."""

    id: str
    label: str
    hint: str
    kind: QuestionKind
    required: bool
    max_length: int | None = None
    unit: str = ""
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Indicator:
    """What is counted afterwards for an article, with its unit."""

    id: str
    label: str
    unit: str
    direction: Direction


@dataclass(frozen=True, slots=True)
class Criterion:
    """What reviewers score for an article, from the lowest to the highest mark."""

    id: str
    label: str
    guidance: str
    lowest: int
    highest: int


@dataclass(frozen=True, slots=True)
class Expertise:
    """The knowledge that an article asks of its reviewers, with words that speak of it."""

    label: str
    keywords: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PanelRule:
    """A role requirement for the panel where the article is mapped (R37).

    At least `reviewers` members have a level of expertise of at least `expertise_at_least` in it.
    """

    id: str
    label: str
    reviewers: int
    expertise_at_least: int


@dataclass(frozen=True, slots=True)
class Profile:
    """What an article brings to a proposal, its reviews and its routing (R16, R17)."""

    summary: str
    questions: tuple[Question, ...]
    indicators: tuple[Indicator, ...]
    criteria: tuple[Criterion, ...]
    expertise: Expertise
    panel: tuple[PanelRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """One numbered section of the initiative, with the profile made from its words."""

    number: int
    title: str
    short_title: str
    text: str
    sentences: tuple[Sentence, ...]
    themes: tuple[str, ...]
    profile: Profile


@dataclass(frozen=True, slots=True)
class Preamble:
    """The text before the articles, with what it names as principles and priorities."""

    text: str
    sentences: tuple[Sentence, ...]
    principles: tuple[str, ...]
    cooperation_priorities: tuple[str, ...]
    nature: str


@dataclass(frozen=True, slots=True)
class PartnerEntry:
    """One partner as the initiative's data know it.

    Names stand as its government writes them, by language. `weekend` holds weekdays as Python counts
    them (Monday is 0). `holidays` is the code of its public holidays in the calendars' library, or None.
    Latitude and longitude are degrees of the seat of government, for the map alone.
    """

    code: str
    alpha3: str
    signed_as: str
    names: Mapping[str, str]
    formal_names: Mapping[str, str]
    sorts_as: Mapping[str, str]
    capital: str
    time_zone: str
    latitude: float
    longitude: float
    languages: tuple[str, ...]
    weekend: frozenset[int]
    holidays: str | None
    note: str = ""

    def name(self, language: str = FALLBACK_LANGUAGE) -> str:
        """The short name in that language, or in English where it has none."""
        return _in(self.names, language)

    def formal_name(self, language: str = FALLBACK_LANGUAGE) -> str:
        """The full name, for letters."""
        return _in(self.formal_names, language)

    def sort_name(self, language: str = FALLBACK_LANGUAGE) -> str:
        """The name under which lists file the partner (The Gambia stands under G)."""
        spoken = _spoken(self.names, language)
        return self.sorts_as.get(spoken) or self.names[spoken]


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of a closed list: what is stored, what people read, and a short hint."""

    id: str
    label: str
    hint: str


@dataclass(frozen=True, slots=True)
class ArticleGroup:
    """Articles shown together under a heading of ours; the heading is not part of the initiative."""

    id: str
    heading: str
    articles: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The closed lists that proposals under this initiative choose from."""

    sectors: tuple[Term, ...]
    budget_categories: tuple[Term, ...]
    source_kinds: tuple[Term, ...]
    source_states: tuple[Term, ...]
    article_groups: tuple[ArticleGroup, ...]


@dataclass(frozen=True, slots=True)
class Organisation:
    """An international organisation that the initiative welcomes by name."""

    acronym: str
    name: str


@dataclass(frozen=True, slots=True)
class Initiative:
    """The text that partners signed up to, with all data that the product draws from it."""

    id: str
    version: int
    title: str
    year: int
    source: str
    preamble: Preamble
    articles: tuple[Article, ...]
    partners: tuple[PartnerEntry, ...]
    organisations_welcomed: tuple[Organisation, ...]
    vocabulary: Vocabulary

    def article(self, number: int) -> Article | None:
        """The article of that number, or None where the initiative has none."""
        return next((article for article in self.articles if article.number == number), None)

    def partner(self, code: str) -> PartnerEntry | None:
        """The partner of that code, or None."""
        return next((partner for partner in self.partners if partner.code == code), None)

    def sentence(self, anchor: str) -> Sentence | None:
        """The sentence at that anchor, in an article or in the preamble, or None (R67)."""
        return next((sentence for sentence in self.sentences if sentence.anchor == anchor), None)

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """All sentences in the order of the text: the preamble, then the articles."""
        ours = self.preamble.sentences
        return ours + tuple(sentence for article in self.articles for sentence in article.sentences)


def find_term(terms: tuple[Term, ...], term_id: str) -> Term | None:
    """The term of that id in one list of the vocabulary, or None."""
    return next((term for term in terms if term.id == term_id), None)


def _spoken(names: Mapping[str, str], language: str) -> str:
    """The language the name is given in: the one asked for, its base (pt for pt-BR), or English."""
    base = language.replace("_", "-").split("-")[0]
    return next((key for key in (language, base) if key in names), FALLBACK_LANGUAGE)


def _in(names: Mapping[str, str], language: str) -> str:
    return names[_spoken(names, language)]
