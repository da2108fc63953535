"""All pages of the room, so that its blueprint is whole when it is registered."""

from webapp.pages.endorsements import answering, asking, consulting, mending, reading, replying
from webapp.pages.endorsements.room import endorsements

__all__ = ["answering", "asking", "consulting", "endorsements", "mending", "reading", "replying"]
