"""Reviews: a reviewer's queue, invitation and sheet; the panel's page; what the panel said."""

from __future__ import annotations

from webapp.pages.reviews import answering, panel, queue, reading, seating, sheet, suggesting, texts, together
from webapp.pages.reviews.room import reviews

__all__ = ["answering", "panel", "queue", "reading", "reviews", "seating", "sheet", "suggesting", "texts", "together"]
