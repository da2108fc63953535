"""All pages of the room, so that its blueprint is whole when it is registered."""

from webapp.pages.partners import own, path, public, signatories
from webapp.pages.partners.room import partners

__all__ = ["own", "partners", "path", "public", "signatories"]
