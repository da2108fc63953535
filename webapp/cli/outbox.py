"""Looks at the outbox and works it off without Celery."""

from __future__ import annotations

import click

from config.settings import load_settings
from webapp import wiring
from webapp.domain.errors import Refusal
from webapp.domain.notices import LANES, OUTBOX_STATES
from webapp.domain.people import SYSTEM
from webapp.queries.clock import read_clock
from webapp.queries.notices.outbox import OutboxLine, count_states, list_rows
from webapp.services.deadlines import sweep_timers
from webapp.services.outbox.retry import retry_row
from webapp.services.outbox.run import run_lane, run_outbox
from webapp.services.work import OpenWork

UNSETTLED = ("pending", "sending", "dead", "unknown", "suppressed")
LONG = 3600.0


@click.group()
def outbox() -> None:
    """What is still to be told, done and sent."""


@outbox.command("list")
@click.option("--state", "states", multiple=True, type=click.Choice(OUTBOX_STATES), help="Only rows in this state.")
@click.option("--limit", default=50, show_default=True, help="At most so many rows, the newest first.")
def list_command(states: tuple[str, ...], limit: int) -> None:
    """Show the rows by state, then those that are not settled (or those in the states asked for)."""
    wired = wiring.connect(load_settings())
    with wired.open_reading() as session:
        now = read_clock(session, wired.ports.clock)
        for one in count_states(session):
            age = int((now - one.oldest_at).total_seconds())
            click.echo(f"{one.state:<10} {one.kind:<6} {one.count:>7}   oldest {age} s")
        for line in list_rows(session, SYSTEM, states=states or UNSETTLED, limit=limit):
            click.echo(_in_words(line))


@outbox.command()
@click.argument("row_id", type=int)
def retry(row_id: int) -> None:
    """Send the row with this number again."""
    wired = wiring.connect(load_settings())
    try:
        with wired.open_work(SYSTEM) as work:
            retry_row(work, row_id)
    except Refusal as refusal:
        raise click.ClickException(f"Row {row_id} cannot be sent again ({refusal.code}).") from refusal
    click.echo(f"Row {row_id} is due now.")


@outbox.command()
def drain() -> None:
    """Fire the timers that are due, then tell, do and send all that is due, without Celery."""
    wired = wiring.connect(load_settings())

    def open_work() -> OpenWork:
        return wired.open_work(SYSTEM)

    fired = sweep_timers(open_work, seconds=LONG)
    total = 0
    while done := run_outbox(open_work, seconds=LONG) + sum(
        run_lane(open_work, lane, seconds=LONG) for lane in sorted(set(LANES.values()))
    ):
        total += done
    click.echo(f"{fired} timers fired, {total} rows worked off.")


def _in_words(line: OutboxLine) -> str:
    tries = f"{line.attempts}/{line.max_attempts}"
    return (
        f"{line.id:>8} {line.state:<10} {line.kind:<6} {line.about:<28} {tries:>6}  {line.due_at:%F %T}  {line.reason}"
    )
