"""Takes the demonstration's mails of the past: each is kept in its mailbox as if it had come by SMTP."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from webapp.adapters.mailer import SmtpMailer
from webapp.domain.people import SYSTEM
from webapp.domain.ports import Clock, Delivery, OutgoingMail
from webapp.services.notices.catch import catch_mail
from webapp.wiring import Wiring


class PastMailer:
    """The `Mailer` port for the time before the demonstration began."""

    def __init__(self, wired: Wiring, clock: Clock) -> None:
        self._wired, self._clock = wired, clock
        self._composer = SmtpMailer("", wired.settings.mail_from, 0)

    def send(self, mails: Iterable[OutgoingMail]) -> Iterator[tuple[OutgoingMail, Delivery]]:
        """Keep all mails, then accept each."""
        kept = list(mails)
        with self._wired.open_work(SYSTEM, self._clock) as work:
            for mail in kept:
                catch_mail(work, mail.to_address, self._composer.compose(mail))
        for mail in kept:
            yield mail, Delivery("sent", "250 OK")
