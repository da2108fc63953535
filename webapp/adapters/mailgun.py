"""Reads what Mailgun reports of mails by its webhooks, signed with the account's key."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import Any

from webapp.domain.bounces import Report
from webapp.domain.notices import is_hard_bounce

# Mailgun repeats a report for eight hours where it was not taken.
OLDEST = timedelta(hours=12)


class MailgunReports:
    """The `ReportReader` port for Mailgun's events delivered, failed and complained."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    def __call__(self, body: bytes, now: datetime) -> list[Report] | None:
        """The reports in a body; None for what Mailgun did not sign, or long ago."""
        try:
            told = json.loads(body)
            signature, event = told["signature"], told["event-data"]
            if not self._is_signed(signature, now):
                return None
            message_id = str(event["message"]["headers"]["message-id"]).strip("<>")
            return self._read(f"<{message_id}>", event)
        except (ValueError, KeyError, TypeError, AttributeError):
            return None

    def _is_signed(self, given: dict[str, Any], now: datetime) -> bool:
        stamp, token = str(given["timestamp"]), str(given["token"])
        expected = hmac.new(self._key, (stamp + token).encode(), hashlib.sha256).hexdigest()
        is_ours = hmac.compare_digest(expected.encode(), str(given["signature"]).encode())
        return is_ours and abs(now.timestamp() - float(stamp)) <= OLDEST.total_seconds()

    @staticmethod
    def _read(message_id: str, event: dict[str, Any]) -> list[Report]:
        status = event.get("delivery-status") or {}
        said = status.get("message") or status.get("description") or event.get("reason") or ""
        words = " ".join(f"{status.get('code', '')} {status.get('enhanced-code', '')} {said}".split())[:500]
        match event["event"]:
            case "delivered":
                return [Report(message_id, "delivered", is_hard=False, words=words)]
            case "failed" if event.get("severity") == "permanent":
                known = event.get("reason") == "suppress-bounce"  # it bounced before, so it was not tried again
                return [Report(message_id, "failed", is_hard=known or is_hard_bounce(words), words=words)]
            case "failed":
                return [Report(message_id, "delayed", is_hard=False, words=words)]
            case "complained":
                return [Report(message_id, "unwanted", is_hard=False, words=words)]
        return []
