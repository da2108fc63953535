"""What is measured of a text before it is judged: vectors, phrases of the lexicon, words shared with the articles."""

from __future__ import annotations

import re
from collections import Counter, OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np

from webapp.adapters.suggesting.encoder import WIDTH, Array, Encoder, split_sentences
from webapp.domain.evidence import whole_text
from webapp.domain.lexicon import Hit, Lexicon, fold

TITLE_WEIGHT = 0.5
SENTENCES_KEPT = 2000
_WORD = re.compile(r"[^\W_]{3,}")


@dataclass(frozen=True, slots=True)
class Reference:
    """What texts are compared with: the articles' sentences and the imagined projects, each with its article."""

    owners: Array
    vectors: Array
    articles: int


@dataclass(frozen=True, slots=True)
class Traits:
    """Of each text: its vector, its likeness to what stands for each article, its phrases; column 0 is "none"."""

    vectors: Array
    likeness: Array
    phrases: Array
    in_title: Array
    words: Array


class Measure:
    """Measures texts; sentences that were met lately are not encoded anew, so that typing on costs little."""

    def __init__(self, lexicon: Lexicon, encoder: Encoder | None, reference: Reference, words: Words) -> None:
        self.lexicon, self.encoder, self.reference = lexicon, encoder, reference
        self._words = words
        self._met: OrderedDict[str, Array] = OrderedDict()
        self._lock = Lock()

    def measure(self, texts: Sequence[tuple[str, str]]) -> Traits:
        """The traits of texts, each a title and what follows it."""
        count = self.reference.articles
        whole = [whole_text(*text) for text in texts]
        phrases = [count_phrases(self.lexicon.find(text), count) for text in whole]
        in_title = [count_phrases(self.lexicon.find(title), count) for title, _rest in texts]
        self.encode([sentence for text in texts for sentence in self._sentences(*text)])
        encoded = [self._encoded(*text) for text in texts]
        return Traits(
            np.array([one[0] for one in encoded], dtype=np.float32),
            np.array([one[1] for one in encoded], dtype=np.float32),
            np.array(phrases),
            np.array(in_title),
            np.array([self._words.scores(text) for text in whole]),
        )

    def encode(self, sentences: Sequence[str]) -> Array:
        """One vector for each sentence."""
        if self.encoder is None:
            return np.zeros((len(sentences), WIDTH), dtype=np.float32)
        with self._lock:
            known = {text: self._met[text] for text in sentences if text in self._met}
        new = [text for text in dict.fromkeys(sentences) if text not in known]
        if new:
            known.update(zip(new, self.encoder.encode(new), strict=True))
            with self._lock:
                self._met.update((text, known[text]) for text in new)
                while len(self._met) > SENTENCES_KEPT:
                    self._met.popitem(last=False)
        return np.array([known[text] for text in sentences])

    def _sentences(self, title: str, rest: str) -> list[str]:
        """The title, or what stands for it, and the sentences."""
        sentences = split_sentences(rest or title)
        return [title or sentences[0], *sentences]

    def _encoded(self, title: str, rest: str) -> tuple[Array, Array]:
        count = self.reference.articles
        if self.encoder is None:
            return np.zeros(WIDTH, dtype=np.float32), np.zeros(count + 1, dtype=np.float32)
        rows = self.encode(self._sentences(title, rest))
        nearest = (rows @ self.reference.vectors.T).max(0)
        best = [_best(nearest[self.reference.owners == article]) for article in range(count + 1)]
        vector = TITLE_WEIGHT * rows[0] + rows[1:].mean(0)
        return vector, np.array(best, dtype=np.float32)


def count_phrases(hits: Sequence[Hit], articles: int) -> Array:
    """How much the lexicon finds for each article: every phrase counts once, its repeats a little."""
    found = np.zeros(articles + 1, dtype=np.float32)
    for (article, _text), times in Counter((hit.phrase.article, hit.phrase.text) for hit in hits).items():
        if article <= articles:
            found[article] += np.log1p(times)
    return found


def _best(values: Array) -> float:
    """The mean of the three best: one lucky sentence does not decide."""
    return float(np.sort(values)[-3:].mean()) if len(values) else 0.0


class Words:
    """Words shared with what stands for each article, weighed by how rare they are (BM25)."""

    def __init__(self, documents: Sequence[str]) -> None:
        """One document for each article from 0 on; document 0 stands for none of them."""
        import bm25s

        split = [_WORD.findall(fold(text)[0]) for text in documents]
        self._index = bm25s.BM25()
        self._index.index(split, show_progress=False)
        self._known = frozenset(word for words in split for word in words)
        self._count = len(documents)

    def scores(self, text: str) -> Array:
        """One score a document, in proportion to the length of the text."""
        found = [word for word in _WORD.findall(fold(text)[0]) if word in self._known]
        if not found:
            return np.zeros(self._count, dtype=np.float32)
        scores = np.asarray(self._index.get_scores(found), dtype=np.float32)
        return np.asarray(scores / np.sqrt(len(found)), dtype=np.float32)
