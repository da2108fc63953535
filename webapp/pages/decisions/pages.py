"""All pages of the decisions room, gathered on its blueprint."""

from __future__ import annotations

from webapp.pages.decisions import applicant, deciding, files, letters, together
from webapp.pages.decisions.room import decisions

__all__ = ["applicant", "deciding", "decisions", "files", "letters", "together"]
