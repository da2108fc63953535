"""Programs of rows "at most so many of these", solved by HiGHS: in parts with prices, or in whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy

from webapp.adapters.matching.instance import Flags

GAP = 1e-5
SECONDS = 120.0


class NotSolved(Exception):
    """The solver gave up: a fault of its own or of its time limit, since nothing chosen is always a solution."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Which columns stand in which row, entry by entry in order of rows, and how many each row lets."""

    starts: Any
    columns: Any
    most: Any
    width: int

    @classmethod
    def stacked(cls, parts: Sequence[tuple[Any, Any, Any]], width: int) -> Rows:
        """Rows one part after the other; a part names for each entry its own row and column, and what each row lets."""
        shifts = numpy.concatenate([[0], numpy.cumsum([len(most) for _row, _column, most in parts])])
        row = numpy.concatenate([row + shift for (row, _column, _most), shift in zip(parts, shifts[:-1], strict=True)])
        column = numpy.concatenate([column for _row, column, _most in parts])
        order = numpy.argsort(row, kind="stable")
        starts = numpy.searchsorted(row[order], numpy.arange(shifts[-1] + 1))
        return cls(starts, column[order], numpy.concatenate([most for _row, _column, most in parts]), width)

    def without(self, free: Flags, fixed: Flags) -> Rows:
        """The rows for the free columns alone, less what the fixed ones take of them."""
        row = numpy.repeat(numpy.arange(len(self.most)), numpy.diff(self.starts))
        taken = numpy.bincount(row, weights=fixed[self.columns], minlength=len(self.most))
        kept = free[self.columns]
        starts = numpy.searchsorted(row[kept], numpy.arange(len(self.most) + 1))
        number = numpy.cumsum(free) - 1
        return Rows(starts, number[self.columns[kept]], self.most - taken, int(free.sum()))


@dataclass(frozen=True, slots=True)
class Solved:
    """What is taken of each column, the value, and the price of each row (none in whole numbers)."""

    values: Any
    value: float
    prices: Any


def solve_rows(worth: Any, rows: Rows, *, whole: bool = False) -> Solved:
    """The most worth that the rows let; each column at most once. Raises NotSolved."""
    # Loaded when first needed: the web seldom solves, and the library takes a moment.
    import highspy

    if not rows.width:
        return Solved(numpy.zeros(0), 0.0, numpy.zeros(len(rows.most)))
    program: Any = highspy.HighsLp()
    program.num_col_, program.num_row_ = rows.width, len(rows.most)
    program.col_cost_, program.sense_ = worth.astype(numpy.float64), highspy.ObjSense.kMaximize
    program.col_lower_, program.col_upper_ = numpy.zeros(rows.width), numpy.ones(rows.width)
    program.row_lower_, program.row_upper_ = numpy.full(len(rows.most), -highspy.kHighsInf), rows.most
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_, program.a_matrix_.index_ = rows.starts, rows.columns
    program.a_matrix_.value_ = numpy.ones(len(rows.columns))
    if whole:
        program.integrality_ = [highspy.HighsVarType.kInteger] * rows.width
    solver = quiet()
    for option, value in (("threads", 1), ("random_seed", 0), ("mip_rel_gap", GAP), ("time_limit", SECONDS)):
        solver.setOptionValue(option, value)
    solver.passModel(program)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise NotSolved(str(solver.getModelStatus()))
    solution = solver.getSolution()
    prices = numpy.abs(numpy.array(solution.row_dual)) if not whole else numpy.zeros(0)
    return Solved(numpy.array(solution.col_value), solver.getObjectiveValue(), prices)


def quiet() -> Any:
    """A solver that says nothing on the standard output, not even as it is made."""
    import highspy

    class Quiet(highspy.Highs):
        def enableCallbacks(self) -> None:  # noqa: N802
            self.silent()
            super().enableCallbacks()  # type: ignore[no-untyped-call]

    return Quiet()  # type: ignore[no-untyped-call]
