"""`desk translations`: what the pages say in every language."""

from __future__ import annotations

import sys

import click

from config.settings import Settings
from webapp.adapters.catalogues import PAGES, SOURCE_LANGUAGE, Wanted, find_gaps, renew
from webapp.adapters.page_texts import page_messages
from webapp.domain.rulebook import Limits
from webapp.wiring import know_rooms, read_rules

INITIATIVE: str = Settings.model_fields["initiative"].default
LANGUAGES: tuple[str, ...] = tuple(
    language for language in Settings.model_fields["languages"].default if language != SOURCE_LANGUAGE
)


@click.group()
def translations() -> None:
    """The words of the pages in every language."""


@translations.command()
def check() -> None:
    """Check that no language lacks a message, guesses one, or fills one in with other names; 1 if one does."""
    wanted = _wanted()
    gaps = [gap for language in LANGUAGES for gap in find_gaps(language, wanted, PAGES)]
    for gap in gaps:
        click.echo(f"{gap.language}: {gap.why}: {gap.message}")
    click.echo(f"{len(wanted)} messages in {len(LANGUAGES)} languages beside English: {len(gaps) or 'no'} faults")
    sys.exit(1 if gaps else 0)


@translations.command(name="renew")
def bring_up() -> None:
    """Bring the catalogues up to the pages: new sentences are added empty, old ones dropped."""
    wanted = _wanted()
    for language in LANGUAGES:
        click.echo(f"{language}: {renew(language, wanted, PAGES)} to translate")


def _wanted() -> Wanted:
    know_rooms()
    return page_messages(read_rules(INITIATIVE, Limits("https://desk.example", "desk.example")))
