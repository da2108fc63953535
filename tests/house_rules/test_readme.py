"""The table of rooms in the README names what is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
FLOORS = ("webapp/domain", "webapp/queries", "webapp/services", "webapp/pages")


def rows() -> list[list[str]]:
    """The cells of the table, row by row."""
    text = (ROOT / "README.md").read_text(encoding="utf-8").split("## The rooms")[1].split("## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("| ") and "---" not in line][1:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_named_module_is_there() -> None:
    missing = []
    for _room, *cells in rows():
        for floor, cell in zip(FLOORS, cells, strict=True):
            for name in re.findall(r"\w+", cell):
                if not (ROOT / floor / name).is_dir() and not (ROOT / floor / f"{name}.py").is_file():
                    missing.append(f"{floor}/{name}")
    assert missing == []


def test_every_room_of_pages_is_named() -> None:
    named = {name for _room, *cells in rows() for name in re.findall(r"\w+", cells[3])}
    rooms = {path.name for path in (ROOT / "webapp/pages").iterdir() if path.is_dir() and path.name[0] != "_"}
    assert rooms - named <= {"shared", "dev"}
