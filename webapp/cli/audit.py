"""`desk audit`: is the record whole?"""

from __future__ import annotations

import sys

import click

from config.settings import load_settings
from webapp import wiring
from webapp.services.audit import verify as verify_chains


@click.group()
def audit() -> None:
    """The audit trail."""


@audit.command()
def verify() -> None:
    """Find any change, removal or insertion in the chains of events; exits with 1 if there is one (R62)."""
    with wiring.connected(load_settings()) as wired, wired.open_reading() as session:
        report = verify_chains(session)
    for found in report.breaks:
        click.echo(f"{found.subject_kind} {found.subject_id}, event {found.number}: {found.how}")
    words = "whole" if not report.breaks else f"{len(report.breaks)} breaks"
    click.echo(f"{report.chains} chains, {report.events} events: {words}")
    sys.exit(1 if report.breaks else 0)
