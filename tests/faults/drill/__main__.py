"""Runs every fault many times at random moments and prints the table for docs/faults.md; `make faults`."""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import click

from tests.faults.drill.judge import Verdict, begin, judge
from tests.faults.drill.strikes import PARTS, SPAN, STRIKES
from tests.faults.drill.world import World, world

OBLIGATIONS = 40


@dataclass(slots=True)
class Row:
    """One line of the table: all runs of one fault."""

    runs: int = 0
    obligations: int = 0
    untold: int = 0
    twice: int = 0
    copies: int = 0
    slowest: float = 0.0

    def add(self, one: Verdict) -> None:
        """Count another run."""
        self.runs += 1
        self.obligations += one.obligations
        self.untold += one.untold
        self.twice += one.twice
        self.copies += one.copies
        self.slowest = max(self.slowest, one.seconds)


def drill(here: World, name: str, seed: int, obligations: int = OBLIGATIONS) -> Verdict:
    """One run of one fault: the seed says when everything happens."""
    chance = random.Random(seed)
    here.start(*PARTS)
    told = begin(here, chance, obligations, SPAN)
    STRIKES[name](here, chance)
    return judge(here, told)


@click.command()
@click.option("--runs", default=20, show_default=True, help="How often each fault strikes.")
@click.option("--seed", type=int, help="The seed of the first run; chosen and printed where it is not given.")
@click.option("--only", "names", multiple=True, help="Only faults whose name holds this.")
def main(runs: int, seed: int | None, names: tuple[str, ...]) -> None:
    """Strike, count, print a table; ends with 1 where anything was lost or told twice."""
    seed = random.randrange(1_000_000) if seed is None else seed
    began = time.monotonic()
    chosen = [name for name in STRIKES if not names or any(part in name for part in names)]
    table: dict[str, Row] = {}
    click.echo(f"seed {seed}; run n of a fault has the seed {seed} + n")
    with tempfile.TemporaryDirectory(prefix="desk-drill-") as place:
        folder = Path(place)
        folder.chmod(0o755)
        with world(folder, durable=True) as here:
            for name in chosen:
                table[name] = row = Row()
                for number in range(runs):
                    row.add(drill(here, name, seed + number))
                show(name, row)
            if here.fallen:
                click.echo(f"\nEnded by themselves and begun again: {', '.join(here.fallen)}")
    total = sum(row.obligations for row in table.values())
    lost, twice = (sum(getattr(row, word) for row in table.values()) for word in ("untold", "twice"))
    click.echo(
        f"\n{total} obligations, {sum(row.runs for row in table.values())} faults: {lost} untold, {twice} told under "
        f"two ids. {time.monotonic() - began:.0f} s, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors."
    )
    sys.exit(1 if lost or twice else 0)


def show(name: str, row: Row) -> None:
    """A line of the table."""
    click.echo(
        f"| {name} | {row.runs} | {row.obligations} | {row.untold} | {row.twice} | {row.copies} | {row.slowest:.1f} |"
    )


if __name__ == "__main__":
    main()
