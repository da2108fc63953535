"""All pages of the room, so that its blueprint is whole when it is registered."""

from webapp.pages.endorsements import answering, mending, reading
from webapp.pages.endorsements.room import endorsements

__all__ = ["answering", "endorsements", "mending", "reading"]
