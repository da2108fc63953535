"""Draws every letter in every language at 360 and 700 pixels, light and dark, on sheets to look at: `make mails`.

Says which letters are wider than their window, and exits with 1 if one is.
"""

from __future__ import annotations

import html
import os
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from webapp.adapters.catalogues import SOURCE_LANGUAGE
from webapp.adapters.renderer import MailRenderer
from webapp.cli.notices import INITIATIVE, LANGUAGES
from webapp.domain.rulebook import Limits, Rulebook
from webapp.queries.notices.examples import example_words
from webapp.wiring import know_rooms, read_rules

WIDTHS = {360: 8, 700: 4}
"""Window of a letter in pixels, and how many stand side by side."""
THEMES = ("light", "dark")
ROWS = 3
HEIGHT = 760
CHROMIUM = os.environ.get("DESK_CHROMIUM", "/usr/bin/chromium")
Letters = list[tuple[str, str]]


def letters(rules: Rulebook, renderer: MailRenderer, language: str) -> Letters:
    """Each template's name and its HTML with example values."""
    found = {notice.template: notice for notice in rules.notices.notices()}
    return [
        (name, renderer.letter(name, language, "Africa/Banjul", example_words(notice, rules, language)).html)
        for name, notice in sorted(found.items())
    ]


def draw(browser: Browser, shown: Letters, folder: Path, name: str, *, width: int, theme: str) -> Iterator[str]:
    """Write the sheets of these letters; yields the names of those that are wider than their window."""
    columns = WIDTHS[width]
    page = browser.new_page(
        viewport={"width": columns * (width + 12), "height": ROWS * HEIGHT},
        color_scheme="dark" if theme == "dark" else "light",
    )
    for number, first in enumerate(range(0, len(shown), columns * ROWS)):
        frames = "".join(
            f'<iframe title="{title}" width="{width}" height="{HEIGHT - 12}" srcdoc="{html.escape(text)}"></iframe>'
            for title, text in shown[first : first + columns * ROWS]
        )
        page.set_content(f"<style>body{{margin:0}}iframe{{border:0;margin:6px}}</style>{frames}")
        wide = page.evaluate(
            "() => [...document.querySelectorAll('iframe')].filter(f => "
            "f.contentDocument.documentElement.scrollWidth > f.clientWidth).map(f => f.title)"
        )
        yield from (f"{name} {width} {theme}: {title}" for title in wide)
        page.screenshot(path=folder / f"{name}-{width}-{theme}-{number}.png")
    page.close()


def main(folder: Path, languages: tuple[str, ...] = LANGUAGES) -> int:
    """Draw all sheets into the folder."""
    know_rooms()
    rules = read_rules(INITIATIVE, Limits("https://desk.example", "desk.example"))
    renderer = MailRenderer(LANGUAGES, SOURCE_LANGUAGE)
    folder.mkdir(parents=True, exist_ok=True)
    wide: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for language in languages:
            shown = letters(rules, renderer, language)
            for width, theme in product(WIDTHS, THEMES):
                wide += draw(browser, shown, folder, language, width=width, theme=theme)
            sys.stdout.write(f"{language}: {len(shown)} letters, {len(wide)} too wide so far\n")
        browser.close()
    sys.stdout.writelines(f"too wide: {line}\n" for line in wide)
    return 1 if wide else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".desk/mail-sheets"), tuple(sys.argv[2:]) or LANGUAGES))
