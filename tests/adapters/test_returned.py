"""The mailbox of returned mails at a server: read by IMAP over TLS, marked as read only once it was looked at."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.adapters.test_mailer import _papers
from webapp.adapters.returned import ImapReturns, MaildirReturns, open_returns

MAILS = {3: b"Subject: one\r\n\r\n1\r\n", 5: b"Subject: two\r\n\r\n2\r\n"}


class _Mailbox:
    """A mailbox that speaks as much IMAP as is needed."""

    def __init__(self) -> None:
        self.seen: list[int] = []
        self.words: list[str] = []

    def answer(self, tag: str, words: str) -> bytes:
        """The answer to one command."""
        self.words.append(words)
        done = f"{tag} OK done\r\n".encode()
        if words.startswith("CAPABILITY"):
            return b"* CAPABILITY IMAP4rev1\r\n" + done
        if words.startswith("LOGIN"):
            return done if words == 'LOGIN desk "p w"' else f"{tag} NO no\r\n".encode()
        if words.startswith("SELECT"):
            return b"* 2 EXISTS\r\n" + f"{tag} OK [READ-WRITE] done\r\n".encode()
        if words.startswith("UID SEARCH UNSEEN"):
            fresh = " ".join(str(number) for number in MAILS if number not in self.seen)
            return f"* SEARCH {fresh}\r\n".encode() + done
        if found := re.fullmatch(r"UID FETCH (\d+) \(BODY\.PEEK\[\]\)", words):
            raw = MAILS[int(found[1])]
            return f"* 1 FETCH (UID {found[1]} BODY[] {{{len(raw)}}}\r\n".encode() + raw + b")\r\n" + done
        if found := re.fullmatch(r"UID STORE (\d+) \+FLAGS \(\\Seen\)", words):
            self.seen.append(int(found[1]))
        return done


@contextmanager
def _served(box: _Mailbox, papers: Path) -> Iterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(papers)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    taken, _ = listening.accept()
                except OSError:
                    return
                try:
                    with context.wrap_socket(taken, server_side=True) as line, line.makefile("rb") as read:
                        line.sendall(b"* OK ready\r\n")
                        for said in read:
                            tag, _, words = said.decode().strip().partition(" ")
                            line.sendall(box.answer(tag, words))
                            if words == "LOGOUT":
                                break
                except OSError:
                    continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def test_new_mails_are_shown_once_and_marked_after(tmp_path: Path) -> None:
    papers, box = _papers(tmp_path), _Mailbox()
    trusted = ssl.create_default_context(cafile=str(papers))
    shown: list[bytes] = []

    def look(raw: bytes) -> None:
        assert len(box.seen) == len(shown)
        shown.append(raw)
        if len(shown) == 2:
            raise RuntimeError("the database is away")

    with _served(box, papers) as port:
        returns = ImapReturns(f"imaps://desk:p%20w@localhost:{port}/Returned", trusted)
        with pytest.raises(RuntimeError):
            returns.each(look, 10)
        assert (shown, box.seen) == (list(MAILS.values()), [3])
        later: list[bytes] = []
        returns.each(later.append, 10)
        assert (later, box.seen) == ([MAILS[5]], [3, 5])
    assert "SELECT Returned" in box.words


def test_a_server_nobody_vouches_for_is_not_signed_in_to(tmp_path: Path) -> None:
    papers, box = _papers(tmp_path), _Mailbox()
    with _served(box, papers) as port, pytest.raises(ssl.SSLCertVerificationError):
        ImapReturns(f"imaps://desk:p%20w@localhost:{port}/INBOX").each(print, 10)
    assert box.words == []


def test_the_settings_say_where_it_is() -> None:
    assert open_returns("") is None
    assert isinstance(open_returns("maildir:///var/mail/desk"), MaildirReturns)
    assert isinstance(open_returns("imaps://desk:pw@mail.example.org/INBOX"), ImapReturns)
