"""The workflows that calls can name, as data: one TOML file for each name and version (R22)."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent


def names() -> tuple[str, ...]:
    """The keys of all workflows that are shipped ("standard-1"), sorted."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


def load(key: str) -> dict[str, Any]:
    """The raw table of one workflow; LookupError when there is none of this key."""
    if key not in names():
        raise LookupError(f"there is no workflow {key!r}; there are: {', '.join(names())}")
    return tomllib.loads((_FOLDER / f"{key}.toml").read_text(encoding="utf-8"))
