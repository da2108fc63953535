"""Texts that people type: how long they are, in the same measure on the page and on the server."""

from __future__ import annotations


def count_characters(text: str) -> int:
    """How many characters a text has without the blanks around it; a line break counts as one.

    Characters, not words or bytes, since not every script separates words.
    """
    return len(text.replace("\r\n", "\n").strip())
