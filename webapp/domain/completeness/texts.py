"""Checks of single values that all sections share."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from webapp.domain.problems import Problem
from webapp.domain.texts import count_characters

_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
# What stands for a sign that was refused when the text was typed.
MARK = "\ufffd"


def text(section: str, content: Mapping[str, Any], field: str, least: int, most: int) -> Iterator[Problem]:
    """A text of at least and at most so many characters; `least` 0 lets it be empty."""
    value = content.get(field)
    words = value.strip() if isinstance(value, str) else ""
    length = count_characters(words)
    if not words:
        if least:
            yield Problem(section, field, "text_missing")
        return
    if length < least:
        yield Problem(section, field, "text_short", {"least": least, "length": length})
    if length > most:
        yield Problem(section, field, "text_long", {"most": most, "over": length - most})
    if MARK in words:
        yield Problem(section, field, "text_strange")


def known(section: str, content: Mapping[str, Any], field: str, allowed: Any) -> Iterator[Problem]:
    """A value of a closed list."""
    value = content.get(field)
    if not value:
        yield Problem(section, field, "choice_missing")
    elif value not in allowed:
        yield Problem(section, field, "choice_unknown")


def email(section: str, content: Mapping[str, Any], field: str) -> Iterator[Problem]:
    """A mail address."""
    value = content.get(field)
    if not isinstance(value, str) or not value.strip():
        yield Problem(section, field, "email_missing")
    elif not _EMAIL.fullmatch(value.strip()):
        yield Problem(section, field, "email_unreadable")


def day(section: str, content: Mapping[str, Any], field: str) -> Iterator[Problem]:
    """A day, as ISO 8601 text."""
    value = content.get(field)
    if not value:
        yield Problem(section, field, "day_missing")
    elif read_day(value) is None:
        yield Problem(section, field, "day_unreadable")


def read_day(value: Any) -> date | None:
    """The day in a stored text, or None."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def read_decimal(value: Any) -> Decimal | None:
    """The number in a stored text, or None."""
    return Decimal(value) if isinstance(value, str) and _DECIMAL.fullmatch(value) else None


def items(content: Mapping[str, Any], field: str) -> list[Mapping[str, Any]]:
    """The entries of a list in a section's content; what is no entry is left out."""
    value = content.get(field)
    return [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list) else []


def at(section: str, path: str, problems: Iterator[Problem]) -> Iterator[Problem]:
    """The problems of an entry, with their fields below the entry's path."""
    for problem in problems:
        yield Problem(section, f"{path}.{problem.field}", problem.code, problem.params)
