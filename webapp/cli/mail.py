"""Checks the way of the mails, and looks through those that came back."""

from __future__ import annotations

from email.utils import parseaddr
from urllib.parse import urlsplit

import click

from config.settings import Settings, load_settings
from webapp import wiring
from webapp.adapters.dkim import Signer
from webapp.domain.people import SYSTEM
from webapp.services.outbox.bounces import read_returned

MAKE_KEY = "openssl genrsa 2048 > desk_dkim_key"
TEXT_AT_MOST = 255


@click.group()
def mail() -> None:
    """The way of the mails: what the DNS must say, what came back."""


@mail.command()
def check() -> None:
    """Show the DNS records that let receivers believe our mails, and try the mail server without sending."""
    settings = load_settings()
    mailer = wiring.build_mailer(settings)
    click.echo("Records for the DNS of the sender's domain:\n")
    for name, text in records(settings, mailer.signer):
        click.echo(f"{name}. IN TXT {in_strings(text)}")
    if mailer.signer is None:
        click.echo(f"\nMails are not signed here (DKIM). To sign them, make a key, as in: {MAKE_KEY}")
        click.echo("and give it as the secret file desk_dkim_key; or let the mail server sign.")
    refusal = mailer.check()
    if refusal:
        raise click.ClickException(f"The mail server cannot be used: {refusal}")
    click.echo("\nThe mail server lets us in.")


@mail.command()
def bounces() -> None:
    """Look through the mailbox of returned mails, and set aside the addresses that do not exist."""
    settings = load_settings()
    if not settings.bounces_url:
        raise click.ClickException("DESK_BOUNCES_URL names no mailbox.")
    with wiring.connected(settings) as wired:
        taken = read_returned(lambda: wired.open_work(SYSTEM))
    click.echo(f"{taken} reports taken.")


def records(settings: Settings, signer: Signer | None) -> list[tuple[str, str]]:
    """Names and texts: who may send for the domain (SPF), the key (DKIM), what to do with others' mails (DMARC)."""
    sender = parseaddr(settings.mail_from)[1]
    domain = sender.rpartition("@")[2]
    answers = parseaddr(settings.mail_reply_to)[1] or sender
    host = urlsplit(settings.mail_url).hostname
    found = [(domain, f"v=spf1 a:{host} ~all")]
    if signer is not None:
        found.append(signer.record())
    return [*found, (f"_dmarc.{domain}", f"v=DMARC1; p=quarantine; rua=mailto:{answers}")]


def in_strings(text: str) -> str:
    """A text as a zone file has it: no string in it is longer than 255 characters."""
    return " ".join(f'"{text[at : at + TEXT_AT_MOST]}"' for at in range(0, len(text), TEXT_AT_MOST))
