"""The register: what it is filtered by, what its exports hold, that no cell of them executes (R58, R59)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

LICENCE = "CC BY 4.0"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"
PAGE_SIZE = 25
SEARCH_AT_MOST = 200
# What spreadsheets take for the beginning of a formula, in narrow and in wide letters.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")

# The columns of the exports, each with its definition.
COLUMNS: Mapping[str, str] = {
    "reference": "The proposal's reference. It never changes and is never used again.",
    "title": "The title as the applicant wrote it.",
    "summary": "The summary as the applicant wrote it.",
    "status": "published: approved and under way; completed: the secretariat marked it as completed.",
    "sector": "The sector's id in the initiative's vocabulary.",
    "language": "The language of the proposal, as a BCP 47 tag.",
    "lead_partner": "The code of the lead partner (ISO 3166-1 alpha-2 for states).",
    "partners": "The codes of all partners, the lead first, with spaces between.",
    "primary_article": "The number of the main article of the initiative.",
    "articles": "The numbers of all mapped articles, the main one first, with spaces between.",
    "call": "The title of the call.",
    "decided_on": "The day of the decision, in UTC.",
    "published_on": "The day on which it entered the register, in UTC.",
    "url": "The address of its entry.",
    "exported_at": "When this file was made, in UTC.",
    "licence": "The licence of the data.",
    "definitions": "Where the columns are defined.",
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader of the register looks for; empty where all is wanted."""

    words: str = ""
    article: int | None = None
    partner: str = ""
    sector: str = ""
    year: int | None = None
    status: str = ""


@dataclass(frozen=True, slots=True)
class TargetSum:
    """What all entries together aim at for one indicator."""

    article: int
    indicator: str
    total: Decimal
    entries: int


def guard_cell(value: object) -> str:
    """The cell's text; one that a spreadsheet would execute begins with an apostrophe (R59)."""
    text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text


def write_csv(rows: Iterable[Mapping[str, object]]) -> str:
    """The rows as CSV with the names of the columns, marked as UTF-8 for spreadsheets."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([guard_cell(row.get(column, "")) for column in COLUMNS] for row in rows)
    return "\ufeff" + out.getvalue()


def sum_targets(results: Iterable[Mapping[str, Any]]) -> Sequence[TargetSum]:
    """The sum of the targets by indicator, over the results of all entries; what is no number is left out."""
    sums: dict[tuple[int, str], list[Decimal]] = {}
    for one in results:
        for key, values in (one.get("indicators") or {}).items():
            article, _, indicator = str(key).partition(".")
            try:
                target = Decimal(str((values or {}).get("target", "")))
            except InvalidOperation:
                continue
            if article.isdecimal() and target.is_finite():
                sums.setdefault((int(article), indicator), []).append(target)
    return [TargetSum(*key, sum(found, Decimal()), len(found)) for key, found in sorted(sums.items())]
