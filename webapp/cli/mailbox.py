"""Runs the demonstration's built-in mailbox: an SMTP server on this machine that keeps every mail in the database."""

from __future__ import annotations

import asyncio
import signal

import click
import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from config.logging import configure_logging
from config.settings import load_settings
from webapp import wiring
from webapp.domain.people import SYSTEM
from webapp.services.notices.catch import catch_mail
from webapp.wiring import Wiring

MOST_BYTES = 5_000_000
log = structlog.get_logger(__name__)


class Catcher:
    """What the server does with a mail: each recipient's copy is committed before it is answered for."""

    def __init__(self, wired: Wiring) -> None:
        self._wired = wired

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the mail, then say so; where it cannot be kept, let the sender try again."""
        try:
            await asyncio.to_thread(self._keep, list(envelope.rcpt_tos), bytes(envelope.original_content or b""))
        except Exception:
            log.exception("mail_not_kept")
            return "451 4.3.0 The mail could not be kept"
        return "250 OK"

    def _keep(self, recipients: list[str], raw: bytes) -> None:
        with self._wired.open_work(SYSTEM) as work:
            for recipient in recipients:
                catch_mail(work, recipient, raw)


@click.command()
def mailbox() -> None:
    """Keep the demonstration's mails, to be read at /dev/mail."""
    settings = load_settings()
    if not settings.demo:
        raise click.ClickException("The built-in mailbox is a part of the demonstration. Set DESK_DEMO=1 to use it.")
    configure_logging(settings.log_level, settings.log_format)
    asyncio.run(_serve(Catcher(wiring.connect(settings)), settings.dev_mail_port))


async def _serve(catcher: Catcher, port: int) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)

    def make_protocol() -> SMTP:
        return SMTP(
            catcher, hostname="mailbox.demo.example", data_size_limit=MOST_BYTES, enable_SMTPUTF8=True, loop=loop
        )

    server = await loop.create_server(make_protocol, "127.0.0.1", port)
    async with server:
        await stop.wait()
