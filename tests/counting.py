"""Counts the statements that a page or a verb sends to the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from webapp.wiring import Wiring

BOUNDS = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


@contextmanager
def statements(wired: Wiring) -> Iterator[list[str]]:
    """The list fills with each statement that is sent while the block lasts; the bounds of transactions aside."""
    with wired.new_session() as session:
        bind = session.get_bind()
    sent: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith(BOUNDS):
            sent.append(statement)

    event.listen(bind, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(bind, "before_cursor_execute", note)
