"""One list of what has to be mended on a page, each line with the place it leads to."""

from collections.abc import Iterable, Iterator
from typing import Any

from markupsafe import Markup

Line = tuple[str, str]
"""An address within the page ("#title", or "" where there is none) and a sentence."""


def error_lines(source: Any) -> list[Line]:
    """The errors of a WTForms form in the order of its fields, or the given (href, message) pairs."""
    if source is None:
        return []
    if hasattr(source, "_fields"):
        own = [("", str(message)) for message in getattr(source, "form_errors", ())]
        return own + [line for field in source for line in _lines_of(field)]
    return [(str(href), _sentence(message)) for href, message in source]


def _sentence(message: Any) -> str:
    return message if isinstance(message, Markup) else str(message)


def _lines_of(field: Any) -> Iterator[Line]:
    inner: Iterable[Any] | None = getattr(field, "entries", None)
    if inner is None and hasattr(field, "form"):
        inner = field.form
    if inner is not None:
        for part in inner:
            yield from _lines_of(part)
        messages = [message for message in field.errors if isinstance(message, str)]
    else:
        messages = list(field.errors)
    href = "#" + (getattr(field, "first_id", None) or field.id)
    for message in messages:
        yield href, str(message)
