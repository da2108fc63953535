"""The forms of a page as a browser sees them: where they lead and what their controls hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

import html5lib

NOT_SENT = ("submit", "button", "reset", "image")


@dataclass
class SeenForm:
    """A form: its controls are (name, value, type) in the order of the page, its buttons (name, value)."""

    page: str
    action: str
    method: str
    takes_files: bool
    controls: list[tuple[str, str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the controls, each once."""
        return tuple(dict.fromkeys(name for name, _value, _kind in self.controls))

    def texts(self) -> dict[str, str]:
        """What stands in the controls that are typed into, passwords aside."""
        aside = ("hidden", "password", "radio", "checkbox", "file", "select")
        return {name: value for name, value, kind in self.controls if kind not in aside}


@dataclass
class SeenPage:
    """A page: its forms, and the addresses that it links to."""

    forms: list[SeenForm]
    links: list[str]


def read_page(html: str, url: str) -> SeenPage:
    """Read a page of ours by the standard's rules; raises ParseError where it breaks them."""
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)
    forms = [form for one in tree.iter("form") for form in _forms(one, url)]
    links = [urljoin(url, str(one.get("href"))).split("#")[0] for one in tree.iter("a") if one.get("href")]
    return SeenPage(forms, list(dict.fromkeys(links)))


def _forms(element: Element, url: str) -> Iterator[SeenForm]:
    """The form, and once more for each button that sends it elsewhere."""
    yield _form(element, url)
    for one in element.iter("button"):
        if one.get("formaction"):
            yield replace(_form(element, url), action=urljoin(url, str(one.get("formaction"))))


def _form(element: Element, url: str) -> SeenForm:
    made = SeenForm(
        page=url,
        action=urljoin(url, element.get("action") or url),
        method=(element.get("method") or "get").lower(),
        takes_files="multipart" in (element.get("enctype") or ""),
    )
    for one in element.iter():
        if one.tag == "button" and (one.get("type") or "submit") == "submit" and one.get("name"):
            made.buttons.append((str(one.get("name")), one.get("value", "")))
        elif one.get("name") and one.tag in ("input", "textarea", "select"):
            made.controls += _controls(one)
    return made


def _controls(one: Element) -> Iterator[tuple[str, str, str]]:
    name, kind = str(one.get("name")), one.get("type", "text")
    if one.tag == "textarea":
        yield name, "".join(one.itertext()).removeprefix("\n"), "textarea"
    elif one.tag == "select":
        options = list(one.iter("option"))
        chosen = [option for option in options if "selected" in option.attrib] or options[:1]
        yield name, chosen[0].get("value", "") if chosen else "", "select"
    elif kind in ("radio", "checkbox"):
        yield name, one.get("value", "on"), kind
    elif kind not in NOT_SENT:
        yield name, one.get("value", ""), kind
