"""The table of notices as data: which event is told to whom (R53)."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any


def load() -> dict[str, Any]:
    """The raw table; what it says is judged by `webapp.domain.notices`."""
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
