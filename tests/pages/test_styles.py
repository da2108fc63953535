"""The style sheet and the scripts: contrast, both writing directions, budgets, nothing from elsewhere."""

from __future__ import annotations

import gzip
import re
from itertools import chain
from pathlib import Path

import pytest

STATIC = Path("webapp/static")
SHEET = (STATIC / "pd.css").read_text(encoding="utf-8")
RULES = re.sub(r"/\*.*?\*/", "", SHEET, flags=re.DOTALL)

TEXT = 4.5
SHAPE = 3.0
PAPERS = ("paper", "surface")
TONES = ("ok", "info", "warn", "bad", "violet", "mute")
TEXT_PAIRS = [
    *((ink, paper) for ink in ("ink", "ink-2", "ink-3", "brand", "bad", "ok", "warn") for paper in PAPERS),
    *((tone, f"{tone}-soft") for tone in TONES),
    *((ink, f"{tone}-soft") for ink in ("ink", "brand") for tone in ("ok", "info", "warn", "bad")),
    ("ink", "sunken"),
    ("ink", "brand-soft"),
    ("ink-2", "brand-soft"),
    ("brand-strong", "brand-soft"),
    ("on-brand", "brand"),
    ("on-brand", "brand-strong"),
    ("on-bar", "bar"),
    ("on-bar-2", "bar"),
]
SHAPE_PAIRS = [
    *((line, paper) for line in ("line-strong", "cell-main", "brand", "focus") for paper in PAPERS),
    ("bar-mark", "bar"),
    ("cell-main", "cell"),
    ("cell-on", "cell"),
]


def _tokens(selector: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for block in re.findall(rf"(?:^|\n)\s*{re.escape(selector)}\s*\{{(.*?)\}}", RULES, flags=re.DOTALL):
        found |= dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", block))
    return found


LIGHT = _tokens(":root")
DARK = LIGHT | _tokens(':root[data-theme="dark"]')
DARK_BY_SYSTEM = LIGHT | _tokens(':root:not([data-theme="light"])')


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.rule("R64")
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_and_shapes_can_be_told_from_their_ground(theme: dict[str, str]) -> None:
    weak = [
        (front, back, round(contrast(theme[front], theme[back]), 2))
        for (front, back), least in chain(
            ((pair, TEXT) for pair in TEXT_PAIRS), ((pair, SHAPE) for pair in SHAPE_PAIRS)
        )
        if contrast(theme[front], theme[back]) < least
    ]
    assert weak == []


def test_the_measure_is_that_of_the_guideline() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_dark_is_the_same_by_choice_and_by_system() -> None:
    assert DARK == DARK_BY_SYSTEM
    assert DARK["paper"] != LIGHT["paper"]


@pytest.mark.rule("R64")
def test_no_side_is_named() -> None:
    assert re.findall(r"[^\n{};]*\b(?:left|right)\b[^\n{};]*", SHEET) == []
    assert re.findall(r"(?:^|[;{\s])(?:top|bottom|float|clear)\s*:", RULES) == []


def test_nothing_newer_than_the_oldest_browsers_in_use() -> None:
    for word in ("@layer", "light-dark(", "color-mix(", "@container", ":has(", "@import", "@nest"):
        assert word not in RULES
    assert "url(" not in RULES
    assert "letter-spacing: 0" in RULES
    assert "text-transform" not in RULES


def test_raw_colours_stand_in_the_tokens_and_the_dark_bars_only() -> None:
    allowed = (":root", "@page", "bar", "demo", "logo", "bulk", "toast", "skip", "count", "body { background: #fff")
    strays = [
        line.strip()[:90]
        for line in RULES.splitlines()
        if re.search(r"#[0-9a-f]{3,6}\b", line)
        and not line.strip().startswith("--")
        and not any(a in line for a in allowed)
    ]
    assert strays == []


@pytest.mark.parametrize(("names", "most"), [(("pd.css",), 10), (("pd.js",), 6), (("pd.js", "desk.js"), 24)])
def test_budgets(names: tuple[str, ...], most: int) -> None:
    assert sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in names) <= most * 1024


@pytest.mark.parametrize("name", ["pd.js", "desk.js"])
def test_scripts_build_no_markup_from_text(name: str) -> None:
    text = (STATIC / name).read_text(encoding="utf-8")
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "http://",
        "https://",
    ):
        assert word not in text


def test_every_class_of_the_components_has_a_rule() -> None:
    known = set(re.findall(r"\.([a-zA-Z][\w-]*)", RULES))
    quiet = {
        "full",
        "logo",
        "diff__same",
        "cols__side",
        "entry__x",
        "dateparts",
        "timeline",
        "diff",
        "upload",
        "kept",
        "field",
        "chars",
        "view--page",
    }
    used: set[str] = set()
    for folder in ("components", "layouts", "errors"):
        for path in Path("webapp/templates", folder).iterdir():
            plain = re.sub(r"\{[{%#].*?[}%#]\}", " ", path.read_text(encoding="utf-8"))
            for words in re.findall(r'\sclass="([^"]*)"', plain):
                used |= {word for word in words.split() if not word.endswith(("-", "_"))}
    assert used - known - quiet == set()
