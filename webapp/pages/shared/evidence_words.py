"""Suggestions and evidence as pages show them: how surely in words, and the words on both sides with their marks."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from webapp.domain.evidence import Suggestion, cut_out
from webapp.domain.initiative import Initiative

SURE, LIKELY = 0.75, 0.4
Pieces = list[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Shown:
    """One suggested article: its number and name, how surely, and the passages of both texts with their marks."""

    number: int
    name: str
    sure: str
    tone: str
    here: Pieces
    there: Pieces


def show_suggestions(
    text: str, suggestions: tuple[Suggestion, ...], initiative: Initiative, worded: Initiative
) -> list[Shown]:
    """The suggestions in words: names in the reader's language, the article's words as the initiative has them."""
    shown = []
    for one in suggestions:
        article, named = initiative.article(one.article), worded.article(one.article)
        if article is None or named is None:
            continue
        sure, tone = _sure(one.score)
        theirs = [(place, place + len(says)) for says, place in _places(article.text, {r.says for r in one.reasons})]
        here = cut_out(text, [(reason.start, reason.end) for reason in one.reasons])
        shown.append(Shown(article.number, named.short_title, sure, tone, here, cut_out(article.text, theirs)))
    return shown


def _sure(score: float) -> tuple[str, str]:
    if score >= SURE:
        return _("Speaks to it clearly"), "ok"
    if score >= LIKELY:
        return _("Probably speaks to it"), "info"
    return _("May speak to it"), "mute"


def _places(text: str, wanted: set[str]) -> list[tuple[str, int]]:
    """Where the words stand in the article; words that cross each other are shown once."""
    found = sorted((text.find(one), one) for one in wanted if one and one in text)
    kept: list[tuple[str, int]] = []
    for place, one in found:
        if not kept or place >= kept[-1][1] + len(kept[-1][0]):
            kept.append((one, place))
    return kept
