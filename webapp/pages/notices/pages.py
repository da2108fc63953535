"""All pages of the room, so that its blueprint is whole when it is registered."""

from webapp.pages.notices import (
    alerts,
    messages,
    outbox,
    rehearsal,
    reports,
    table,
    unsubscribe,
    webhooks,
    wishes,
    wordings,
)
from webapp.pages.notices.room import notices

__all__ = [
    "alerts",
    "messages",
    "notices",
    "outbox",
    "rehearsal",
    "reports",
    "table",
    "unsubscribe",
    "webhooks",
    "wishes",
    "wordings",
]
