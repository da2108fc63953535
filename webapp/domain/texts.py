"""What people type: whether it says anything, and how long it is, in one measure for page and server."""

from __future__ import annotations

from collections.abc import Mapping


def count_characters(text: str) -> int:
    """How many characters a text has without the blanks around it; a line break counts as one.

    Characters, not words or bytes, since not every script separates words.
    """
    return len(text.replace("\r\n", "\n").strip())


def is_blank(value: object) -> bool:
    """Whether nothing was answered: no value, a blank text, an empty list, a group with nothing in it."""
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, Mapping):
        return all(is_blank(part) for part in value.values())
    return value is None or value in ([], ())
