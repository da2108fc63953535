"""`desk backup` and `desk restore`: one file that holds the whole installation."""

from __future__ import annotations

from pathlib import Path
from tarfile import ReadError

import click

from config.settings import load_settings
from webapp.adapters.backup import BackupError, Saved, make_backup, restore_backup


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
def backup(file: Path) -> None:
    """Save the database and all uploaded files into FILE, while the product runs; keep FILE private."""
    settings = load_settings()
    try:
        saved = make_backup(settings.migration_libpq_url, settings.files_dir, file)
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{file}: {_words(saved)}")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Replace the tables that are there. Stop web and workers first.")
def restore(file: Path, *, replace: bool) -> None:
    """Restore FILE into an empty database, and compare rows and files with what was saved."""
    settings = load_settings()
    if replace:
        click.confirm("All that the database holds now is lost. Go on?", abort=True)
    try:
        found = restore_backup(file, settings.migration_libpq_url, settings.files_dir, replace=replace)
    except ReadError as error:
        raise click.ClickException(f"{file} is not a backup.") from error
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{_words(found)}: as saved. Run `desk audit verify` to look at the record.")


def _words(saved: Saved) -> str:
    return f"{len(saved.rows)} tables, {sum(saved.rows.values())} rows, {saved.files} files"
