"""Every event is told or said to be silent; every notice has a letter that renders in every language (R53)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from jinja2 import meta

from config import notices, workflows
from config.settings import Settings
from tests.house_rules.code import python_files
from webapp.adapters.renderer import MailRenderer
from webapp.domain.notices import Notice, NoticeTable, parse_notices
from webapp.domain.workflow import parse
from webapp.queries.notices.events import added_notices
from webapp.queries.notices.letters import EventWords, PartnerWords, ProposalWords, RecipientWords
from webapp.wiring import know_rooms

TABLE = parse_notices(notices.load())
LANGUAGES = Settings.model_fields["languages"].default
AT = datetime(2027, 3, 14, 17, 0, tzinfo=UTC)
REFERENCE = "PD-2027-00148-3"


class AnyPayload(dict[str, object]):
    """A payload that has every key; its room's tests show what the real one holds."""

    def __missing__(self, key: str) -> object:
        return 2


PROPOSAL = ProposalWords(
    reference=REFERENCE,
    title="A telemedicine link for river communities",
    stage="endorsement",
    url=f"http://localhost/proposals/{REFERENCE}",
    call="Open call",
    lead_partner="The Gambia",
    partners=("The Gambia", "Kenya"),
    partner_codes=("GM", "KE"),
    articles=(5, 1, 10),
    due_at=AT,
)
WORDS: dict[str, object] = {
    "recipient": RecipientWords("Mr Jallow", "en", "Africa/Banjul"),
    "event": EventWords("ThingHappened", AT, AnyPayload(), ""),
    "proposal": PROPOSAL,
    "partner": PartnerWords("GM", "The Gambia"),
    "due_at": AT,
    "path": "/here",
    "action_link": "http://localhost/here",
    "base_url": "http://localhost",
    "initiative": "An initiative",
    "reference": REFERENCE,
}
# What is at hand in every template: translating, and the parts of mails.
AT_HAND = {"_", "gettext", "ngettext", "facts", "action", "strip", "quote"}


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
    environment = renderer._app.jinja_env
    assert environment.loader is not None
    source, _, _ = environment.loader.get_source(environment, f"email/{notice.template}.html")
    blocks = environment.get_template(f"email/{notice.template}.html").blocks
    assert {"subject", "body", "why"} <= blocks.keys()
    if notice.id in added_notices():
        return  # its room's tests send it with what the room adds
    assert meta.find_undeclared_variables(environment.parse(source)) - AT_HAND <= WORDS.keys()
    for language in LANGUAGES:
        letter = renderer.letter(notice.template, language, "Africa/Banjul", WORDS)
        assert letter.subject
        assert "  " not in letter.subject
        assert REFERENCE not in letter.subject, "the reference is put before the subject by the product"
        assert letter.text.count(letter.subject.split()[0]) >= 1


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
