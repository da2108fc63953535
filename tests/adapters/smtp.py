"""A real SMTP server for tests, which can be told to misbehave."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from config.embedded import free_port

OK = "250 OK"


@dataclass
class Server:
    """What came, and what to answer: `rcpt` by the address, `data` by the number of the mail that came (from 1).

    An answer of "" breaks the line instead.
    """

    rcpt: Callable[[str], str] = lambda address: OK
    data: Callable[[int], str] = lambda number: OK
    connections: int = 0
    raw: list[bytes] = field(default_factory=list)
    port: int = 0

    @property
    def mails(self) -> list[EmailMessage]:
        """The mails as Python reads them."""
        return [message_from_bytes(raw, policy=default) for raw in self.raw]

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Count connections by their greeting."""
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer as told."""
        answer = self.rcpt(address)
        if not answer:
            self._break(server)
        elif answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep the mail, then answer as told."""
        self.raw.append(bytes(envelope.original_content or b""))
        answer = self.data(len(self.raw))
        if not answer:
            self._break(server)
        return answer

    @staticmethod
    def _break(server: SMTP) -> None:
        assert server.transport is not None
        server.transport.abort()


@contextmanager
def smtp_server(server: Server | None = None) -> Iterator[Server]:
    """Run the server on a free port of this machine, or on the one it had before."""
    handler = server or Server()
    handler.port = handler.port or free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port, enable_SMTPUTF8=True)
    controller.start()
    try:
        yield handler
    finally:
        controller.stop()
