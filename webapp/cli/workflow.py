"""`desk workflow`: checks, draws and rehearses the tables of stages and moves."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import click

from config import notices, workflows
from config.settings import load_settings
from webapp import wiring
from webapp.domain.notices import parse_notices
from webapp.domain.people import SYSTEM
from webapp.domain.workflow import Divergence, draw_svg, parse, problems
from webapp.queries.clock import read_clock
from webapp.queries.workflow import rehearse_workflow, replay_histories


@click.group()
def workflow() -> None:
    """The workflows that calls can name."""


@workflow.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(files: tuple[Path, ...]) -> None:
    """Check workflow FILES, or all that are shipped, before they are used (R23); exits with 1 if one is unfit."""
    table = parse_notices(notices.load())
    told = frozenset(table.by_event) | frozenset(table.silent)
    tables = {path.name: tomllib.loads(path.read_text("utf-8")) for path in files} or {
        name: workflows.load(name) for name in workflows.names()
    }
    unfit = False
    for name, raw in tables.items():
        try:
            found = problems(parse(raw), told)
        except ValueError as error:
            found = (str(error),)
        unfit = unfit or bool(found)
        click.echo(f"{name}: {'fit' if not found else f'{len(found)} problems'}")
        for text in found:
            click.echo(f"  {text}")
    sys.exit(1 if unfit else 0)


@workflow.command("rehearse")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def rehearse_file(file: Path) -> None:
    """Make the moves of all past proposals once more under the workflow in FILE; say which would have gone elsewhere.

    Nothing is changed (R22). Exits with 1 if the workflow is unfit for use.
    """
    changed = parse(tomllib.loads(file.read_text("utf-8")))
    table = parse_notices(notices.load())
    if found := problems(changed, frozenset(table.by_event) | frozenset(table.silent)):
        raise click.ClickException("\n  ".join((f"{file.name} is unfit:", *found)))
    with wiring.connected(load_settings()) as wired, wired.open_reading() as session:
        now = read_clock(session, wired.ports.clock)
        told = rehearse_workflow(session, wired.rules, SYSTEM, changed, now)
    click.echo(f"{told.lives} proposals: {told.same} go the same way, {told.lives - told.same} another")
    for line in told.lines:
        one = line.divergence
        click.echo(f"  {line.reference} ({'-'.join(map(str, line.workflow))}) {one.at:%Y-%m-%d}: {_words(one)}")
    if told.more:
        click.echo(f"  and {told.more} more")


def _words(one: Divergence) -> str:
    return {
        "elsewhere": f"{one.move} leads from {one.stage} to {one.would} instead of {one.was}",
        "no_move": f"there is no {one.move} in {one.stage}; it stays there instead of going to {one.was}",
        "no_reason": f"{one.move} asks a reason, and none was given; it stays in {one.stage}",
        "late": f"{one.move} comes first: {one.stage} is over then, and it goes to {one.would}",
        "rule": f"{one.move} from {one.stage} is allowed by another rule",
    }[one.kind]


@workflow.command()
def replay() -> None:
    """Lead every proposal through its events once more; say which do not lead to where it stands (R22, R24).

    Nothing is changed. Exits with 1 if there is one.
    """
    with wiring.connected(load_settings()) as wired, wired.open_reading() as session:
        found = replay_histories(session, wired.rules)
    for line in found.differences:
        click.echo(line)
    words = "each leads to where it stands" if not found.differences else f"{len(found.differences)} differences"
    click.echo(f"{found.proposals} proposals: {words}")
    sys.exit(1 if found.differences else 0)


@workflow.command()
@click.argument("name", default="standard-1")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
def draw(name: str, output: Path | None) -> None:
    """Draw a workflow as SVG (R23)."""
    svg = draw_svg(parse(workflows.load(name)))
    if output is None:
        click.echo(svg)
    else:
        output.write_text(svg, encoding="utf-8")
