"""The model: a regression for each article over the encoder's vectors, weighed together with lexicon and likeness."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from webapp.adapters.suggesting.encoder import Array
from webapp.adapters.suggesting.traits import Traits

FULL = tuple(range(10))
PLAIN = (2, 3, 4, 5, 6, 9)
"""The columns that need no encoder."""


@dataclass(frozen=True, slots=True)
class Weights:
    """One way of weighing the evidence: for the primary article, for any article of the set, for none of them."""

    primary: Array
    any: Array
    none: Array
    scale: Array


@dataclass(frozen=True, slots=True)
class Model:
    """The numbers of a model and its card; `full` is used with the encoder, `plain` without it."""

    regression: Array
    full: Weights
    plain: Weights
    limits: Mapping[str, float]
    card: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What the model is called on events and on its card."""
        return str(self.card["name"])

    def weigh(self, traits: Traits, *, with_encoder: bool) -> tuple[Array, Array]:
        """A score for each text and article, from 0 to 1, and for each text that none fits."""
        regressed = apply(self.regression, traits.vectors) if with_encoder else np.zeros_like(traits.phrases)
        return weigh(self.full if with_encoder else self.plain, regressed, traits, with_encoder=with_encoder)

    def limit(self, name: str, *, with_encoder: bool) -> float:
        """A limit measured in training: `none`, `unsupported` or `strong`."""
        return self.limits[name if with_encoder else f"{name}_plain"]


def apply(regression: Array, vectors: Array) -> Array:
    """The regressions' values: a row for each text, a column for none and each article."""
    return np.asarray(vectors @ regression[:-1] + regression[-1], dtype=np.float32)


def columns(regressed: Array, traits: Traits, *, with_encoder: bool) -> Array:
    """The evidence for each pair of text and article, a column each."""
    phrases, in_title = traits.phrases[:, 1:], traits.in_title[:, 1:]
    values, like, words = regressed[:, 1:] * 4, traits.likeness[:, 1:] * 5, traits.words[:, 1:]

    def behind(table: Array) -> Array:
        return np.asarray(table - table.max(1, keepdims=True))

    found = (
        values,
        behind(values),
        np.sqrt(phrases),
        phrases / (phrases.sum(1, keepdims=True) + 1),
        behind(phrases) / 3,
        np.sqrt(in_title),
        in_title / (in_title.sum(1, keepdims=True) + 0.7),
        like,
        behind(like),
        words / (words.max(1, keepdims=True) + 1e-3),
    )
    return np.stack([found[one] for one in (FULL if with_encoder else PLAIN)], -1)


def none_columns(regressed: Array, traits: Traits, likely: Array, *, with_encoder: bool) -> Array:
    """The evidence that a text fits no article: nothing likely, nothing digital, like what fits none."""
    found = [np.log(likely.max(1) + 1e-3), np.sqrt(traits.phrases[:, 0])]
    if with_encoder:
        found += [regressed[:, 0] * 4, (traits.likeness[:, 0] - traits.likeness[:, 1:].max(1)) * 5]
    return np.stack(found, 1)


def weigh(weights: Weights, regressed: Array, traits: Traits, *, with_encoder: bool) -> tuple[Array, Array]:
    """Scores of articles and of none, by these weights."""
    table = columns(regressed, traits, with_encoder=with_encoder)
    primary, anyhow = linear(weights.primary, table), linear(weights.any, table)
    none = sigmoid(linear(weights.none, none_columns(regressed, traits, sigmoid(anyhow), with_encoder=with_encoder)))
    both = sigmoid((primary + anyhow) * weights.scale[0] + weights.scale[1])
    return both, none


def linear(weights: Array, table: Array) -> Array:
    """The weighted sum with the last weight as what is always added."""
    return np.asarray(table @ weights[:-1] + weights[-1])


def sigmoid(values: Array) -> Array:
    """Numbers of any size as chances."""
    return np.asarray(1 / (1 + np.exp(-values)))


def save(model: Model, folder: Path) -> None:
    """Write the model as plain arrays and its card beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays = {"regression": model.regression.astype(np.float32)} | {
        f"{kind}_{name}": np.asarray(getattr(weights, name), dtype=np.float32)
        for kind, weights in (("full", model.full), ("plain", model.plain))
        for name in ("primary", "any", "none", "scale")
    }
    with (folder / "model.npz").open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
    card = {**model.card, "limits": dict(model.limits)}
    (folder / "card.json").write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def load(folder: Path) -> Model:
    """Read a model; raises FileNotFoundError where there is none."""
    card = json.loads((folder / "card.json").read_text("utf-8"))
    with np.load(folder / "model.npz", allow_pickle=False) as file:
        kinds = [
            Weights(*(file[f"{kind}_{name}"] for name in ("primary", "any", "none", "scale")))
            for kind in ("full", "plain")
        ]
        return Model(file["regression"], kinds[0], kinds[1], card["limits"], card)
