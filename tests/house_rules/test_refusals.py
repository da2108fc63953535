"""Every refusal has its words, and the words say what the person can do (R25)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from webapp.pages.shared.refusal_words import WORDS

ROOT = Path(__file__).parents[2]
REFUSALS = ("NotNow", "NotAllowed")
TWO = re.compile(r"[.:;] \S|, so ")


def codes() -> Iterator[tuple[str, str]]:
    """Every code with which a refusal is raised, and where; and the codes that the policy answers with."""
    for path in sorted((ROOT / "webapp").rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        where = str(path.relative_to(ROOT))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in REFUSALS:
                yield from ((one, where) for one in _texts(node.args[:1]))
            if path.name == "policy.py" and isinstance(node, ast.Return) and node.value is not None:
                yield from ((one, where) for one in _texts([node.value]))


def _texts(nodes: list[ast.expr]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.IfExp):
            yield from _texts([node.body, node.orelse])


@pytest.mark.rule("R25")
def test_every_refusal_has_its_words() -> None:
    found = set(codes())
    assert ("quorum_not_met", "webapp/domain/workflow/guards.py") in found
    assert sorted((code, where) for code, where in found if code not in WORDS and code != "unseen") == []


@pytest.mark.rule("R25")
@pytest.mark.parametrize("code", sorted(WORDS))
def test_the_words_say_what_to_do(code: str) -> None:
    text = str(WORDS[code])
    assert TWO.search(text), f"Say why it cannot be done, and then what the person can do: {text}"
