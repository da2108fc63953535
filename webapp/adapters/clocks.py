"""Clocks: the database's in production, a settable one for tests and the demonstration's data."""

from __future__ import annotations

from datetime import datetime


class DatabaseClock:
    """Leaves the time to the database, which all processes share."""

    def now(self) -> None:
        """None: the unit of work asks the database."""
        return


class SetClock:
    """Stands at the moment it was set to."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """The moment it was set to."""
        return self.at
