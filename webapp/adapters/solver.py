"""Solves assignment problems to the proven optimum with HiGHS, in stages of whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from webapp.adapters.matching.highs import NotSolved, quiet
from webapp.domain.routing import Problem, Solution, tie_worth

LONGEST_SECONDS = 60.0


class HighsSolver:
    """The `Solver` port: fills as many seats as can be, then the most points, then the seed's choice.

    Each stage is solved by itself and then held as a bound for the next, so that no price has to be
    larger than another and every number stays small and exact.
    """

    def solve(self, problem: Problem) -> Solution:
        """The one best solution; raises NotSolved."""
        if not problem.pairs:
            return Solution(frozenset(), 0, 0)
        model = _Model(problem)
        pairs = range(len(problem.pairs))
        filled = model.maximise([(column, 1) for column in pairs])
        worth = [(column, pair.value) for column, pair in enumerate(problem.pairs)] + model.prices
        value = model.maximise(worth)
        model.maximise([(column, tie_worth(problem.seed, pair)) for column, pair in enumerate(problem.pairs)])
        chosen = frozenset((problem.pairs[column].proposal, problem.pairs[column].reviewer) for column in model.taken())
        return Solution(chosen, filled, value)


class _Model:
    """The problem as rows and columns: one column a pair, then what is over a preference, then steps of load."""

    def __init__(self, problem: Problem) -> None:
        # Loaded when first needed: the web never solves, and the library takes a moment.
        import highspy

        self.problem = problem
        self.prices: list[tuple[int, int]] = []
        self._optimal = highspy.HighsModelStatus.kOptimal
        self._most = highspy.ObjSense.kMaximize
        self._infinity = highspy.kHighsInf

        self._highs: Any = quiet()
        for option, value in (
            ("threads", 1),
            ("random_seed", 0),
            ("mip_rel_gap", 0.0),
            ("mip_abs_gap", 0.5),
            ("time_limit", LONGEST_SECONDS),
        ):
            self._highs.setOptionValue(option, value)
        for column in range(len(problem.pairs)):
            self._highs.addVar(0.0, 1.0)
            self._highs.changeColIntegrality(column, highspy.HighsVarType.kInteger)
        self._columns = len(problem.pairs)
        self._bind_pairs()
        self._bind_preferences()
        self._bind_loads()

    def maximise(self, objective: Sequence[tuple[int, int]]) -> int:
        """The largest value of a sum of whole numbers, which is held from then on."""
        for column in range(self._columns):
            self._highs.changeColCost(column, 0.0)
        for column, worth in objective:
            self._highs.changeColCost(column, float(worth))
        self._highs.changeObjectiveSense(self._most)
        self._highs.run()
        if self._highs.getModelStatus() != self._optimal:
            raise NotSolved(str(self._highs.getModelStatus()))
        best: int = round(self._highs.getObjectiveValue())
        self._row(best - 0.5, self._infinity, objective)
        return best

    def taken(self) -> list[int]:
        """The columns of the pairs that are chosen."""
        values = self._highs.getSolution().col_value
        return [column for column in range(len(self.problem.pairs)) if values[column] > 0.5]

    def _bind_pairs(self) -> None:
        by_proposal: dict[int, list[tuple[int, int]]] = {}
        self._by_reviewer: dict[int, list[tuple[int, int]]] = {}
        self._column: dict[tuple[int, int], int] = {}
        for column, pair in enumerate(self.problem.pairs):
            by_proposal.setdefault(pair.proposal, []).append((column, 1))
            self._by_reviewer.setdefault(pair.reviewer, []).append((column, 1))
            self._column[pair.proposal, pair.reviewer] = column
        for proposal, columns in by_proposal.items():
            self._row(0.0, float(self.problem.seats[proposal]), columns)
        for reviewer, columns in self._by_reviewer.items():
            self._row(0.0, float(self.problem.rooms[reviewer]), columns)
        for cap in self.problem.caps:
            self._row(0.0, float(cap.at_most), self._columns_of(cap.proposal, cap.reviewers))

    def _bind_preferences(self) -> None:
        for preference in self.problem.preferences:
            columns = self._columns_of(preference.proposal, preference.reviewers)
            over = self._price(preference.price, len(columns))
            self._row(-self._infinity, float(preference.at_most), [*columns, (over, -1)])

    def _bind_loads(self) -> None:
        for reviewer, prices in self.problem.steps.items():
            columns = self._by_reviewer.get(reviewer, [])
            steps = [(self._price(price, 1), -1) for price in prices[: len(columns)]]
            self._row(-self._infinity, 0.0, [*columns, *steps])

    def _price(self, price: int, at_most: int) -> int:
        """A new column that costs so much for each unit."""
        self._highs.addVar(0.0, float(at_most))
        column = self._columns
        self._columns += 1
        self.prices.append((column, -price))
        return column

    def _columns_of(self, proposal: int, reviewers: frozenset[int]) -> list[tuple[int, int]]:
        found = (self._column.get((proposal, reviewer)) for reviewer in sorted(reviewers))
        return [(column, 1) for column in found if column is not None]

    def _row(self, lowest: float, highest: float, entries: Sequence[tuple[int, int]]) -> None:
        import numpy

        columns: Any = numpy.array([column for column, _value in entries], dtype=numpy.int32)
        values: Any = numpy.array([value for _column, value in entries], dtype=numpy.float64)
        self._highs.addRow(lowest, highest, len(entries), columns, values)
