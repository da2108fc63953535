"""The initiatives that an installation can serve, one folder of JSON files each, read as plain data."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

FILES = ("initiative", "partners", "profiles", "vocabulary")
"""The files of one initiative's folder; each holds one JSON object."""

_FOLDER = Path(__file__).parent
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class UnknownInitiative(LookupError):
    """No folder of this name holds an initiative; the message names those that exist."""


def available() -> tuple[str, ...]:
    """The ids of all initiatives at hand, sorted."""
    return tuple(sorted(path.parent.name for path in _FOLDER.glob("*/initiative.json")))


def mapping_folder(initiative_id: str) -> Path:
    """Where the lexicon, the imagined projects and the trained model of an initiative lie."""
    return _FOLDER / initiative_id / "mapping"


def load(initiative_id: str) -> dict[str, Any]:
    """Read one initiative's files into {"initiative": …, "partners": …, "profiles": …, "vocabulary": …}.

    Raises UnknownInitiative for an id without a folder. What the files say is not judged here: that is
    `webapp.domain.initiative`.
    """
    if not _ID.fullmatch(initiative_id) or initiative_id not in available():
        known = ", ".join(available())
        raise UnknownInitiative(f"No initiative {initiative_id!r} in config/initiatives. Choose one of: {known}")
    folder = _FOLDER / initiative_id
    return {name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) for name in FILES}
