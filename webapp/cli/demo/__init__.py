"""The command that fills an empty installation with the demonstration."""

from __future__ import annotations

import click

from config.settings import load_settings
from webapp import wiring
from webapp.cli.demo.load import load_demo


@click.group()
def demo() -> None:
    """The demonstration: people, calls and proposals in every stage."""


@demo.command("load")
@click.option("--count", type=click.IntRange(min=1), help="Only so many proposals, of as many stages as possible.")
def load_command(count: int | None) -> None:
    """Load the demonstration, whole or not at all; does nothing where it is there."""
    with wiring.connected(load_settings()) as wired:
        loaded = load_demo(wired, count=count)
    click.echo("The demonstration is there already." if loaded is None else f"{loaded} proposals loaded.")
