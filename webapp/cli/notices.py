"""`desk notices`: checks the table of who is told what, its letters and their languages."""

from __future__ import annotations

import sys

import click

from config.settings import Settings
from webapp.adapters.catalogues import SOURCE_LANGUAGE, mail_messages, renew
from webapp.adapters.renderer import MailRenderer
from webapp.domain.rulebook import Limits
from webapp.services.notices.checking import find_faults
from webapp.wiring import know_rooms, read_rules

INITIATIVE: str = Settings.model_fields["initiative"].default
LANGUAGES: tuple[str, ...] = Settings.model_fields["languages"].default


@click.group()
def notices() -> None:
    """Who is told what, and in which words."""


@notices.command()
def check() -> None:
    """Check that every action has its message, every letter its data and every language its words; 1 if not."""
    know_rooms()
    rules = read_rules(INITIATIVE, Limits("https://desk.example", "desk.example"))
    faults = find_faults(rules, MailRenderer(LANGUAGES, SOURCE_LANGUAGE), LANGUAGES)
    for fault in faults:
        click.echo(f"{fault.where} {fault.language}: {fault.what}".replace(" :", ":"))
    told = rules.notices.notices()
    click.echo(f"{len(told)} notices in {len(LANGUAGES)} languages: {len(faults) or 'no'} faults")
    sys.exit(1 if faults else 0)


@notices.command()
def catalogues() -> None:
    """Bring the catalogues of the mails up to the templates: new sentences are added empty, old ones dropped."""
    for language in LANGUAGES:
        if language != SOURCE_LANGUAGE:
            click.echo(f"{language}: {renew(language, mail_messages())} to translate")
