"""Trains the model from labelled texts and measures it by cross-validation; needs scikit-learn (`[train]`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from webapp.adapters.suggesting.encoder import Array
from webapp.adapters.suggesting.model import (
    Model,
    Weights,
    apply,
    columns,
    linear,
    none_columns,
    sigmoid,
    weigh,
)
from webapp.adapters.suggesting.traits import Traits
from webapp.domain.measuring import Labelled, lower_limit, none_limit

Truths = npt.NDArray[np.bool_]
FOLDS = 10
RIDGE = 3.0
EXAMPLES_WEIGHT = 0.5
PRIMARY_SHARE = 0.6
SET_LIMIT = 0.4


@dataclass(frozen=True, slots=True)
class Texts:
    """Labelled texts, measured: `primary` is 0 where none fits, `sets` has a row of 0 and 1 for each."""

    ids: tuple[str, ...]
    languages: tuple[str, ...]
    primary: Array
    sets: Array
    traits: Traits

    def take(self, rows: Array) -> Texts:
        """Some of them."""
        return Texts(
            tuple(self.ids[row] for row in rows),
            tuple(self.languages[row] for row in rows),
            self.primary[rows],
            self.sets[rows],
            take(self.traits, rows),
        )


def take(traits: Traits, rows: Array) -> Traits:
    """The traits of some of the texts."""
    return Traits(**{field.name: getattr(traits, field.name)[rows] for field in fields(Traits)})


def regress(texts: Texts, examples: Texts) -> Array:
    """One ridge regression for each article and for none, over the vectors of texts and imagined projects."""
    from sklearn.linear_model import Ridge

    aims = np.vstack([_aims(texts, PRIMARY_SHARE), _aims(examples, 1.0)])
    vectors = np.vstack([texts.traits.vectors, examples.traits.vectors])
    weight = np.concatenate([np.ones(len(texts.ids)), np.full(len(examples.ids), EXAMPLES_WEIGHT)])
    fitted = Ridge(alpha=RIDGE).fit(vectors, aims, sample_weight=weight)
    return np.vstack([fitted.coef_.T, fitted.intercept_[None, :]]).astype(np.float32)


def retrain(base: Array, texts: Texts) -> Array:
    """The regressions moved from the base towards newly settled texts, by regressing what the base gets wrong."""
    from sklearn.linear_model import Ridge

    wrong = _aims(texts, PRIMARY_SHARE) - apply(base, texts.traits.vectors)
    fitted = Ridge(alpha=RIDGE).fit(texts.traits.vectors, wrong)
    return base + np.vstack([fitted.coef_.T, fitted.intercept_[None, :]]).astype(np.float32)


def fit(texts: Texts, examples: Texts, card: dict[str, Any], seed: int = 0) -> Model:
    """The model of all texts; the weights are learned where the regression had not seen the text."""
    unseen = np.zeros((len(texts.ids), texts.sets.shape[1] + 1), dtype=np.float32)
    for train, held in folds(len(texts.ids), seed):
        unseen[held] = apply(regress(texts.take(train), examples), texts.traits.vectors[held])
    full = _weights(unseen, texts, with_encoder=True)
    plain = _weights(np.zeros_like(unseen), texts, with_encoder=False)
    model = Model(regress(texts, examples), full, plain, {}, card)
    return replace(model, limits=_limits(model, unseen, texts))


def cross_validate(texts: Texts, examples: Texts, seed: int, *, with_encoder: bool = True) -> list[Labelled]:
    """Every text judged by a model that has not seen it."""
    found: dict[int, Labelled] = {}
    for train, held in folds(len(texts.ids), seed):
        model = fit(texts.take(train), examples, {"name": "held back"}, seed)
        for row, one in zip(held, judge(model, texts.take(held), with_encoder=with_encoder), strict=True):
            found[int(row)] = one
    return [found[row] for row in range(len(texts.ids))]


def judge(model: Model, texts: Texts, *, with_encoder: bool = True) -> list[Labelled]:
    """What the model says of each text, beside its labels."""
    scores, none = model.weigh(texts.traits, with_encoder=with_encoder)
    limit = model.limit("none", with_encoder=with_encoder)
    return [
        Labelled(
            texts.ids[row],
            texts.languages[row],
            int(texts.primary[row]) or None,
            frozenset((np.flatnonzero(texts.sets[row]) + 1).tolist()),
            tuple((int(place) + 1, float(scores[row][place])) for place in np.argsort(-scores[row], kind="stable")),
            float(none[row]),
            bool(none[row] > limit),
        )
        for row in range(len(texts.ids))
    ]


def folds(count: int, seed: int) -> Iterator[tuple[Array, Array]]:
    """Rows to train on and rows held back, each row held back once."""
    from sklearn.model_selection import KFold

    yield from KFold(min(FOLDS, count), shuffle=True, random_state=seed).split(np.zeros(count))


def _aims(texts: Texts, share: float) -> Array:
    """What the regressions aim at: the primary article most, the others of the set a little, or none."""
    count = texts.sets.shape[1]
    primary = np.eye(count + 1, dtype=np.float32)[texts.primary.astype(int)]
    aims = share * primary
    aims[:, 1:] += (1 - share) * texts.sets
    aims[texts.primary == 0, 0] = 1
    return np.asarray(aims)


def _weights(regressed: Array, texts: Texts, *, with_encoder: bool) -> Weights:
    table = columns(regressed, texts.traits, with_encoder=with_encoder)
    fits = texts.primary > 0
    is_primary = texts.primary[:, None] == np.arange(1, texts.sets.shape[1] + 1)
    primary = _logistic(_pairs(table[fits]), is_primary[fits].ravel(), 0.3)
    anyhow = _logistic(_pairs(table), texts.sets.ravel() > 0, 0.3)
    likely = sigmoid(linear(anyhow, table))
    none = _logistic(none_columns(regressed, texts.traits, likely, with_encoder=with_encoder), ~fits, 1.0)
    both = linear(primary, table) + linear(anyhow, table)
    scale = _logistic(both.reshape(-1, 1), texts.sets.ravel() > 0, 10.0)
    return Weights(primary, anyhow, none, scale)


def _pairs(table: Array) -> Array:
    return np.asarray(table.reshape(-1, table.shape[-1]))


def _logistic(table: Array, is_right: Truths, looseness: float) -> Array:
    """The weights of a logistic regression, the intercept last."""
    from sklearn.linear_model import LogisticRegression

    if len(set(is_right.tolist())) < 2:
        # Nothing to tell apart: all of one kind, so the weights are nought and the constant says which.
        return np.array([0.0] * table.shape[1] + [4.0 if is_right.all() else -4.0], dtype=np.float32)
    fitted = LogisticRegression(C=looseness, max_iter=300).fit(table, is_right)
    return np.concatenate([fitted.coef_[0], fitted.intercept_]).astype(np.float32)


def _limits(model: Model, unseen: Array, texts: Texts) -> dict[str, float]:
    """Where "none fits" begins, below what a claim is unsupported, above what an article is strongly supported."""
    found: dict[str, float] = {}
    fits = texts.primary > 0
    for suffix, weights, regressed in (("", model.full, unseen), ("_plain", model.plain, np.zeros_like(unseen))):
        scores, none = weigh(weights, regressed, texts.traits, with_encoder=not suffix)
        found[f"none{suffix}"] = round(none_limit(none[fits].tolist()), 4)
        found[f"unsupported{suffix}"] = round(lower_limit(scores[texts.sets > 0].tolist()), 4)
        found[f"strong{suffix}"] = round(_strong(scores, texts.sets), 4)
    return found


def _strong(scores: Array, sets: Array, precision: float = 0.8) -> float:
    """The least score above which four articles of five are right."""
    order = np.argsort(-scores.ravel())
    right = sets.ravel()[order] > 0
    precise = np.cumsum(right) / np.arange(1, len(right) + 1) >= precision
    last = int(np.flatnonzero(precise)[-1]) if precise.any() else 0
    return float(scores.ravel()[order][last])


def read_texts(rows: Sequence[dict[str, Any]], traits: Traits, articles: int) -> Texts:
    """Labelled rows of a file with their traits."""
    sets = np.zeros((len(rows), articles), dtype=np.float32)
    for place, row in enumerate(rows):
        for article in row.get("articles") or []:
            sets[place, article - 1] = 1
    return Texts(
        tuple(str(row["id"]) for row in rows),
        tuple(str(row.get("language", "")) for row in rows),
        np.array([row.get("primary") or 0 for row in rows]),
        sets,
        traits,
    )
