"""Sends mails by SMTP, one connection for a batch."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterable, Iterator
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

from webapp.adapters.dkim import Signer
from webapp.adapters.message import compose
from webapp.domain.ports import Delivery, OutgoingMail


class SmtpMailer:
    """The `Mailer` port on smtplib; knows nothing of the outbox."""

    def __init__(
        self, url: str, sender: str, timeout_seconds: float, *, bounces_to: str = "", signer: Signer | None = None
    ) -> None:
        self._url = urlsplit(url)
        self._sender_name, self._sender = parseaddr(sender)
        self._returns_to = bounces_to or self._sender
        self._timeout = timeout_seconds
        self.signer = signer

    def send(self, mails: Iterable[OutgoingMail]) -> Iterator[tuple[OutgoingMail, Delivery]]:
        """Each mail with its delivery; once the server cannot be reached, all that follow are "unreachable"."""
        server: smtplib.SMTP | None = None
        away: Delivery | None = None
        try:
            for mail in mails:
                if server is None and away is None:
                    try:
                        server = self._connect()
                    except (OSError, smtplib.SMTPException) as error:
                        away = Delivery("unreachable", _say(error))
                if server is None:
                    yield mail, away or Delivery("unreachable", "")
                    continue
                delivery = self._send_one(server, mail)
                if delivery.outcome != "sent" and not _starts_anew(server):
                    server = None
                yield mail, delivery
        finally:
            if server is not None:
                _leave(server)

    def compose(self, mail: OutgoingMail) -> bytes:
        """The message as it goes out; raises ValueError for what no header holds."""
        return compose(mail, self._sender_name, self._sender, self.signer)

    def check(self) -> str:
        """Try to get in, without sending; the reason why not, empty where all is well."""
        try:
            server = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            return _say(error)
        _leave(server)
        return ""

    def _connect(self) -> smtplib.SMTP:
        host, port = self._url.hostname or "localhost", self._url.port or 25
        # Without a context of its own the library believes any certificate.
        trusted = ssl.create_default_context()
        if self._url.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=self._timeout, context=trusted)
        else:
            server = smtplib.SMTP(host, port, timeout=self._timeout)
        try:
            if self._url.scheme == "smtp+starttls":
                server.starttls(context=trusted)
            if self._url.username:
                server.login(unquote(self._url.username), unquote(self._url.password or ""))
            server.ehlo_or_helo_if_needed()
        except BaseException:
            server.close()
            raise
        return server

    def _send_one(self, server: smtplib.SMTP, mail: OutgoingMail) -> Delivery:
        options = [] if mail.to_address.isascii() else ["smtputf8"]
        asked: list[str] = []
        if server.has_extn("dsn"):
            # A report that it did not arrive then names the row, also where it leaves out the mail itself (RFC 3461).
            options += ["RET=HDRS", f"ENVID={mail.message_id.strip('<>')}"]
            asked += ["NOTIFY=FAILURE"]
        try:
            content = self.compose(mail)
            code, reply = server.mail(self._returns_to, options)
            if code != 250:
                return Delivery("later", _words(code, reply))
            code, reply = server.rcpt(mail.to_address, asked)
            if code not in (250, 251):
                return Delivery("refused" if code >= 500 else "later", _words(code, reply))
        except (ValueError, smtplib.SMTPNotSupportedError) as error:
            # An address or a header that cannot be said to this server.
            return Delivery("rejected", _say(error))
        except (OSError, smtplib.SMTPException) as error:
            # The content was never offered, so the server cannot have taken it.
            return Delivery("later", _say(error))
        return _hand_over(server, content)


def _hand_over(server: smtplib.SMTP, content: bytes) -> Delivery:
    try:
        code, reply = server.data(content)
    except smtplib.SMTPDataError as error:
        # The server did not want to hear the content.
        return Delivery("later" if error.smtp_code < 500 else "rejected", _say(error))
    except (OSError, smtplib.SMTPException) as error:
        # The line broke: whether the server took the mail cannot be known.
        return Delivery("lost", _say(error))
    if code == 250:
        return Delivery("sent", _words(code, reply))
    return Delivery("rejected" if code >= 500 else "later", _words(code, reply))


def _starts_anew(server: smtplib.SMTP) -> bool:
    """Whether the connection can take another mail after one that failed; if not, it is closed."""
    try:
        if server.rset()[0] == 250:
            return True
    except (OSError, smtplib.SMTPException):
        pass
    server.close()
    return False


def _leave(server: smtplib.SMTP) -> None:
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        server.close()


def _words(code: int, reply: bytes) -> str:
    return f"{code} {reply.decode('utf-8', 'replace')}"[:500]


def _say(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]
