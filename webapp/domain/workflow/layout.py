"""Where the stages of a workflow stand in its drawing, and how the lines between them run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from webapp.domain.workflow.table import CLOSED_FROM, Move, Stage, Workflow, moves_from

WIDTH = 1280
BOX_WIDTH, BOX_HEIGHT = 236, 72
TOP, ROW_PITCH = 60, 132
COLUMN_PITCH = 430
PORT_STEP, TRACK_STEP = 10, 22

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Cell:
    """A place in the grid: `column` is −1, 0 (the longest way through) or 1; `row` counts from the top."""

    column: int
    row: int

    @property
    def x(self) -> float:
        return WIDTH / 2 + self.column * COLUMN_PITCH

    @property
    def y(self) -> float:
        return TOP + self.row * ROW_PITCH


@dataclass(frozen=True, slots=True)
class Line:
    """One move drawn from one stage to another: its corners, and where its words stand."""

    move: Move
    points: tuple[Point, ...]
    label: Point
    anchor: str


@dataclass(frozen=True, slots=True)
class Link:
    """One move from one of its stages to the stage it leads to."""

    source: str
    move: Move
    to: str


def place(workflow: Workflow) -> dict[str, Cell]:
    """Give every stage its own cell: the longest way down the middle, ends to the right, detours left."""
    spine = _longest_way(workflow)
    cells = {stage: Cell(0, row) for row, stage in enumerate(spine)}
    links = tuple(drawn_links(workflow))
    waiting = [stage for stage in workflow.stages if stage.id not in cells]
    while waiting:
        stage = next((s for s in waiting if _first_source(s, links, cells)), waiting[0])
        waiting.remove(stage)
        source = _first_source(stage, links, cells)
        near = cells[source] if source else Cell(0, 0)
        column = near.column or (-1 if stage.is_live else 1)
        cells[stage.id] = _free(cells, column, near.row)
    return cells


def drawn_links(workflow: Workflow) -> Iterator[Link]:
    """The moves that are drawn as lines: all but those of every live stage and the dated ways back."""
    for move in workflow.moves:
        if move.to != CLOSED_FROM and not is_everywhere(workflow, move):
            for source in move.sources:
                yield Link(source, move, move.to)


def is_everywhere(workflow: Workflow, move: Move) -> bool:
    """Whether every live stage has this move; a note says so instead of as many lines."""
    return len(workflow.live) > 1 and set(workflow.live) <= set(move.sources)


def draw_lines(workflow: Workflow, cells: dict[str, Cell]) -> tuple[Line, ...]:
    """The line of every drawn move, so that no two share a port or a track."""
    links = [link for link in drawn_links(workflow) if link.source != link.to]
    ports = _Ports(links, cells)
    return tuple(ports.line(link) for link in links)


class _Ports:
    """Hands out the points at which lines leave and enter boxes, and the tracks between columns."""

    def __init__(self, links: list[Link], cells: dict[str, Cell]) -> None:
        self._links = links
        self._cells = cells
        self._tracks: dict[int, int] = {}
        self._used: dict[tuple[str, int, int], int] = {}

    def line(self, link: Link) -> Line:
        source, to = self._cells[link.source], self._cells[link.to]
        if source.column == to.column and to.row - source.row == 1:
            return self._down(link, source, to)
        if source.row == to.row and abs(source.column - to.column) == 1:
            return self._across(link, source, to)
        return self._around(link, source, to)

    def _down(self, link: Link, source: Cell, to: Cell) -> Line:
        """Straight down; two moves between the same boxes stand apart, each with its words outside."""
        place, many = self._among(link)
        shift = (place - (many - 1) / 2) * 4 * PORT_STEP
        x = source.x + shift
        start, end = source.y + BOX_HEIGHT / 2, to.y - BOX_HEIGHT / 2
        to_the_left = shift < 0
        label = (x - 10 if to_the_left else x + 10, (start + end) / 2)
        return Line(link.move, ((x, start), (x, end)), label, "end" if to_the_left else "start")

    def _across(self, link: Link, source: Cell, to: Cell) -> Line:
        side = 1 if to.column > source.column else -1
        place, many = self._among(link)
        shift = (place - (many - 1) / 2) * 2 * PORT_STEP
        y = source.y + shift
        start, end = source.x + side * BOX_WIDTH / 2, to.x - side * BOX_WIDTH / 2
        label = ((start + end) / 2, y + 15 if shift > 0 else y - 7)
        return Line(link.move, ((start, y), (end, y)), label, "middle")

    def _among(self, link: Link) -> tuple[int, int]:
        """Which of the lines between its two boxes this is, in either direction, and of how many."""
        ends = {link.source, link.to}
        between = [other for other in self._links if {other.source, other.to} == ends]
        return between.index(link), len(between)

    def _around(self, link: Link, source: Cell, to: Cell) -> Line:
        """Out at the side, along a track between two columns, in at the side."""
        side = self._side(source, to)
        enter = side if source.column == to.column else -side
        y1 = source.y + self._port(link.source, side, to.row - source.row)
        y2 = to.y + self._port(link.to, enter, source.row - to.row)
        track = self._tracks.get(side, 0)
        self._tracks[side] = track + 1
        middle = source.x if source.column == 0 else to.x
        x = middle + side * (BOX_WIDTH / 2 + 50 + track * TRACK_STEP)
        start = (source.x + side * BOX_WIDTH / 2, y1)
        end = (to.x + enter * BOX_WIDTH / 2, y2)
        label = (x + side * 8, y1 + (y2 - y1) / 2)
        anchor = "start" if side > 0 else "end"
        return Line(link.move, (start, (x, y1), (x, y2), end), label, anchor)

    @staticmethod
    def _side(source: Cell, to: Cell) -> int:
        if source.column != to.column:
            return 1 if to.column > source.column else -1
        return source.column or 1

    def _port(self, stage: str, side: int, toward: int) -> float:
        direction = (toward > 0) - (toward < 0)
        used = self._used.get((stage, side, direction), 0)
        self._used[stage, side, direction] = used + 1
        return direction * max(3 * PORT_STEP - used * 5, 0)


def _longest_way(workflow: Workflow) -> tuple[str, ...]:
    """The longest way from the start that enters no stage twice and never turns back."""
    onward = _onward(workflow)
    longest: dict[str, tuple[str, ...]] = {}

    def way(stage: str) -> tuple[str, ...]:
        if stage not in longest:
            rest: tuple[str, ...] = ()
            for following in onward.get(stage, ()):
                found = way(following)
                rest = found if len(found) > len(rest) else rest
            longest[stage] = (stage, *rest)
        return longest[stage]

    return way(workflow.starts_in)


def _onward(workflow: Workflow) -> dict[str, list[str]]:
    """For each stage the stages its moves lead on to, without those that lead back."""
    everywhere = {move.id for move in workflow.moves if is_everywhere(workflow, move)}
    onward: dict[str, list[str]] = {}

    def visit(stage: str, path: tuple[str, ...]) -> None:
        onward[stage] = []
        for move in moves_from(workflow, stage):
            if move.id in everywhere or move.to == CLOSED_FROM or move.to in path:
                continue
            onward[stage].append(move.to)
            if move.to not in onward:
                visit(move.to, (*path, move.to))

    visit(workflow.starts_in, (workflow.starts_in,))
    return onward


def _first_source(stage: Stage, links: tuple[Link, ...], cells: dict[str, Cell]) -> str:
    return next((link.source for link in links if link.to == stage.id and link.source in cells), "")


def _free(cells: dict[str, Cell], column: int, row: int) -> Cell:
    taken = set(cells.values())
    while Cell(column, row) in taken:
        row += 1
    return Cell(column, row)
