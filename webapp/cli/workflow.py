"""`desk workflow`: checks and draws the tables of stages and moves."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import click

from config import notices, workflows
from webapp.domain.notices import parse_notices
from webapp.domain.workflow import draw_svg, parse, problems


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
