"""Sends mails by SMTP, one connection for a batch."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from urllib.parse import unquote, urlsplit

from webapp.domain.ports import Delivery, OutgoingMail


class SmtpMailer:
    """The `Mailer` port on smtplib; knows nothing of the outbox."""

    def __init__(self, url: str, sender: str, timeout_seconds: int) -> None:
        self._url = urlsplit(url)
        self._sender_name, self._sender = parseaddr(sender)
        self._timeout = timeout_seconds

    def send(self, mails: Sequence[OutgoingMail]) -> Sequence[Delivery]:
        """One delivery for each mail, in order; a server that cannot be reached is "later" for all."""
        deliveries: list[Delivery] = []
        server: smtplib.SMTP | None = None
        try:
            for mail in mails:
                try:
                    server = server or self._connect()
                except (OSError, smtplib.SMTPException) as error:
                    deliveries.append(Delivery("later", _say(error)))
                    continue
                delivery = self._send_one(server, mail)
                deliveries.append(delivery)
                if delivery.outcome == "lost":
                    server.close()
                    server = None
        finally:
            if server is not None:
                _leave(server)
        return deliveries

    def _connect(self) -> smtplib.SMTP:
        host, port = self._url.hostname or "localhost", self._url.port or 25
        kind = smtplib.SMTP_SSL if self._url.scheme == "smtps" else smtplib.SMTP
        server = kind(host, port, timeout=self._timeout)
        if self._url.scheme == "smtp+starttls":
            server.starttls()
        if self._url.username:
            server.login(unquote(self._url.username), unquote(self._url.password or ""))
        return server

    def _send_one(self, server: smtplib.SMTP, mail: OutgoingMail) -> Delivery:
        try:
            server.sendmail(self._sender, [mail.to_address], self.compose(mail).as_bytes())
        except smtplib.SMTPRecipientsRefused as error:
            code, reply = error.recipients[mail.to_address]
            return Delivery("refused" if code >= 500 else "later", f"{code} {reply!r}")
        except smtplib.SMTPResponseException as error:
            return Delivery("refused" if error.smtp_code >= 500 else "later", _say(error))
        except (OSError, smtplib.SMTPException) as error:
            # The line broke: whether the server took the mail cannot be known.
            return Delivery("lost", _say(error))
        return Delivery("sent", "250")

    def compose(self, mail: OutgoingMail) -> EmailMessage:
        """The message with its two bodies; headers that hold a line break are refused by the library."""
        message = EmailMessage(policy=SMTP)
        message["From"] = Address(self._sender_name, addr_spec=self._sender)
        message["To"] = Address(mail.to_name, addr_spec=mail.to_address)
        message["Subject"] = mail.subject
        message["Message-ID"] = mail.message_id
        message["Date"] = format_datetime(mail.sent_at)
        for name, value in mail.headers.items():
            message[name] = value
        message.set_content(mail.text)
        message.add_alternative(mail.html, subtype="html")
        return message


def _leave(server: smtplib.SMTP) -> None:
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        server.close()


def _say(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]
