"""The house rules hold over the whole product, and each finds a violation that is planted for it."""

from __future__ import annotations

import pytest

from tests.house_rules import code

PLANTED = [
    (code.one_writer_of_stages, "webapp/services/screening.py", "proposal.stage = 'review'\n"),
    (code.one_writer_of_stages, "webapp/services/screening.py", "row.stage_since = work.now\n"),
    (code.one_commit, "webapp/services/calls.py", "work.session.commit()\n"),
    (code.no_other_clock, "webapp/services/calls.py", "from datetime import datetime\nnow = datetime.now(UTC)\n"),
    (code.no_other_clock, "webapp/queries/calls.py", "select(func.now())\n"),
    (code.no_banned_calls, "webapp/app.py", "print('here')\n"),
    (code.no_banned_calls, "workers/tasks/mail.py", "task.apply_async(countdown=5)\n"),
    (code.no_banned_calls, "workers/tasks/mail.py", "task.apply_async(eta=later)\n"),
    (code.no_banned_calls, "webapp/app.py", "import pickle\n"),
    (code.no_banned_calls, "webapp/app.py", "try:\n    work()\nexcept:\n    pass\n"),
    (code.no_banned_calls, "webapp/pages/a.py", "form.populate_obj(person)\n"),
    (code.no_banned_calls, "webapp/models/a.py", "relationship(backref='people')\n"),
    (code.no_web_in_routes_but_verbs, "webapp/pages/desk/pages.py", "from sqlalchemy import select\n"),
    (code.no_web_in_routes_but_verbs, "workers/tasks/mail.py", "from webapp.models.people import Person\n"),
    (code.modules_say_what_they_are_for, "webapp/services/a.py", "x = 1\n"),
    (code.modules_say_what_they_are_for, "webapp/services/a.py", '"""A."""\ndef verb():\n    return 1\n'),
    (code.nothing_too_long, "webapp/services/a.py", "\n" * 401),
    (code.nothing_too_long, "webapp/services/a.py", "def f():\n" + "    x = 1\n" * 41),
    (code.nameless_rooms, "webapp/services/utils.py", ""),
]


@pytest.mark.parametrize("rule", code.PYTHON_RULES, ids=lambda rule: rule.__name__)
def test_python(rule: code.Rule) -> None:
    assert [found for path, text in code.python_files() for found in rule(path, text)] == []


@pytest.mark.parametrize(("rule", "path", "text"), PLANTED, ids=lambda value: getattr(value, "__name__", None))
def test_python_rules_find_what_is_planted(rule: code.Rule, path: str, text: str) -> None:
    assert list(rule(path, text)) != []


def test_templates() -> None:
    assert [found for path, text in code.template_files() for found in code.templates_are_plain(path, text)] == []


@pytest.mark.parametrize(
    "text",
    ["{{ body|safe }}", '<p style="color:red">', "<a onclick='go()'>", "<script>go()</script>"],
)
def test_template_rules_find_what_is_planted(text: str) -> None:
    assert list(code.templates_are_plain("webapp/templates/desk/a.html", text)) != []


def test_every_rule_has_a_planted_violation() -> None:
    assert {rule for rule, _path, _text in PLANTED} == set(code.PYTHON_RULES)
