"""The text part of a mail, made from its HTML: paragraphs, lists, facts as "label: value", links with their address."""

from __future__ import annotations

import re
import textwrap
from html.parser import HTMLParser

WIDTH = 76
BLOCKS = frozenset({"p", "h1", "h2", "ul", "ol", "table", "div", "body"})
SILENT_TAGS = frozenset({"head", "style", "script"})
# Classes of the frame that only the HTML part shows (`templates/email/_layout.html`).
SILENT_CLASSES = frozenset({"pre", "look"})
EMPTY = frozenset({"br", "meta", "img", "hr", "link", "input"})


class _Reader(HTMLParser):
    """Walks the HTML and gathers lines; what is silent is passed over with all it holds."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = [""]
        self._silent_depth = 0
        self._links: list[tuple[str, int, int]] = []
        self._is_button = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        classes = set(given.get("class", "").split())
        silent = tag in SILENT_TAGS or bool(classes & SILENT_CLASSES) or given.get("aria-hidden") == "true"
        if self._silent_depth or silent:
            self._silent_depth += tag not in EMPTY
            return
        if tag == "br":
            self._break()
        elif tag in BLOCKS:
            self._blank()
        elif tag == "tr":
            self._break()
        elif tag == "li":
            self._break()
            self.lines[-1] = "- "
        elif tag == "td":
            self._is_button = "b" in classes
            if "v" in classes:
                self.lines[-1] = self.lines[-1].rstrip() + ": "
        elif tag == "a":
            self._links.append((given.get("href", ""), len(self.lines), len(self.lines[-1])))

    def handle_endtag(self, tag: str) -> None:
        if self._silent_depth:
            self._silent_depth -= tag not in EMPTY
            return
        if tag == "a" and self._links:
            self._end_link(*self._links.pop())
        elif tag in BLOCKS:
            self._blank()

    def handle_data(self, data: str) -> None:
        if self._silent_depth:
            return
        words = re.sub(r"[ \t\r\n\xa0]+", " ", data)
        line = self.lines[-1]
        self.lines[-1] = line + (words.lstrip() if not line or line.endswith(" ") else words)

    def _end_link(self, address: str, line: int, column: int) -> None:
        label = self.lines[-1][column:].strip() if line == len(self.lines) else ""
        if not address or label == address:
            return
        if self._is_button:
            self.lines[-1] = self.lines[-1].rstrip() + ":"
            self.lines.append(address)
            self._is_button = False
        else:
            self.lines[-1] = f"{self.lines[-1].rstrip()} ({address})"

    def _break(self) -> None:
        if self.lines[-1].strip():
            self.lines.append("")

    def _blank(self) -> None:
        self._break()
        if len(self.lines) > 1 and self.lines[-2].strip():
            self.lines.append("")


def plain_text(html: str) -> str:
    """The mail as text, lines of at most 76 characters but for addresses of links, which are never broken."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines: list[str] = []
    for line in reader.lines:
        text = line.strip()
        if text or (lines and lines[-1]):
            lines += _wrapped(text)
    return "\n".join(lines).strip() + "\n"


def _wrapped(text: str) -> list[str]:
    if len(text) <= WIDTH:
        return [text]
    indent = "  " if text.startswith("- ") else ""
    return textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False, subsequent_indent=indent)
