"""All pages of the people room, gathered on its blueprint."""

from __future__ import annotations

from webapp.pages.people import account, entering, invitations, passwords, staff
from webapp.pages.people.room import people

__all__ = ["account", "entering", "invitations", "passwords", "people", "staff"]
