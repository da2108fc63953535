"""The demonstration's people, proposals, and how far each proposal has come, read as plain data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent


def people() -> dict[str, Any]:
    """Everybody of the demonstration, and the one password they share."""
    found: dict[str, Any] = _read(_FOLDER / "people.json")
    return found


def journeys() -> dict[str, Any]:
    """The proposals by the stage they have reached, and those that the address `applicant@` owns."""
    found: dict[str, Any] = _read(_FOLDER / "journeys.json")
    return found


def proposals() -> dict[str, dict[str, Any]]:
    """All proposals by their id, in the order of their files."""
    read = (_read(path) for path in sorted((_FOLDER / "proposals").glob("*.json")))
    return {proposal["id"]: proposal for proposal in read}


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
