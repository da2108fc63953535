"""The rules of the house that are read off the code: each takes a path and its text, gives what is wrong."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PYTHON = ("config", "webapp", "workers", "migrations")
LONGEST_FILE = 400
LONGEST_FUNCTION = 40

Rule = Callable[[str, str], Iterator[str]]


def python_files(*folders: str) -> Iterator[tuple[str, str]]:
    """Every Python file of the product below the folders: path from the root, text."""
    for folder in folders or PYTHON:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def template_files() -> Iterator[tuple[str, str]]:
    """Every template: path from the root, text."""
    for path in sorted((ROOT / "webapp/templates").rglob("*")):
        if path.is_file():
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def one_writer_of_stages(path: str, text: str) -> Iterator[str]:
    """A proposal's stage is assigned only by the transitions."""
    if path == "webapp/services/transitions.py":
        return
    for node in ast.walk(ast.parse(text)):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if not isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign)):
            continue
        for target in targets:
            if isinstance(target, ast.Attribute) and target.attr in ("stage", "stage_since"):
                yield f"{path}:{node.lineno} assigns {target.attr}"


def one_commit(path: str, text: str) -> Iterator[str]:
    """`.commit(` is called only by the unit of work (and by migrations, which know no verbs)."""
    if path in ("webapp/services/work.py", "migrations/env.py"):
        return
    for call in _calls(text):
        if isinstance(call.func, ast.Attribute) and call.func.attr == "commit" and not _is_work(call.func):
            yield f"{path}:{call.lineno} commits"


def no_other_clock(path: str, text: str) -> Iterator[str]:
    """Nobody reads the time but the clock port: no `datetime.now()`, `utcnow()`, `today()`, SQL `now()`."""
    if not path.startswith(("webapp/", "workers/")):
        return
    for call in _calls(text):
        name = ast.unparse(call.func)
        if re.search(r"\b(datetime|date|dt)\.(now|utcnow|today)$", name) or name.endswith("func.now"):
            yield f"{path}:{call.lineno} reads a clock: {name}"


def no_banned_calls(path: str, text: str) -> Iterator[str]:
    """No print, eval, exec, populate_obj; no eta or countdown of tasks; no pickle; no bare except; no backref."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = [alias.name for alias in node.names] + [getattr(node, "module", "") or ""]
            if any(name.split(".")[0] in ("pickle", "marshal", "shelve") for name in names):
                yield f"{path}:{node.lineno} imports pickle"
        if isinstance(node, ast.ExceptHandler) and node.type is None:
            yield f"{path}:{node.lineno} has a bare except"
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).split(".")[-1]
            if name in ("print", "eval", "exec", "populate_obj", "backref"):
                yield f"{path}:{node.lineno} calls {name}"
            for word in node.keywords:
                if word.arg in ("eta", "countdown", "backref"):
                    yield f"{path}:{node.lineno} uses {word.arg}"


def no_web_in_routes_but_verbs(path: str, text: str) -> Iterator[str]:
    """Pages and tasks hold no SQL: they import nothing of SQLAlchemy and no table."""
    if not path.startswith(("webapp/pages/", "webapp/api/", "workers/tasks/")):
        return
    for node in ast.walk(ast.parse(text)):
        module = node.module if isinstance(node, ast.ImportFrom) else ""
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        for name in [module or "", *names]:
            if name.startswith(("sqlalchemy", "webapp.models")):
                yield f"{path}:{node.lineno} knows {name}"


def modules_say_what_they_are_for(path: str, text: str) -> Iterator[str]:
    """A module begins with one sentence that says what it is for; public functions and classes too."""
    tree = ast.parse(text)
    if tree.body and not ast.get_docstring(tree) and not path.startswith("migrations/versions"):
        yield f"{path}:1 does not say what it is for"
    for node in tree.body:
        public = isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_")
        if public and not ast.get_docstring(node) and not path.startswith("migrations/"):
            yield f"{path}:{node.lineno} {node.name} has no docstring"


def nothing_too_long(path: str, text: str) -> Iterator[str]:
    """A file over 400 lines or a function over 40 wants to become a package with one verb a file."""
    if path.startswith("migrations/"):
        return
    if (lines := text.count("\n")) > LONGEST_FILE:
        yield f"{path} has {lines} lines"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            length = (node.end_lineno or node.lineno) - node.lineno + 1 - _docstring_lines(node)
            if length > LONGEST_FUNCTION:
                yield f"{path}:{node.lineno} {node.name} has {length} lines"


def nameless_rooms(path: str, text: str) -> Iterator[str]:
    """No module is called for nothing in particular."""
    stem = path.removesuffix("/__init__.py").removesuffix(".py").rsplit("/", 1)[-1]
    if stem in ("utils", "util", "helpers", "common", "manager", "data", "misc"):
        yield f"{path} is called {stem}"


def templates_are_plain(path: str, text: str) -> Iterator[str]:
    """No `|safe`, no inline style or handler (rendered mails aside), no script text in a page."""
    is_mail = "/email/" in path
    for number, line in enumerate(text.splitlines(), 1):
        if re.search(r"\|\s*safe\b", line):
            yield f"{path}:{number} marks text as safe"
        if not is_mail and re.search(r"<[^>]*\sstyle\s*=", line):
            yield f"{path}:{number} has an inline style"
        if re.search(r"<[^>]*\son[a-z]+\s*=\s*[\"']", line):
            yield f"{path}:{number} has an inline handler"
        if re.search(r"<script(?![^>]*\bsrc=)", line):
            yield f"{path}:{number} has a script in the page"


PYTHON_RULES: tuple[Rule, ...] = (
    one_writer_of_stages,
    one_commit,
    no_other_clock,
    no_banned_calls,
    no_web_in_routes_but_verbs,
    modules_say_what_they_are_for,
    nothing_too_long,
    nameless_rooms,
)


def _calls(text: str) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))


def _is_work(func: ast.Attribute) -> bool:
    """`self._work.commit()` of the `with` block is the unit's own commit."""
    return ast.unparse(func.value) == "self._work"


def _docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (ast.get_docstring(node) or "").count("\n") + 1 if ast.get_docstring(node) else 0
