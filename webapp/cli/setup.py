"""Sets an installation up: tables, initiative, the first administrator."""

from __future__ import annotations

import click

from config.settings import load_settings
from webapp import wiring
from webapp.adapters import schema
from webapp.domain.errors import NotFound
from webapp.domain.people import SYSTEM
from webapp.services import initiative as verbs
from webapp.services.people.administrators import create_administrator
from webapp.services.people.factors.clearing import clear_factors_of


@click.command()
def migrate() -> None:
    """Bring the database's tables up to this version."""
    schema.upgrade(load_settings().migration_url)


@click.group()
def initiative() -> None:
    """The initiative that this installation serves."""


@initiative.command()
def load() -> None:
    """Load the initiative, its articles and partners from its data folder."""
    wired = wiring.connect(load_settings())
    with wired.open_work(SYSTEM) as work:
        row = verbs.load_initiative(work, wired.rules.initiative)
    click.echo(f"{row.title}: loaded")


@click.group()
def admin() -> None:
    """Administrators."""


@admin.command()
@click.argument("email")
@click.option("--name", default="Administrator", help="The person's full name.")
def create(email: str, name: str) -> None:
    """Make EMAIL an administrator, and print a link to set the password; the link is mailed too."""
    settings = load_settings()
    with wiring.connect(settings).open_work(SYSTEM) as work:
        token = create_administrator(work, email, name)
    click.echo(f"{settings.base_url}/password/{token}")


@admin.command("clear-factors")
@click.argument("email")
def remove_factors(email: str) -> None:
    """Remove the second factors of EMAIL, who has lost them all; the person is told by mail."""
    with wiring.connected(load_settings()) as wired, wired.open_work(SYSTEM) as work:
        try:
            clear_factors_of(work, email)
        except NotFound:
            raise click.ClickException(f"{email} has no account here, or no second factor") from None
    click.echo(f"{email} signs in with the password alone, and adds a second factor anew")
