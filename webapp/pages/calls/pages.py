"""All pages of the room, so that its blueprint is whole when it is registered."""

from webapp.pages.calls import public, setting
from webapp.pages.calls.room import calls

__all__ = ["calls", "public", "setting"]
