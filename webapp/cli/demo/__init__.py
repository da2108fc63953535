"""The command that fills an empty installation with the demonstration."""

from __future__ import annotations

import click
from sqlalchemy.exc import DBAPIError

from config.settings import Settings, load_settings
from webapp import wiring
from webapp.adapters import schema
from webapp.cli.demo.load import load_demo
from webapp.cli.demo.others import OthersFailed
from webapp.cli.demo.passing import at_ease
from webapp.cli.demo.state import HalfLoaded, NotEmpty
from webapp.domain.people import SYSTEM
from webapp.services.initiative import load_initiative


@click.group()
def demo() -> None:
    """The demonstration: people, calls and proposals in every stage."""


@demo.command("load")
@click.option("--count", type=click.IntRange(min=1), help="Only so many proposals, of as many stages as possible.")
def load_command(count: int | None) -> None:
    """Load the demonstration into an empty installation; does nothing where it is there.

    What is left of a load that was cut short is removed first.
    """
    settings = load_settings()
    try:
        loaded = _load(settings, count)
    except (HalfLoaded, OthersFailed, DBAPIError):  # as when two processes stood in each other's way
        schema.downgrade(settings.migration_url, "base")
        schema.upgrade(settings.migration_url)
        with wiring.connected(settings) as wired, wired.open_work(SYSTEM) as work:
            load_initiative(work, wired.rules.initiative)
        loaded = _load(settings, count, alone=True)
    except NotEmpty:
        raise click.ClickException(
            "There are people here who do not belong to the demonstration. It goes into an empty installation."
        ) from None
    click.echo("The demonstration is there already." if loaded is None else f"{loaded} proposals loaded.")


def _load(settings: Settings, count: int | None, *, alone: bool = False) -> int | None:
    with wiring.connected(settings) as wired:
        at_ease(wired)
        return load_demo(wired, count=count, alone=alone)
