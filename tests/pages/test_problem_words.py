"""Every problem that the rules on mapping and answers can find has words that say what to do."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel

from config.initiatives import load
from webapp.domain import answers, mapping
from webapp.domain.initiative import parse_initiative
from webapp.domain.mapping import Mapping
from webapp.domain.problems import Problem
from webapp.pages.shared.problem_words import UNKNOWN, WORDS, words

INITIATIVE = parse_initiative(load("beijing-2023"))
ROOMS = (mapping, answers)


@pytest.fixture
def speaking() -> Flask:
    app = Flask(__name__)
    Babel(app)
    return app


def _codes_in(path: Path) -> set[str]:
    """The texts of a module that are used as codes: those that begin as its codes do."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {text for text in texts if text.startswith(("mapping_", "answer_")) and " " not in text}


def _found() -> list[Problem]:
    """One problem of every code, as the rules make them."""
    reason = "x" * 40
    found = [
        *mapping.problems(Mapping(), [1]),
        *mapping.problems(Mapping(2, (2, 3, 4, 5, 6), {3: "x", 4: "x" * 1001, 2: reason}), [1]),
    ]
    asked = mapping.ask(Mapping(12, (3, 6, 1)), INITIATIVE)
    one_partner = {"city_a": "A", "partner_a": "GM", "city_b": "B", "partner_b": "GM"}
    for given, complete in (
        ({}, True),
        ({"12": {"city_pair": {"city_a": "A"}}}, True),
        ({"12": {"city_pair": one_partner}}, False),
        ({"12": {"city_pair": {"partner_a": "FR"}}}, False),
        ({"3": {"farmland": "many"}, "6": {"saving_amount": "x" * 201, "saving_kind": "none"}}, False),
        ({"6": {"saving_amount": 7}}, False),
    ):
        found.extend(answers.answer_problems(asked, given, {"GM"}, complete=complete))
    return found


def test_each_code_of_the_rules_is_met_here_and_has_words(speaking: Flask) -> None:
    codes = set().union(*(_codes_in(Path(str(room.__file__))) for room in ROOMS))
    found = _found()
    assert {problem.code for problem in found} == codes
    assert codes <= set(WORDS)
    with speaking.test_request_context():
        for problem in found:
            sentence = words(problem)
            assert "%(" not in sentence, sentence
            assert sentence != str(UNKNOWN)


def test_words_name_the_question_and_the_figures(speaking: Flask) -> None:
    short = Problem(
        "articles",
        "justifications.5",
        "mapping_justification_short",
        {"article": 5, "least": 40, "length": 12},
    )
    with speaking.test_request_context():
        assert words(short) == (
            "Say more on how your project serves article 5. You wrote 12 characters, and 40 are needed."
        )


def test_a_code_without_words_still_says_what_to_do(speaking: Flask) -> None:
    with speaking.test_request_context():
        assert words(Problem("articles", "primary", "nobody_wrote_this")) == "Look at this answer again and change it."


def test_words_never_blame_or_beg(speaking: Flask) -> None:
    with speaking.test_request_context():
        for code, sentence in WORDS.items():
            assert not {"please", "invalid", "wrong"} & set(str(sentence).lower().split()), code
