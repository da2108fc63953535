"""All pages of the register's room, gathered on its blueprint."""

from __future__ import annotations

from webapp.pages.register import coverage, entries, exports, texts
from webapp.pages.register.room import register

__all__ = ["coverage", "entries", "exports", "register", "texts"]
