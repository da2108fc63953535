"""All pages of the register's room, gathered on its blueprint."""

from __future__ import annotations

from webapp.pages.register import entries, exports, texts
from webapp.pages.register.room import register

__all__ = ["entries", "exports", "register", "texts"]
