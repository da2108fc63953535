"""Every event is told or said to be silent; every notice has a letter that renders in every language (R53)."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from config import notices, workflows
from config.settings import Settings
from tests.house_rules.code import python_files
from webapp.adapters.renderer import MailRenderer
from webapp.domain.notices import Notice, NoticeTable, parse_notices
from webapp.domain.rulebook import Limits
from webapp.domain.workflow import parse
from webapp.queries.notices.examples import REFERENCE, example_words
from webapp.wiring import know_rooms, read_rules

TABLE = parse_notices(notices.load())
LANGUAGES = Settings.model_fields["languages"].default
RULES = read_rules("beijing-2023", Limits("https://desk.example", "desk.example"))


@pytest.fixture(scope="module")
def renderer() -> MailRenderer:
    """The renderer, with everything that rooms register known."""
    know_rooms()
    return MailRenderer(LANGUAGES, "en")


def test_every_event_that_the_code_records_is_in_the_table() -> None:
    recorded = {
        name
        for path, text in python_files("webapp")
        for name in event_names(text)
        if path.startswith("webapp/services/")
    }
    moves = {move.event for key in workflows.names() for move in parse(workflows.load(key)).moves}
    assert sorted(name for name in recorded | moves if not TABLE.knows(name)) == []


def test_no_row_tells_an_event_that_nobody_records() -> None:
    text = "\n".join(text for _, text in python_files("webapp"))
    moves = {move.event for key in workflows.names() for move in parse(workflows.load(key)).moves}
    known = [*TABLE.by_event, *TABLE.silent]
    assert sorted(name for name in known if name not in moves and f'"{name}"' not in text) == []


@pytest.mark.rule("R53", "R57")
@pytest.mark.parametrize("notice", TABLE.notices(), ids=lambda notice: notice.id)
def test_every_notice_renders_in_every_language(notice: Notice, renderer: MailRenderer) -> None:
    assert renderer.variables(notice.template) <= example_words(notice, RULES).keys()
    for language in LANGUAGES:
        letter = renderer.letter(notice.template, language, "Africa/Banjul", example_words(notice, RULES, language))
        assert letter.subject
        assert len(letter.html.encode()) < 30_000, "mail programs cut long mails"
        assert "<img" not in letter.html, "a mail is read without pictures"
        assert "  " not in letter.subject
        assert REFERENCE not in letter.subject, "the reference is put before the subject by the product"
        assert "https://desk.example/" in letter.text, "the one thing to do"


def event_names(text: str) -> Iterator[str]:
    """The names given to `Event(…)` in a module."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Event" and node.args:
            name = node.args[0]
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                yield name.value


def test_the_rules_see_what_they_look_for() -> None:
    assert list(event_names('work.record(Event("ThingDone", "proposal", 1))')) == ["ThingDone"]
    assert not NoticeTable(by_event={}, silent={}).knows("ThingDone")
