"""The `Matcher` port: judges texts by the newest model there is, and finds the words that a judgement rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import numpy as np

from webapp.adapters.suggesting.encoder import Encoder, split_sentences
from webapp.adapters.suggesting.model import Model, load
from webapp.adapters.suggesting.traits import Measure, Reference, Words
from webapp.domain.evidence import Judged, Reason, widest, without
from webapp.domain.initiative import Initiative
from webapp.domain.lexicon import parse_examples, parse_lexicon

REASONS_AT_MOST = 6
LOWER_BY = 1e-4
Span = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the lexicon, the imagined projects and the models lie: shipped, and learned here (newer)."""

    shipped: Path
    learned: Path


class TrainedMatcher:
    """Loads what it needs with the first text; the same object may be asked by many threads."""

    def __init__(self, initiative: Initiative, sources: Sources, *, encoder: Encoder | None = None) -> None:
        self._initiative, self._sources = initiative, sources
        self._encoder = encoder
        self._lock = Lock()
        self._measure: Measure | None = None
        self._model: tuple[float, Model] | None = None
        self._sentences: list[tuple[int, str]] = []

    @property
    def measure(self) -> Measure:
        """What measures texts, made once."""
        with self._lock:
            if self._measure is None:
                self._measure, self._sentences = build_measure(self._initiative, self._sources.shipped, self._encoder)
            return self._measure

    @property
    def model(self) -> Model:
        """The model in use: the learned one where there is one, else the one that is shipped."""
        learned = self._sources.learned / "card.json"
        folder, stamp = (
            (self._sources.learned, learned.stat().st_mtime) if learned.exists() else (self._sources.shipped, 0.0)
        )
        with self._lock:
            if self._model is None or self._model[0] != stamp:
                self._model = (stamp, load(folder))
            return self._model[1]

    @property
    def with_encoder(self) -> bool:
        """Whether the sentence encoder takes part; without it, phrases and words alone count."""
        return self._encoder is not None

    @property
    def card(self) -> Mapping[str, object]:
        """What the model in use was made of, and how good it was found to be."""
        return self.model.card

    @property
    def initiative(self) -> Initiative:
        """The initiative whose articles are suggested."""
        return self._initiative

    @property
    def articles(self) -> int:
        """The highest number of an article."""
        return self.measure.reference.articles

    def limit(self, name: str) -> float:
        """A limit measured in training: `unsupported` or `strong`."""
        return self.model.limit(name, with_encoder=self.with_encoder)

    def examples(self) -> tuple[tuple[int, str], ...]:
        """The imagined projects, each with its article; 0 where it serves none."""
        return parse_examples((self._sources.shipped / "examples.txt").read_text("utf-8").splitlines())

    def judge(self, texts: Sequence[tuple[str, str]]) -> list[Judged]:
        """What the model makes of each text, a title and what follows it."""
        model, encoder = self.model, self.with_encoder
        scores, none = model.weigh(self.measure.measure(texts), with_encoder=encoder)
        limit = model.limit("none", with_encoder=encoder)
        return [
            Judged(tuple(float(one) for one in row), float(chance), bool(chance > limit), model.name, encoder)
            for row, chance in zip(scores, none, strict=True)
        ]

    def explain(self, text: str, articles: Sequence[int]) -> list[tuple[Reason, ...]]:
        """For each article the words of the text that speak for it; taken out, they lower the score, else none are."""
        hits = self.measure.lexicon.find(text)
        named = {
            article: widest((one.start, one.end, one.phrase.says) for one in hits if one.phrase.article == article)
            for article in articles
        }
        kept = self._lowering(text, {article: spans[:REASONS_AT_MOST] for article, spans in named.items()})
        kept |= self._lowering(text, {one: self._nearest(text, one) for one in articles if one not in kept})
        return [
            tuple(Reason(start, end, text[start:end], says) for start, end, says in kept.get(article, ()))
            for article in articles
        ]

    def _lowering(self, text: str, named: Mapping[int, list[Span]]) -> dict[int, list[Span]]:
        """The articles whose score is lower without the spans named for them."""
        asked = [article for article, spans in named.items() if spans]
        if not asked:
            return {}
        shorter = [without(text, [span[:2] for span in named[article]]) for article in asked]
        whole, *less = self.judge([("", text), *(("", one) for one in shorter)])
        return {
            article: named[article]
            for article, one in zip(asked, less, strict=True)
            if one.score(article) < whole.score(article) - LOWER_BY
        }

    def _nearest(self, text: str, article: int) -> list[Span]:
        """Where no phrase is known: the sentence of the text that is most like one of the article's."""
        if not self.with_encoder:
            return []
        theirs = [sentence for number, sentence in self._sentences if number == article]
        mine = split_sentences(text)
        if not theirs:
            return []
        alike = self.measure.encode(mine) @ self.measure.encode(theirs).T
        row, column = np.unravel_index(int(alike.argmax()), alike.shape)
        start = text.find(mine[row])
        return [(start, start + len(mine[row]), theirs[column])] if start >= 0 else []


def build_measure(
    initiative: Initiative, folder: Path, encoder: Encoder | None
) -> tuple[Measure, list[tuple[int, str]]]:
    """What measures texts against this initiative, and the sentences of its articles."""
    lexicon = parse_lexicon((folder / "lexicon.txt").read_text("utf-8").splitlines())
    examples = parse_examples((folder / "examples.txt").read_text("utf-8").splitlines())
    sentences = [(one.number, text) for one in initiative.articles for text in split_sentences(one.text)]
    owned = [*examples, *sentences]
    count = max(article.number for article in initiative.articles)
    vectors = (
        encoder.encode([text for _article, text in owned]) if encoder else np.zeros((len(owned), 1), dtype=np.float32)
    )
    reference = Reference(np.array([article for article, _text in owned]), vectors, count)
    phrases = [(phrase.article, phrase.text.replace("*", "")) for phrase in lexicon.phrases]
    words = Words([" ".join(text for own, text in [*owned, *phrases] if own == n) for n in range(count + 1)])
    return Measure(lexicon, encoder, reference, words), sentences
