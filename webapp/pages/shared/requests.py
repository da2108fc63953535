"""What people send, freed at the door of characters that no page may show and no database can store."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Flask, Request
from werkzeug.datastructures import FileStorage, ImmutableMultiDict
from werkzeug.routing import UnicodeConverter

from webapp.pages.shared.fields.text import MARK

# Control characters other than tabs and line ends, halves of pairs, codes that are no characters. Fields refuse
# the mark that stands for one, at their place and with words.
UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


class StorableValues(ImmutableMultiDict[str, Any]):
    """The values of a query or a form, each unfit character marked."""

    def __init__(self, given: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None) -> None:
        pairs = given.items(multi=True) if isinstance(given, ImmutableMultiDict) else given or ()
        pairs = pairs.items() if isinstance(pairs, Mapping) else pairs
        super().__init__([(_marked(name), _marked(value)) for name, value in pairs])


class StorableRequest(Request):
    """A request whose texts can all be stored and shown."""

    parameter_storage_class = StorableValues


class StorableText(UnicodeConverter):
    """A part of an address, each unfit character marked: such an address leads nowhere (404)."""

    def to_python(self, value: str) -> str:
        return _marked(value)


def register(app: Flask) -> None:
    """Read all requests so; before the first route is added."""
    app.request_class = StorableRequest
    app.url_map.converters.update(default=StorableText, string=StorableText)


def _marked(value: Any) -> Any:
    if isinstance(value, FileStorage):
        value.filename = _marked(value.filename)
    return UNFIT.sub(MARK, value) if isinstance(value, str) else value
