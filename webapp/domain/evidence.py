"""The rules of evidence: what a judged text suggests, what speaks for a mapping, what is missing from it (R18, R19)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from webapp.domain.ports import Matcher

SUGGESTED_AT_MOST = 5
SHOWN_AT_LEAST = 0.15
TEXT_AT_LEAST = 40
"""Fewer characters than this say too little to suggest anything."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Words of the proposal, from `start` to before `end`, and the words of the article that they stand for."""

    start: int
    end: int
    text: str
    says: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What the model makes of one text: a score for each article, from 0 to 1, and that none fits."""

    scores: tuple[float, ...]
    none: float
    fits_none: bool
    model: str
    with_encoder: bool

    def score(self, article: int) -> float:
        """The article's score; 0 for one that is not known."""
        return self.scores[article - 1] if 0 < article <= len(self.scores) else 0.0

    def ranked(self) -> list[tuple[int, float]]:
        """All articles with their scores, the best first."""
        return sorted(enumerate(self.scores, start=1), key=lambda pair: (-pair[1], pair[0]))


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An article that the text speaks to, how surely, and the words that say so."""

    article: int
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What stands for and against a mapping: claimed with nothing in the text, and in the text but not claimed."""

    unsupported: tuple[int, ...]
    unclaimed: tuple[Suggestion, ...]
    judged: Judged


@dataclass(frozen=True, slots=True)
class Suggested:
    """What is suggested for one text; `enough` says whether there was text enough to judge."""

    text: str
    enough: bool
    suggestions: tuple[Suggestion, ...]
    judged: Judged | None = None


def suggest(matcher: Matcher, title: str, rest: str, open_articles: Collection[int]) -> Suggested:
    """The articles that a text speaks to, each with the words that say so; nothing is chosen by this (R18)."""
    text = whole_text(title, rest)
    if len(text) < TEXT_AT_LEAST:
        return Suggested(text, False, ())
    judged = matcher.judge([(title.strip(), rest.strip())])[0]
    found = pick_articles(judged, open_articles)
    return Suggested(text, True, _explained(matcher, text, judged, found), judged)


def weigh_mapping(
    matcher: Matcher, title: str, rest: str, claimed: Collection[int], open_articles: Collection[int]
) -> Evidence | None:
    """What the text says of a mapping; None where there is too little text to tell (R19)."""
    text = whole_text(title, rest)
    if len(text) < TEXT_AT_LEAST or not claimed:
        return None
    judged = matcher.judge([(title.strip(), rest.strip())])[0]
    missing = unclaimed(judged, claimed, open_articles, matcher.limit("strong"))
    return Evidence(
        unsupported(judged, claimed, matcher.limit("unsupported")),
        _explained(matcher, text, judged, missing),
        judged,
    )


def _explained(matcher: Matcher, text: str, judged: Judged, articles: Sequence[int]) -> tuple[Suggestion, ...]:
    reasons = matcher.explain(text, articles)
    return tuple(Suggestion(one, judged.score(one), why) for one, why in zip(articles, reasons, strict=True))


def whole_text(title: str, rest: str) -> str:
    """Title and text as one text, as reasons count their places."""
    return f"{title.strip()}. {rest.strip()}" if title.strip() else rest.strip()


def proposal_text(contents: Mapping[str, Mapping[str, object]]) -> tuple[str, str]:
    """Title, and what else of a proposal tells what it is for: summary, objectives, activities."""
    basics, plan = contents.get("basics", {}), contents.get("plan", {})
    parts = (basics.get("summary"), plan.get("objectives"), plan.get("activities"))
    return str(basics.get("title") or ""), "\n".join(part for part in parts if isinstance(part, str) and part.strip())


def cut_out(text: str, spans: Sequence[tuple[int, int]], around: int = 60) -> list[tuple[str, bool]]:
    """The passages around spans as pieces of text, each marked or not; what lies between is left out."""
    pieces: list[tuple[str, bool]] = []
    at = 0
    for start, end in sorted(spans):
        first = max(at, start - around)
        if first > at or (first and not pieces):
            pieces.append(("… ", False))
        pieces += [(text[first:start], False), (text[start:end], True)]
        at = end
        following = min((one for one, _end in spans if one >= end), default=len(text))
        last = min(following, end + around)
        pieces.append((text[at:last], False))
        at = last
    if pieces and at < len(text):
        pieces.append((" …", False))
    return [piece for piece in pieces if piece[0]]


def pick_articles(judged: Judged, open_articles: Collection[int]) -> tuple[int, ...]:
    """The articles to suggest, the best first; none where the text fits none (R18)."""
    if judged.fits_none:
        return ()
    likely = [article for article, score in judged.ranked() if score >= SHOWN_AT_LEAST and article in open_articles]
    return tuple(likely[:SUGGESTED_AT_MOST])


def unsupported(judged: Judged, claimed: Iterable[int], least: float) -> tuple[int, ...]:
    """The claimed articles for which nothing in the text speaks (R19); it points out, it does not block."""
    return tuple(article for article in claimed if judged.score(article) < least)


def unclaimed(judged: Judged, claimed: Collection[int], open_articles: Collection[int], most: float) -> tuple[int, ...]:
    """The articles that the text speaks to strongly and the mapping leaves out, the best first."""
    if judged.fits_none:
        return ()
    return tuple(
        article
        for article, score in judged.ranked()
        if score >= most and article not in claimed and article in open_articles
    )


def widest(spans: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Spans without those that lie inside or across an earlier, longer one; in the order of the text."""
    kept: list[tuple[int, int, str]] = []
    for start, end, says in sorted(spans, key=lambda span: (span[0] - span[1], span[0])):
        if all(end <= other[0] or start >= other[1] for other in kept):
            kept.append((start, end, says))
    return sorted(kept)


def without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with the spans taken out."""
    pieces, at = [], 0
    for start, end in sorted(spans):
        pieces.append(text[at:start])
        at = max(at, end)
    return " ".join([*pieces, text[at:]]) if spans else text
