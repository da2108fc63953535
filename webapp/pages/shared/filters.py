"""Template filters of the pages: the words of `webapp.adapters.formats`, and errors as one list."""

from __future__ import annotations

from flask import Flask

from webapp.adapters.formats import FILTERS, day_text, file_size, list_words, long_date, money, number, reader_locale
from webapp.pages.shared.form_errors import error_lines

__all__ = ["day_text", "file_size", "list_words", "long_date", "money", "number", "reader_locale", "register"]


def register(app: Flask) -> None:
    """Give every template these filters."""
    app.jinja_env.filters.update(FILTERS, error_lines=error_lines)
