"""The word `desk routing`: solves an instance from a file, for measuring the solver by itself."""

from __future__ import annotations

import os
from pathlib import Path

import click

# One thread, as in a worker; said before the library for arrays is loaded.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")


@click.group()
def routing() -> None:
    """Who reviews what."""


@routing.command()
@click.argument("instance", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("plan", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--seed", default=0, show_default=True, help="Draws among equals.")
@click.option("--floor/--no-floor", default=True, show_default=True, help="Raise the worst-off proposal first.")
def solve(instance: Path, plan: Path, seed: int, floor: bool) -> None:
    """Solve INSTANCE (arrays ep, er, aff, k, lmin, lmax) and write PLAN (rows proposal,reviewer from 0)."""
    from webapp.adapters.matching.files import read_instance, write_plan
    from webapp.adapters.matching.stages import match

    try:
        asked = read_instance(instance)
    except (ValueError, KeyError, OSError) as problem:
        raise click.ClickException(f"The instance cannot be read: {problem}.") from problem
    found = match(asked, seed=seed, with_floor=floor)
    write_plan(plan, found.proposal, found.reviewer)
    stages = found.stages
    lines = [
        f"filled {stages.filled} of {stages.seats} seats; bound {stages.filled}",
        f"below their least load {stages.below_least} reviews; bound {stages.below_least}",
        f"floor {stages.floor}; bound {stages.floor_bound}" if floor else "",
        f"total {stages.total}; bound {stages.total_bound}",
        f"loads: sum of squares {stages.squares}",
        f"certified over {stages.pairs_priced} pairs in {stages.rounds} rounds",
    ]
    if found.core:
        core = found.core
        lines.append(
            f"short: {len(core.proposals)} proposals need {core.needed} reviews; "
            f"the {len(core.reviewers)} people who could write them have room for {core.room}"
        )
    for line in filter(None, lines):
        click.echo(line, err=True)
