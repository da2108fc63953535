"""Every message of the pages: what their templates and modules say, and the words of the data that they show."""

from __future__ import annotations

from collections.abc import Iterator

from webapp.adapters.catalogues import ROOT, MessageId, messages_of
from webapp.domain.initiative import put_in_words
from webapp.domain.register import COLUMNS
from webapp.domain.rulebook import Rulebook
from webapp.domain.workflow import Workflow

SAID_BY_DATA = "data"


def page_messages(rules: Rulebook) -> dict[MessageId, list[str]]:
    """Every message, with the files that say it, in the order of the files."""
    found: dict[MessageId, list[str]] = {}
    templates = (path for path in sorted((ROOT / "templates").rglob("*.html")) if "email" not in path.parts)
    modules = [*sorted((ROOT / "pages").rglob("*.py")), ROOT / "adapters" / "formats.py"]
    drawn = ROOT / "domain" / "workflow" / "drawing.py"
    for path in (*templates, *modules, drawn):
        for message in messages_of(path):
            _add(found, message, path.relative_to(ROOT).as_posix())
    for text in _data(rules):
        _add(found, text, SAID_BY_DATA)
    return found


def _add(found: dict[MessageId, list[str]], message: MessageId, place: str) -> None:
    text = message if isinstance(message, str) else message[0]
    if any(char.isalpha() for char in text):
        places = found.setdefault(message, [])
        if place not in places:
            places.append(place)


def _data(rules: Rulebook) -> Iterator[str]:
    said: list[str] = []

    def note(text: str) -> str:
        said.append(text)
        return text

    put_in_words(rules.initiative, note)
    yield from said
    for workflow in rules.workflows.values():
        yield from _of_workflow(workflow)
    yield from COLUMNS.values()


def _of_workflow(workflow: Workflow) -> Iterator[str]:
    yield workflow.name
    for stage in workflow.stages:
        yield from (text for text in (stage.public, stage.staff, stage.staff_counted) if text)
        yield from (name.replace("_", " ") for name in stage.waits_for)
    yield from (move.name for move in workflow.moves)
