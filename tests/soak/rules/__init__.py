"""What must hold after each step, by what it is about; importing this registers all of it."""

from tests.soak.rules import cases, panels, post, proposals, record, sight, times

__all__ = ["cases", "panels", "post", "proposals", "record", "sight", "times"]
