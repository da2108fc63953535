"""Questions about notices: who is told of an event, what its letter says, the bell, the outbox."""

from webapp.queries.notices.events import EXAMPLE_DUE, Told, adds

__all__ = ["EXAMPLE_DUE", "Told", "adds"]
