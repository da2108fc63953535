"""How good suggestions are: figures over labelled texts, with the intervals that their number allows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

LOSS = 0.05
BANDS = 5


@dataclass(frozen=True, slots=True)
class Labelled:
    """One text with its labels, and what was said of it: ranked articles with scores, and that none fits."""

    id: str
    language: str
    primary: int | None
    articles: frozenset[int]
    ranked: tuple[tuple[int, float], ...]
    none: float
    refused: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """A share with its 95 % interval (Wilson) and how many texts it is of."""

    value: float
    low: float
    high: float
    count: int


def share(hits: Sequence[bool]) -> Figure:
    """The share of what is true, with its interval."""
    count, z = len(hits), 1.96
    if not count:
        return Figure(0.0, 0.0, 1.0, 0)
    part = sum(hits) / count
    middle = (part + z * z / (2 * count)) / (1 + z * z / count)
    wide = z * sqrt(part * (1 - part) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    return Figure(part, max(0.0, middle - wide), min(1.0, middle + wide), count)


def hit_at(texts: Iterable[Labelled], rank: int) -> Figure:
    """How often the primary article stands among the first ones."""
    return share([one.primary in [a for a, _score in one.ranked[:rank]] for one in texts if one.primary is not None])


def set_f1(texts: Iterable[Labelled], least: float) -> float:
    """The micro-F1 of the sets: the best article always, and up to three more with at least this score."""
    right = said = meant = 0
    for one in texts:
        if one.primary is not None:
            chosen = chosen_set(one.ranked, least)
            right, said, meant = right + len(chosen & one.articles), said + len(chosen), meant + len(one.articles)
    return 2 * right / (said + meant) if said + meant else 0.0


def chosen_set(ranked: Sequence[tuple[int, float]], least: float) -> frozenset[int]:
    """The set that scores make: the best article, and up to three more that reach the limit."""
    return frozenset(article for place, (article, score) in enumerate(ranked[:4]) if place == 0 or score >= least)


def calibration(texts: Iterable[Labelled]) -> list[tuple[float, float, int]]:
    """By bands of the score: the mean score, how often the article was right, and how many pairs."""
    pairs = [(score, article in one.articles) for one in texts for article, score in one.ranked]
    found = []
    for band in range(BANDS):
        low, high = band / BANDS, (band + 1) / BANDS
        inside = [pair for pair in pairs if low <= pair[0] < high or (pair[0] == high == 1)]
        if inside:
            right = sum(is_right for _score, is_right in inside)
            found.append((sum(score for score, _r in inside) / len(inside), right / len(inside), len(inside)))
    return found


def refused_at_loss(texts: Sequence[Labelled]) -> Figure:
    """How many texts that fit nothing are refused where at most 5 % of the others would be."""
    good = sorted(one.none for one in texts if one.primary is not None)
    limit = none_limit(good)
    return share([one.none > limit for one in texts if one.primary is None])


def none_limit(good: Sequence[float]) -> float:
    """The value of "none fits" that at most 5 % of texts that fit something pass."""
    ordered = sorted(good)
    return ordered[-int(len(ordered) * LOSS) - 1] if ordered else 1.0


def lower_limit(good: Sequence[float]) -> float:
    """The score below which at most 5 % of rightly mapped articles lie."""
    ordered = sorted(good)
    return ordered[int(len(ordered) * LOSS)] if ordered else 0.0


def pointed_out(texts: Iterable[Labelled], least: float) -> Figure:
    """How many articles that a text does not serve would be pointed out if they were claimed."""
    return share([score < least for one in texts for article, score in one.ranked if article not in one.articles])


def summary(texts: Sequence[Labelled], least: float) -> Mapping[str, Figure]:
    """The figures of one list of texts."""
    supported = [score for one in texts for article, score in one.ranked if article in one.articles]
    return {
        "hit@1": hit_at(texts, 1),
        "hit@3": hit_at(texts, 3),
        "set F1": Figure(set_f1(texts, least), 0.0, 0.0, sum(one.primary is not None for one in texts)),
        "refused at 5 % loss": refused_at_loss(texts),
        "refused": share([one.refused for one in texts if one.primary is None]),
        "wrongly refused": share([one.refused for one in texts if one.primary is not None]),
        "unsupported pointed out at 5 % loss": pointed_out(texts, lower_limit(supported)),
    }
