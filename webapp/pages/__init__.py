"""The pages, room by room."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint


def rooms(*, demo: bool) -> Iterator[Blueprint]:
    """The blueprints of all rooms; the demonstration's own only where it is on."""
    from webapp.pages.people.pages import people

    yield people
