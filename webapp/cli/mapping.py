"""`desk mapping`: trains the model that suggests articles, measures it, and judges texts of a file."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from config import initiatives
from config.settings import Settings, SettingsError, load_settings
from webapp import wiring
from webapp.adapters.suggesting import model as models
from webapp.adapters.suggesting import training
from webapp.adapters.suggesting.encoder import find_encoder
from webapp.adapters.suggesting.matcher import TrainedMatcher
from webapp.domain import measuring
from webapp.domain.measuring import Figure, Labelled

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
SEEDS = 5
KINDS = {"": "with encoder", "_plain": "without encoder"}
Spread = dict[str, tuple[float, float, float]]


@click.group()
def mapping() -> None:
    """The suggestions of articles."""


@mapping.command()
@click.argument("file", type=FILE)
@click.option("--no-encoder", is_flag=True, help="Judge by phrases and words alone.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write; else the screen.")
def predict(file: Path, no_encoder: bool, output: Path | None) -> None:
    """Judge the texts of FILE (JSON lines with id, title, summary); writes a line {id, ranked, none} for each."""
    matcher, rows = _matcher(no_encoder=no_encoder), _rows(file)
    lines = []
    for row, judged in zip(rows, matcher.judge([_text(row) for row in rows]), strict=True):
        ranked = [{"article": article, "score": round(score, 4)} for article, score in judged.ranked()]
        one = {"id": row["id"], "ranked": ranked, "none": round(judged.none, 4), "fits_none": judged.fits_none}
        lines.append(json.dumps(one))
    text = "\n".join(lines) + "\n"
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")


@mapping.command()
@click.argument("file", type=FILE)
@click.option("--no-encoder", is_flag=True, help="Judge by phrases and words alone.")
def evaluate(file: Path, no_encoder: bool) -> None:
    """Measure the model in use on labelled texts (JSON lines with language, primary, articles beside the text)."""
    matcher, rows = _matcher(no_encoder=no_encoder), _rows(file)
    texts = []
    for row, judged in zip(rows, matcher.judge([_text(row) for row in rows]), strict=True):
        primary, articles = row.get("primary"), frozenset(row.get("articles") or [])
        ranked = tuple(judged.ranked())
        texts.append(
            Labelled(str(row["id"]), row.get("language", ""), primary, articles, ranked, judged.none, judged.fits_none)
        )
    limit = float(matcher.model.limits["set" if matcher.with_encoder else "set_plain"])
    click.echo(
        f"{len(texts)} texts, model {matcher.model.name}, {'with' if matcher.with_encoder else 'without'} encoder"
    )
    _print(texts, limit)


@mapping.command()
@click.argument("file", type=FILE)
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the model; else the shipped one.",
)
@click.option("--measure-only", is_flag=True, help="Cross-validate and write nothing.")
def train(file: Path, output: Path | None, measure_only: bool) -> None:
    """Cross-validate on the labelled texts of FILE, then train the model on all of them and write it with its card."""
    if find_spec("sklearn") is None:
        raise click.ClickException("Training needs scikit-learn: install the product with its extra [train].")
    matcher, rows = _matcher(), _rows(file)
    texts, told = _measured(matcher, rows), _measured(matcher, _imagined(matcher))
    rounds = {
        kind: [training.cross_validate(texts, told, seed, with_encoder=not kind) for seed in range(SEEDS)]
        for kind in ("", "_plain")
    }
    limits = {f"set{kind}": _best_limit(lists) for kind, lists in rounds.items()}
    figures = {KINDS[kind]: _spread(lists, limits[f"set{kind}"]) for kind, lists in rounds.items()}
    for kind, lists in rounds.items():
        _print_rounds(KINDS[kind], figures[KINDS[kind]])
        _print(lists[0], limits[f"set{kind}"])
    if measure_only:
        return
    card = _card(matcher, file, len(rows), figures)
    fitted = training.fit(texts, told, card)
    made = models.Model(fitted.regression, fitted.full, fitted.plain, {**fitted.limits, **limits}, card)
    models.save(made, output or initiatives.mapping_folder(_place()[0]))
    click.echo(f"wrote the model {card['name']}")


def _measured(matcher: TrainedMatcher, rows: list[dict[str, Any]]) -> training.Texts:
    return training.read_texts(rows, matcher.measure.measure([_text(row) for row in rows]), matcher.articles)


def _imagined(matcher: TrainedMatcher) -> list[dict[str, Any]]:
    """The imagined projects as rows of a file."""
    return [
        {"id": str(place), "primary": article, "articles": [article] if article else [], "summary": text}
        for place, (article, text) in enumerate(matcher.examples())
    ]


def _card(matcher: TrainedMatcher, file: Path, count: int, figures: dict[str, Spread]) -> dict[str, Any]:
    """What the model is made of and how good it was found to be; the same texts give the same card."""
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    made_of = {
        "texts": count,
        "sha256": digest,
        "imagined_projects": len(matcher.examples()),
        "phrases": len(matcher.measure.lexicon.phrases),
    }
    settings = {
        "ridge": training.RIDGE,
        "examples_weight": training.EXAMPLES_WEIGHT,
        "primary_share": training.PRIMARY_SHARE,
        "folds": training.FOLDS,
        "rounds": SEEDS,
    }
    rounded = {
        kind: {name: [round(value, 3) for value in values] for name, values in table.items()}
        for kind, table in figures.items()
    }
    name = f"{matcher.initiative.id}-{digest[:8]}"
    return {"name": name, "made_of": made_of, "cross_validated": rounded, "settings": settings}


def _print_rounds(kind: str, table: Spread) -> None:
    click.echo(f"cross-validated, {SEEDS} x {training.FOLDS} folds, {kind}:")
    for name, (mean, low, high) in table.items():
        click.echo(f"  {name:40} {mean:.3f}  ({low:.3f} to {high:.3f} between rounds)")


def _spread(lists: Sequence[list[Labelled]], limit: float) -> Spread:
    tables = [measuring.summary(one, limit) for one in lists]
    found = {name: [table[name].value for table in tables] for name in tables[0]}
    return {name: (sum(values) / len(values), min(values), max(values)) for name, values in found.items()}


def _best_limit(lists: Iterable[list[Labelled]]) -> float:
    """The limit of the score that makes the best sets over all rounds."""
    flat = [one for texts in lists for one in texts]
    return max((measuring.set_f1(flat, limit / 40), limit / 40) for limit in range(4, 26))[1]


def _print(texts: list[Labelled], limit: float) -> None:
    for name, figure in measuring.summary(texts, limit).items():
        click.echo(f"  {name:40} {_words(figure)}")
    for language in sorted({one.language for one in texts}):
        part = [one for one in texts if one.language == language]
        click.echo(
            f"  {language}: hit@1 {_words(measuring.hit_at(part, 1))}, hit@3 {measuring.hit_at(part, 3).value:.3f}"
        )
    for mean, right, count in measuring.calibration(texts):
        click.echo(f"  scores about {mean:.2f}: right in {right:.2f} of {count} pairs")


def _words(figure: Figure) -> str:
    interval = f" [{figure.low:.3f}, {figure.high:.3f}]" if figure.high else ""
    return f"{figure.value:.3f}{interval} of {figure.count}"


def _rows(file: Path) -> list[dict[str, Any]]:
    try:
        return [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
    except json.JSONDecodeError as error:
        raise click.ClickException(f"{file} is no file of JSON lines: {error}") from error


def _text(row: dict[str, Any]) -> tuple[str, str]:
    return str(row.get("title") or ""), str(row.get("summary") or "")


def _matcher(*, no_encoder: bool = False) -> TrainedMatcher:
    encoder = None if no_encoder else find_encoder()
    if encoder is None:
        click.echo("The sentence encoder takes no part: phrases and words alone are counted.", file=sys.stderr)
    return wiring.build_matcher(*_place(), encoder)


def _place() -> tuple[str, str]:
    """The initiative and the folder of learned models; texts can be judged before an installation is set up."""
    try:
        settings = load_settings()
    except SettingsError:
        known = {name: Settings.model_fields[name].default for name in ("initiative", "data_dir")}
        return str(known["initiative"]), str(known["data_dir"])
    return settings.initiative, str(settings.data_dir)
