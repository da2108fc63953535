"""`desk audit`: is the record whole, and what was it at the end of a day?"""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session

from config.settings import load_settings
from webapp import wiring
from webapp.domain.audit import Root, read_root, write_root
from webapp.domain.people import SYSTEM
from webapp.queries.audit import find_root, list_roots
from webapp.services.audit import compute_root, make_roots
from webapp.services.audit import verify as verify_chains

DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def audit() -> None:
    """The audit trail."""


@audit.command()
@click.option("--root", "kept", help="A root kept elsewhere to compare with: its file, or its 64 letters and digits.")
@click.option("--at", type=DAY, help="The day of the root, where it is given in letters and digits: 2026-11-24.")
def verify(kept: str | None, at: datetime | None) -> None:
    """Find any change, removal or insertion in the chains of events; exits with 1 if there is one (R62)."""
    with wiring.connected(load_settings()) as wired, wired.open_reading() as session:
        report = verify_chains(session)
        differs = kept is not None and not _agrees(session, kept, at)
    for found in report.breaks:
        click.echo(f"{found.subject_kind} {found.subject_id}, event {found.number}: {found.how}")
    words = "whole" if not report.breaks else f"{len(report.breaks)} breaks"
    click.echo(f"{report.chains} chains, {report.events} events: {words}")
    sys.exit(1 if report.breaks or differs else 0)


@audit.command()
@click.option("--at", type=DAY, help="The day, as 2026-11-24; the last one where it is left out.")
def root(at: datetime | None) -> None:
    """Print the root over all chains at the end of a day, to be kept elsewhere (R62)."""
    with wiring.connected(load_settings()) as wired:
        with wired.open_work(SYSTEM) as work:
            make_roots(work)
        with wired.open_reading() as session:
            found = find_root(session, at.date()) if at else next(iter(list_roots(session, 1)), None)
    if found is None:
        raise click.ClickException("There is no root of that day. A root is made a quarter of an hour after its day.")
    click.echo(write_root(found), nl=False)


def _agrees(session: Session, kept: str, at: datetime | None) -> bool:
    """Whether the events make the root that was kept; says so either way."""
    wanted = _read(session, kept, at)
    now = compute_root(session, wanted.day, wanted.cut)
    if now.root == wanted.root:
        click.echo(f"root of {wanted.day}: agrees")
        return True
    click.echo(
        f"root of {wanted.day}: DIFFERS. Kept: {wanted.root}, {wanted.chains} chains, {wanted.events} events. "
        f"Now: {now.root}, {now.chains} chains, {now.events} events."
    )
    return False


def _read(session: Session, kept: str, at: datetime | None) -> Root:
    file = Path(kept)
    if file.is_file():
        try:
            return read_root(file.read_text("utf-8"))
        except ValueError as fault:
            raise click.ClickException(f"{kept}: {fault}") from None
    if at is None:
        raise click.UsageError("Say of which day the root is: --at 2026-11-24")
    here = find_root(session, at.date())
    if here is None:
        raise click.ClickException(f"The root of {at.date()} is here no more, or was never made.")
    return Root(here.day, here.cut, here.chains, here.events, kept.strip().lower())
