"""All pages of the room, so that its blueprint is whole when it is registered."""

from webapp.pages.desk import audit, listing, moves, overview, proposal, rehearsal, screening, suggestions
from webapp.pages.desk.room import desk

__all__ = [
    "audit",
    "desk",
    "listing",
    "moves",
    "overview",
    "proposal",
    "rehearsal",
    "screening",
    "suggestions",
]
