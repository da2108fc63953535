"""Every text that the product itself says goes through the catalogues: in a pseudo-language none is left plain.

Each message is put in brackets; what stands outside of any on a page is either somebody's own text, which its element
says (`bdi`, `dir="auto"`, `lang`), or was forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from babel.support import NullTranslations

from tests import statements_table
from tests.browsing import Browser
from tests.pages.filling import example
from tests.pages.subjects import make_world
from webapp.adapters.catalogues import PAGES, Catalogues
from webapp.adapters.clocks import SetClock
from webapp.domain.register import COLUMNS
from webapp.extensions import babel
from webapp.pages.shared.content_words import LANGUAGES as OFFERED
from webapp.pages.shared.context import WORDED
from webapp.wiring import Wiring

OPEN, CLOSE = "\u27e6", "\u27e7"
SAID = ("aria-label", "alt", "title", "placeholder")
SILENT = {"script", "style", "bdi", "code", "textarea", "option", "svg"}
WORD = re.compile(r"[A-Za-z]{3,}")
# What people wrote themselves and what programs are called by: names, addresses, codes of events, keys.
ELSEWHERE = {
    "/desk/notices/<template>/<language>/letter": "it is a mail, in the language that was chosen",
    "/alerts/mails": "its letters were put in the reader's language when they were sent",
    "/alerts": "its sentences were put in the reader's language when they were sent",
    "/desk/notices": "its reasons are those of the configuration, for those who keep it",
}
TYPED = (
    "Links",
    "Your proposal is approved",  # the subject of a mail in the applicant's language
    "services",
    "For all articles.",
    "A telemedicine link for river communities",
    "Ministry of ICT",
    "Ministry of Health",
    "Who runs it?",
    "Who pays?",
    "Which villages?",
)
OWN = re.compile(
    r"Person \d+(?: \u2013)?|\S+@demo\.example|[\w.]+\.pdf|(?:[A-Z][a-z]+)+[A-Z][a-z]+|\w+_\w+|Shift|Esc"
    r"|Open call(?: \u2013)?|550 5\.1\.1 .*"
    r"|[\d,]+\s[A-Z]{3}|Beijing Initiative .*"
)


class Bracketed(NullTranslations):
    """Every message in brackets."""

    def ugettext(self, message: str) -> str:
        """One message."""
        return f"{OPEN}{message}{CLOSE}"

    def ungettext(self, singular: str, plural: str, num: int) -> str:
        """A message that counts."""
        return f"{OPEN}{singular if num == 1 else plural}{CLOSE}"

    def upgettext(self, context: str, message: str) -> str:
        """A message in a context."""
        return self.ugettext(message)


class Pseudo(Catalogues):
    """The pages' catalogue in the pseudo-language."""

    def get_translations(self) -> NullTranslations:
        """Every message in brackets, whatever the language."""
        return Bracketed()


@pytest.mark.rule("R64")
def test_no_page_says_a_word_that_cannot_be_translated(
    browse: Browser, wired: Wiring, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make_world(wired, clock, browse)
    monkeypatch.setitem(browse.app.extensions, WORDED, {})
    monkeypatch.setattr(babel, "domain_instance", Pseudo(domain=PAGES))
    left: dict[str, str] = {}
    for rule, page in statements_table.PAGES.items():
        if rule in ELSEWHERE:
            continue
        visitor = world.open(page.who)
        path = page.path(rule, world.names) + "?lang=ar"  # days and numbers are not in Latin letters
        with visitor.get(path, headers=page.headers, follow_redirects=True) as answer:
            if answer.mimetype == "text/html":
                for text in plain_texts(answer.get_data(as_text=True)):
                    left.setdefault(text, rule)
    own = {*texts_of(example()), *COLUMNS, *OFFERED.values(), *TYPED}
    lines = [f"{rule}: {text}" for text, rule in left.items() if not is_own(text, own)]
    assert not lines, "\n" + "\n".join(lines)


def is_own(text: str, own: set[str]) -> bool:
    """Whether somebody wrote it, or it is a name."""
    return OWN.fullmatch(text) is not None or any(one == text or (len(one) > 12 and one in text) for one in own)


def texts_of(content: Any) -> Iterator[str]:
    """Every text in a proposal's sections."""
    if isinstance(content, dict | list):
        for one in content.values() if isinstance(content, dict) else content:
            yield from texts_of(one)
    elif isinstance(content, str):
        yield content


def plain_texts(html: str) -> Iterator[str]:
    """What stands outside of all brackets and has a word in it."""
    root = html5lib.parse(html, namespaceHTMLElements=False)
    said = "".join(_texts(root)) + "\n".join(_attributes(root))
    depth, outside = 0, []
    for piece in re.split(f"([{OPEN}{CLOSE}])", said):
        if piece == OPEN:
            depth += 1
        elif piece == CLOSE:
            depth -= 1
        elif depth == 0:
            outside += piece.split("\n")
    yield from (text.strip() for text in outside if WORD.search(text))


def _texts(element: Element) -> Iterator[str]:
    """The texts in order, each on a line; brackets open and close across elements."""
    if element.tag not in SILENT and not isinstance(element.tag, type(html5lib)):
        own = element.get("dir") == "auto" or (element.tag != "html" and element.get("lang"))
        if not own:
            yield element.text or ""
            for child in element:
                yield from _texts(child)
        yield "\n"
    yield element.tail or ""


def _attributes(root: Element) -> Iterator[str]:
    for element in root.iter():
        yield from (value for name in SAID if (value := element.get(name)))
