"""Looks through the mailbox in which mail servers leave what did not arrive: at a server (IMAP) or in a folder."""

from __future__ import annotations

import imaplib
import mailbox
import ssl
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

from webapp.domain.bounces import LARGEST

SECONDS = 20


class MaildirReturns:
    """The `ReturnedMails` port on a Maildir, as a mail server on this machine fills it."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def each(self, look: Callable[[bytes], None], limit: int) -> None:
        """Show each new mail, then mark it as read."""
        box = mailbox.Maildir(self._folder, create=False)
        fresh = sorted(key for key in box.iterkeys() if box.get_message(key).get_subdir() == "new")
        for key in fresh[:limit]:
            look(box.get_bytes(key))
            mail = box.get_message(key)
            mail.set_subdir("cur")
            mail.add_flag("S")
            box[key] = mail


class ImapReturns:
    """The same at a server, by IMAP over TLS."""

    def __init__(self, url: str, trusted: ssl.SSLContext | None = None) -> None:
        self._url = urlsplit(url)
        self._trusted = trusted or ssl.create_default_context()

    def each(self, look: Callable[[bytes], None], limit: int) -> None:
        """Show each mail that was not read, then mark it as read."""
        server = self._connect()
        try:
            self._ask(server.login(unquote(self._url.username or ""), unquote(self._url.password or "")))
            self._ask(server.select(unquote(self._url.path.strip("/")) or "INBOX"))
            numbers = self._ask(server.uid("SEARCH", "UNSEEN", "SMALLER", str(LARGEST)))[0].split()
            for number in numbers[:limit]:
                (found, *_) = self._ask(server.uid("FETCH", number.decode(), "(BODY.PEEK[])"))
                if isinstance(found, tuple):
                    look(found[1])
                self._ask(server.uid("STORE", number.decode(), "+FLAGS", "(\\Seen)"))
        finally:
            server.logout()

    def _connect(self) -> imaplib.IMAP4:
        host = self._url.hostname or ""
        if self._url.scheme == "imaps":
            return imaplib.IMAP4_SSL(host, self._url.port or 993, ssl_context=self._trusted, timeout=SECONDS)
        server = imaplib.IMAP4(host, self._url.port or 143, timeout=SECONDS)
        server.starttls(self._trusted)
        return server

    @staticmethod
    def _ask(answer: tuple[str, list[Any]]) -> list[Any]:
        if answer[0] != "OK":
            raise OSError(f"the mailbox answers {answer[0]}")
        return answer[1]


def open_returns(url: str) -> MaildirReturns | ImapReturns | None:
    """The mailbox that the settings name; None where they name none."""
    if not url:
        return None
    return MaildirReturns(unquote(urlsplit(url).path)) if url.startswith("maildir:") else ImapReturns(url)
