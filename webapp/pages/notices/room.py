"""The room of notices: its blueprint, and the bell that every page shows."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, url_for
from werkzeug.local import LocalProxy

from webapp.pages.shared import guard
from webapp.pages.shared.context import wiring
from webapp.queries.notices.bell import COUNTED_AT_MOST, count_unread

notices = Blueprint("notices", __name__)


@notices.app_context_processor
def bell() -> dict[str, Any]:
    """The bell's address and count, for people who are signed in; counted where a page shows it, once."""
    if guard.actor().person_id is None:
        return {}
    return {"alerts_url": url_for("notices.alerts"), "alerts_count": LocalProxy(unread_words)}


def unread_words() -> str:
    """How many alerts are not read, as the bell shows it; nothing where all are."""
    if "alerts_count" not in g:
        with wiring().open_reading() as session:
            number = count_unread(session, guard.actor())
        g.alerts_count = f"{COUNTED_AT_MOST - 1}+" if number == COUNTED_AT_MOST else str(number or "")
    return str(g.alerts_count)
