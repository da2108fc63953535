"""All pages of the people room, gathered on its blueprint."""

from __future__ import annotations

from webapp.pages.people import (
    account,
    address,
    entering,
    invitations,
    passwords,
    personal,
    second,
    security,
    staff,
)
from webapp.pages.people.room import people

__all__ = [
    "account",
    "address",
    "entering",
    "invitations",
    "passwords",
    "people",
    "personal",
    "second",
    "security",
    "staff",
]
