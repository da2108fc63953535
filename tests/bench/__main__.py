"""Measures the product with 2,000 and 20,000 proposals and prints the figures; `make bench`."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import click

from config.embedded import servers_folder
from config.processes import working_in
from tests.bench.asking import Measured, measure_all
from tests.bench.base import Ground, ground, make_base
from tests.bench.clones import multiply
from tests.bench.mails import Posted, post_all
from tests.bench.web import pages
from webapp import wiring

SIZES = (2_000, 20_000)
MOST = 1.5
SEED = 20260

Figures = tuple[list[Measured], Posted]


@click.command()
@click.option("--sizes", default=",".join(map(str, SIZES)), show_default=True, help="How many proposals, two sizes.")
def main(sizes: str) -> None:
    """Make the databases, measure each, print a table. Nothing fails by the clock: ratios are printed to be judged."""
    began = time.monotonic()
    small, large = (int(size) for size in sizes.split(","))
    with tempfile.TemporaryDirectory(prefix="desk-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with ground(folder) as made:
            make_base(made)
            say(began, "the first proposals are made")
            found = {size: measure(made, size, began) for size in (small, large)}
    click.echo(f"\nLoad of the machine now: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors.")
    show(found[small], found[large], small, large)


def measure(made: Ground, size: int, began: float) -> Figures:
    """All figures for so many proposals."""
    name = f"desk_{size}"
    made.copy_database(name, "desk")
    owner = made.owner(name)
    there = multiply(owner, size, SEED)
    say(began, f"{there} proposals are there")
    settings = made.settings(name)
    database = working_in(servers_folder(made.folder / "servers") / "postgres", "postgres")
    with pages(settings, made.folder, min(database)) as site, wiring.connected(settings) as wired:
        measured = list(measure_all(site, wired, SEED))
    say(began, "pages are measured")
    posted = post_all(settings, made.mail_port)
    say(began, "mails are sent")
    made.drop_database(name)
    return measured, posted


def show(few: Figures, many: Figures, small: int, large: int) -> None:
    """The table: for each kind of request what one costs and takes, at both sizes, and how much more at the larger."""
    click.echo(
        "Milliseconds a request: processor time of the pages and of the database; half and 95 % answered within.\n"
    )
    sizes = "".join(f"{f'{size:,} proposals':^30}" for size in (small, large))
    click.echo(f"{'':44}{sizes}  larger/smaller")
    click.echo(
        f"{'':44}" + f"{'pages':>7}{'datab.':>8}{'p50':>7}{'p95':>7} " * 2 + f"{'proc.':>8}{'p50':>6}  within {MOST}"
    )
    every = True
    for one, other in zip(few[0], many[0], strict=True):
        ratio = (other.web + other.database) / (one.web + one.database)
        waited = other.part(0.5) / one.part(0.5)
        within = max(ratio, waited) <= MOST
        every &= within or not one.is_list
        click.echo(
            f"{one.name:<44}" + cells(one) + cells(other) + f"{ratio:>8.2f}{waited:>6.2f}  {'yes' if within else 'NO'}"
        )
    for size, (_, posted) in ((small, few), (large, many)):
        click.echo(
            f"\n{size:,} proposals, one process: {posted.events / posted.telling:.0f} events told a second "
            f"({posted.events}), {posted.mails / posted.sending:.0f} mails sent a second ({posted.mails})."
        )
    click.echo(f"\nEvery list within {MOST}: {'yes' if every else 'no'}")


def cells(one: Measured) -> str:
    """One size's figures in the table."""
    return f"{one.web:>7.1f}{one.database:>8.1f}{one.part(0.5):>7.1f}{one.part(0.95):>7.1f} "


def say(began: float, what: str) -> None:
    """Say how far it is, and after how many seconds."""
    click.echo(f"{time.monotonic() - began:6.1f} s  {what}")


if __name__ == "__main__":
    main()
