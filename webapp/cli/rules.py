"""`desk rules`: which tests show which rules."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

ROOT = Path(__file__).parents[2]
_LINE = re.compile(r"^- (R\d+) (.+)$", re.MULTILINE)


@click.command()
@click.option("--missing", is_flag=True, help="Only the rules that no test shows yet.")
def rules(*, missing: bool) -> None:
    """Print every rule of the product with the tests that show it to hold."""
    if not (ROOT / "tests").is_dir():
        raise click.ClickException("The tests are not part of this installation. Run this in a clone of the source.")
    names, shown = read_rules(ROOT / "docs" / "rules.md"), find_markers(ROOT / "tests")
    for rule, name in names.items():
        tests = shown.get(rule, [])
        if tests and missing:
            continue
        click.echo(f"{rule:<4} {len(tests):>3}  {name}")
        for path in sorted({path for path, _test in tests}):
            click.echo(f"{'':10}{path}")
    click.echo(f"{sum(rule in shown for rule in names)} of {len(names)} rules are shown by tests")


def read_rules(path: Path) -> dict[str, str]:
    """The rules by number, each with its one-line name."""
    return dict(_LINE.findall(path.read_text(encoding="utf-8")))


def find_markers(folder: Path) -> Mapping[str, list[tuple[str, str]]]:
    """By rule, the tests that carry its marker: (path from the root, name of the test)."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for path in sorted(folder.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        where = path.relative_to(folder.parent).as_posix()
        for test, rule in _marked(tree):
            found[rule].append((where, test))
    return found


def _marked(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Each test with each rule once; a marker on a file or a class is one on all its tests."""
    whole = [
        rule
        for statement in tree.body
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "pytestmark"
        for mark in ast.walk(statement.value)
        for rule in _rules_of(mark)
    ]
    yield from _tests_in(tree, whole)


def _tests_in(parent: ast.AST, inherited: list[str]) -> Iterator[tuple[str, str]]:
    for node in ast.iter_child_nodes(parent):
        if not isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            continue
        rules = list(dict.fromkeys([*inherited, *(rule for mark in node.decorator_list for rule in _rules_of(mark))]))
        if isinstance(node, ast.ClassDef):
            yield from _tests_in(node, rules)
        elif node.name.startswith("test"):
            yield from ((node.name, rule) for rule in rules)


def _rules_of(mark: ast.AST) -> Iterator[str]:
    if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.rule":
        for word in mark.args:
            if isinstance(word, ast.Constant):
                yield str(word.value)
