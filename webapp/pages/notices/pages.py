"""All pages of the room, so that its blueprint is whole when it is registered."""

from webapp.pages.notices import alerts, outbox, rehearsal, reports, table, unsubscribe, wishes, wordings
from webapp.pages.notices.room import notices

__all__ = ["alerts", "notices", "outbox", "rehearsal", "reports", "table", "unsubscribe", "wishes", "wordings"]
