"""The picture of a workflow as SVG, by hand and without a library (R23)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from html import escape

from webapp.domain.workflow.layout import (
    BOX_HEIGHT,
    BOX_WIDTH,
    ROW_PITCH,
    TOP,
    WIDTH,
    Cell,
    Line,
    draw_lines,
    is_everywhere,
    place,
)
from webapp.domain.workflow.table import CLOSED_FROM, Move, Stage, Workflow

Say = Callable[[str], str]

_LABEL_CHARS = {"start": 22, "end": 22, "middle": 28}
_NOTE_CHARS = 44
_TURN_CHARS = 34

# Colours are the tokens of the style sheet, so that a page's own theme reaches the picture; the
# values after the comma are those of the light theme, for where there is no style sheet.
_INK, _INK_2, _LINE = "var(--ink,#17252b)", "var(--ink-2,#4a585e)", "var(--line-strong,#8b9395)"
_PAPER = "var(--paper,#f6f5f1)"
_TONES = {
    "info": ("#1f4f8f", "#e2ecf8"),
    "warn": ("#855400", "#fcf0d5"),
    "violet": ("#57408f", "#ece7f6"),
    "ok": ("#1d6a40", "#dff0e5"),
    "mute": ("#4a5560", "#e9e9e5"),
}
_DARK = (
    "--ink:#e8eeec;--ink-2:#b5c1c3;--line-strong:#75858a;--paper:#10191c;"
    "--info:#9cc2f2;--info-soft:#182d47;--warn:#f0c36b;--warn-soft:#3a2c0e;"
    "--violet:#c5b4ee;--violet-soft:#2b2345;--ok:#8ed3a6;--ok-soft:#173524;"
    "--mute:#b9c2c4;--mute-soft:#263236"
)


def draw_svg(
    workflow: Workflow,
    counts: Mapping[str, int] | None = None,
    say: Say = str,
    standalone: bool = True,
) -> str:
    """The workflow as one SVG element, 1,280 units wide.

    `counts` puts the number of proposals into each stage. `say` translates the words. With
    `standalone` (a file of its own) it carries its background and its dark theme; without, it is
    for a page: no style element, all colours from the page's tokens.
    """
    cells = place(workflow)
    height = TOP + max(cell.row for cell in cells.values()) * ROW_PITCH + BOX_HEIGHT + 30
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="wf" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img" aria-labelledby="wf-title wf-desc" '
        'font-family="system-ui, sans-serif">',
        *_head(workflow, say),
        *(_standalone(height) if standalone else ()),
        *(part for line in draw_lines(workflow, cells) for part in _line(line, say)),
        *(part for stage in workflow.stages for part in _box(stage, cells[stage.id], counts, say)),
        *(part for stage in workflow.stages for part in _notes(workflow, stage, cells, say)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _head(workflow: Workflow, say: Say) -> Iterator[str]:
    title = say("Workflow: {name}, version {version}").format(name=say(workflow.name), version=workflow.version)
    yield f'<title id="wf-title">{escape(title)}</title>'
    sentences = [
        say("{name}: from {sources}.").format(
            name=say(move.name),
            sources=", ".join(say(s.staff) for s in workflow.stages if s.id in move.sources),
        )
        for move in workflow.moves
    ]
    yield f'<desc id="wf-desc">{escape(" ".join(sentences))}</desc>'
    yield (
        '<defs><marker id="wf-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
        f'markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8Z" fill="{_LINE}"/></marker></defs>'
    )


def _standalone(height: int) -> Iterator[str]:
    yield f"<style>@media (prefers-color-scheme: dark) {{ .wf {{ {_DARK} }} }}</style>"
    yield f'<rect width="{WIDTH}" height="{height}" fill="{_PAPER}"/>'


def _line(line: Line, say: Say) -> Iterator[str]:
    way = " ".join(f"{x:g} {y:g}" for x, y in line.points)
    by_machine = "" if set(line.move.who) - {"timer", "system"} else ' stroke-dasharray="5 4"'
    yield (
        f'<path class="wf-move" data-move="{escape(line.move.id)}" d="M{way}" fill="none" '
        f'stroke="{_LINE}" stroke-width="1.5"{by_machine} marker-end="url(#wf-arrow)"/>'
    )
    x, y = line.label
    lines = _wrap(say(line.move.name), _LABEL_CHARS[line.anchor])
    rise = 15 * (len(lines) - 1)  # from the first line of words to the last
    if line.anchor == "middle":  # noqa: SIM108 – three cases in one line are not read
        first = y - rise if y < line.points[0][1] else y
    else:
        first = y + 4 - rise / 2
    for index, text in enumerate(lines):
        yield (
            f'<text class="wf-label" x="{x:g}" y="{first + 15 * index:g}" '
            f'text-anchor="{line.anchor}" font-size="13" fill="{_INK_2}" stroke="{_PAPER}" '
            f'stroke-width="4" paint-order="stroke">{escape(text)}</text>'
        )


def _box(stage: Stage, cell: Cell, counts: Mapping[str, int] | None, say: Say) -> Iterator[str]:
    strong, soft = _TONES.get(stage.tone, _TONES["mute"])
    edge = f"var(--{stage.tone},{strong})"
    fill = f"var(--{stage.tone}-soft,{soft})"
    x, y = cell.x - BOX_WIDTH / 2, cell.y - BOX_HEIGHT / 2
    yield f'<g class="wf-stage wf-{stage.kind} wf-{stage.tone}" data-stage="{escape(stage.id)}">'
    yield (
        f'<rect x="{x:g}" y="{y:g}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="6" '
        f'fill="{fill}" stroke="{edge}" stroke-width="{2.5 if stage.kind == "final" else 1.5}"/>'
    )
    small = _turn(stage, say)
    first = cell.y + (-4 if small else 5)
    yield (
        f'<text x="{x + 14:g}" y="{first:g}" font-size="15" '
        f'font-weight="600" fill="{_INK}">{escape(say(stage.staff))}</text>'
    )
    if small:
        yield (f'<text x="{x + 14:g}" y="{cell.y + 16:g}" font-size="12" fill="{_INK_2}">{escape(small)}</text>')
    if counts is not None:
        yield (
            f'<text class="wf-count" x="{x + BOX_WIDTH - 14:g}" y="{first:g}" font-size="15" '
            f'font-weight="600" text-anchor="end" fill="{edge}">{counts.get(stage.id, 0)}</text>'
        )
    yield "</g>"


def _turn(stage: Stage, say: Say) -> str:
    """Whose turn it is and for how long, for the second line of the box."""
    if stage.open_for is not None:
        unit = stage.open_for.unit
        words = "open {days} working days" if unit == "working_days" else "open {days} days"
        return say(words).format(days=stage.open_for.days)
    who = ", ".join(say(name.replace("_", " ")) for name in stage.waits_for)
    days = " + ".join(str(days) for days in stage.working_days.values())
    whole = say("{who}, {days} working days").format(who=who, days=days) if days else who
    return whole if len(whole) <= _TURN_CHARS else who


def _notes(workflow: Workflow, stage: Stage, cells: Mapping[str, Cell], say: Say) -> Iterator[str]:
    """Under a box: the moves that are not drawn as lines."""
    notes = [
        say(words).format(move=say(move.name)) for move in workflow.moves for words in _note(workflow, stage, move)
    ]
    cell = cells[stage.id]
    lines = [text for note in notes for text in _wrap(note, _NOTE_CHARS)]
    for index, text in enumerate(lines):
        yield (
            f'<text class="wf-note" x="{cell.x:g}" y="{cell.y + BOX_HEIGHT / 2 + 16 + 14 * index:g}" '
            f'text-anchor="middle" font-size="12" fill="{_INK_2}" stroke="{_PAPER}" '
            f'stroke-width="4" paint-order="stroke">{escape(text)}</text>'
        )


def _note(workflow: Workflow, stage: Stage, move: Move) -> Iterator[str]:
    if move.to == stage.id and is_everywhere(workflow, move):
        yield "{move}: from every live stage"
    if move.to == CLOSED_FROM and stage.id in move.sources:
        yield "{move}: to where it was closed"


def _wrap(text: str, width: int) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return lines
