"""Questions about notices: who is told of an event, what its letter says, the bell, the outbox."""

from webapp.queries.notices.events import Told, adds

__all__ = ["Told", "adds"]
