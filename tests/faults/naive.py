"""Mails as mere tasks of the broker, as one would send them without an outbox; run with a number to ask for so many."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from celery import Celery

from config.settings import load_settings
from webapp.adapters.mailer import SmtpMailer
from webapp.domain.ports import OutgoingMail

settings = load_settings()
app = Celery("naive", broker=settings.redis_url)


@app.task(name="naive.send")
def send(number: int) -> None:
    """Send one mail."""
    mailer = SmtpMailer(settings.mail_url, settings.mail_from, 5)
    sent_at = datetime(2026, 11, 24, tzinfo=UTC)
    address, words = f"person.{number}@demo.example", ("Hello", "Hello", "<p>Hello</p>")
    list(mailer.send([OutgoingMail(f"<naive-{number}@demo.example>", sent_at, address, "", *words)]))


if __name__ == "__main__":
    for asked in range(int(sys.argv[1])):
        send.delay(asked)
