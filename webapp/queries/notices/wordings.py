"""The secretariat's own words of letters: which hold, and which held before (R57)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.models.notices import Wording
from webapp.models.people import Person


@dataclass(frozen=True, slots=True)
class WordingLine:
    """One wording that was kept: its number, when and by whom, how many sentences it says in own words."""

    number: int
    at: datetime
    by: str
    changed: int


@dataclass(frozen=True, slots=True)
class Held:
    """The wording that holds: its number (0: never changed) and its words."""

    number: int
    words: Mapping[str, str]


def find_wording(session: Session, template: str, language: str, number: int | None = None) -> Held:
    """The wording of a letter in a language that holds now, or an earlier one by its number."""
    found = select(Wording).where(Wording.template == template, Wording.language == language)
    if number is not None:
        found = found.where(Wording.number == number)
    row = session.scalars(found.order_by(Wording.number.desc()).limit(1)).one_or_none()
    return Held(row.number, row.words) if row else Held(0, {})


def list_wordings(session: Session, template: str, language: str) -> list[WordingLine]:
    """All wordings of a letter in a language, the newest first; at most 100."""
    found = session.execute(
        select(Wording, Person.name)
        .join(Person, Person.id == Wording.written_by_id)
        .where(Wording.template == template, Wording.language == language)
        .order_by(Wording.number.desc())
        .limit(100)
    )
    return [WordingLine(row.number, row.written_at, name, len(row.words)) for row, name in found]


def list_worded(session: Session) -> dict[str, list[str]]:
    """The letters that are said in own words now, each with the languages."""
    last = select(Wording.template, Wording.language, func.max(Wording.number).label("number"))
    newest = last.group_by(Wording.template, Wording.language).subquery()
    rows = session.execute(
        select(Wording.template, Wording.language)
        .join(
            newest,
            (newest.c.template == Wording.template)
            & (newest.c.language == Wording.language)
            & (newest.c.number == Wording.number),
        )
        .where(Wording.words != {})
        .order_by(Wording.template, Wording.language)
    )
    found: dict[str, list[str]] = {}
    for template, language in rows:
        found.setdefault(template, []).append(language)
    return found
