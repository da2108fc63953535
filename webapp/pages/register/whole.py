"""What is counted over the whole register, kept by each process until the register is another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app

from webapp.domain.register import TargetSum
from webapp.domain.rulebook import Rulebook
from webapp.queries import register as ask
from webapp.queries.coverage import Coverage, list_coverage

KEPT, COVERED = "register_whole", "register_coverage"


@dataclass(frozen=True, slots=True)
class Whole:
    """The counts of the whole register and the sums of its targets, at one state of it."""

    mark: ask.Mark
    counts: ask.Counts
    sums: Sequence[TargetSum]


def find_whole(session: Any) -> Whole:
    """The counts and sums as the register is now; counted anew only where it has changed."""
    mark = ask.find_mark(session)
    kept: Whole | None = current_app.extensions.get(KEPT)
    if kept is None or kept.mark != mark:
        kept = current_app.extensions[KEPT] = Whole(mark, ask.count_all(session), ask.list_sums(session))
    return kept


def find_coverage(session: Any, rules: Rulebook) -> Coverage:
    """Which projects serve which sentence, as the register is now; asked anew only where it has changed (R67)."""
    mark = ask.find_mark(session)
    kept: tuple[ask.Mark, Coverage] | None = current_app.extensions.get(COVERED)
    if kept is None or kept[0] != mark:
        kept = current_app.extensions[COVERED] = (mark, list_coverage(session, rules))
    return kept[1]
