"""Clarifications: what may be asked, what an answer must hold, and how long a clock stood meanwhile (R85)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from webapp.domain.calendars import Calendar, due_after, local_day, working_days_between
from webapp.domain.deadlines import Timer, TimerKind, reminders
from webapp.domain.problems import Problem

STATES = ("open", "answered", "unanswered", "withdrawn", "overtaken")
"""Overtaken: the proposal left the live stages before an answer came."""
ASKERS = ("secretariat", "panel")
DAYS_BY_DEFAULT = 10
DAYS_AT_MOST = 30
TEXT_AT_MOST = 4000
FIELDS_AT_MOST = 20
OPEN_AT_MOST = 5

FIELDS = (
    "basics.title",
    "basics.summary",
    "partners.participants",
    "partners.city_pairs",
    "articles.justifications",
    "articles.answers",
    "results.indicators",
    "plan.objectives",
    "plan.activities",
    "plan.milestones",
    "budget.lines",
    "budget.sources",
    "safeguards.inclusion",
    "safeguards.environment",
    "safeguards.personal_data",
    "safeguards.security",
    "safeguards.artificial_intelligence",
    "documents",
    "declarations",
)
"""The fields and lists of a proposal at which a question can be asked."""


@dataclass(frozen=True, slots=True)
class FieldQuestion:
    """A question at one field of the proposal: its path ("plan.activities") and what is asked there."""

    field: str
    question: str


@dataclass(frozen=True, slots=True)
class Ask:
    """A question as it was written, with the working days that the applicant has for it."""

    question: str
    fields: tuple[FieldQuestion, ...] = ()
    days: int = DAYS_BY_DEFAULT


@dataclass(frozen=True, slots=True)
class Standstill:
    """A time in which the clock stood; `until` is None while it still does."""

    since: datetime
    until: datetime | None = None


def ask_problems(ask: Ask) -> tuple[Problem, ...]:
    """What is wrong with a question, each with its field; none where it can be asked."""
    found: list[Problem] = []
    if not ask.question.strip():
        found.append(Problem("clarification", "question", "clarification_question_missing"))
    if len(ask.question) > TEXT_AT_MOST:
        found.append(Problem("clarification", "question", "too_long", {"most": TEXT_AT_MOST}))
    if not 1 <= ask.days <= DAYS_AT_MOST:
        found.append(Problem("clarification", "days", "clarification_days", {"most": DAYS_AT_MOST}))
    names = [one.field for one in ask.fields]
    if len(names) > FIELDS_AT_MOST or len(set(names)) != len(names):
        found.append(Problem("clarification", "fields", "clarification_fields", {"most": FIELDS_AT_MOST}))
    if any(name not in FIELDS for name in names):
        found.append(Problem("clarification", "fields", "clarification_fields", {"most": FIELDS_AT_MOST}))
    for one in ask.fields:
        if not one.question.strip():
            found.append(Problem("clarification", one.field, "clarification_question_missing"))
        if len(one.question) > TEXT_AT_MOST:
            found.append(Problem("clarification", one.field, "too_long", {"most": TEXT_AT_MOST}))
    return tuple(found)


def answer_problems(answer: str, answers: Mapping[str, str], fields: Sequence[FieldQuestion]) -> tuple[Problem, ...]:
    """What an answer lacks: each field's question wants its own; without fields the whole answer is wanted."""
    found: list[Problem] = []
    if not fields and not answer.strip():
        found.append(Problem("clarification", "answer", "clarification_answer_missing"))
    found += [
        Problem("clarification", one.field, "clarification_answer_missing")
        for one in fields
        if not answers.get(one.field, "").strip()
    ]
    texts = {"answer": answer, **answers}
    found += [
        Problem("clarification", name, "too_long", {"most": TEXT_AT_MOST})
        for name, text in texts.items()
        if len(text) > TEXT_AT_MOST
    ]
    return tuple(found)


def answer_due(ask: Ask, asked_at: datetime, calendar: Calendar) -> datetime:
    """When the answer is due: at the end of the last of its working days, in UTC."""
    return due_after(calendar, asked_at, ask.days)


def asks_for(on_panel: bool) -> str:
    """In whose name a question is asked: a reviewer's in the panel's, so that nobody learns who reviews."""
    return "panel" if on_panel else "secretariat"


def clarification_timers(asked_at: datetime, due_at: datetime, calendar: Calendar) -> tuple[Timer, ...]:
    """Reminders to the applicant at 7 and 2 days, and the end of the wait (R52)."""
    return (
        *reminders(TimerKind.CLARIFICATION_REMINDER, "open", asked_at, due_at, calendar),
        Timer(TimerKind.CLARIFICATION_LATE, due_at, "open", due_at),
    )


def stood_since(times: Iterable[Standstill], now: datetime) -> datetime | None:
    """Since when the clock has stood without a break up to now; None where it runs.

    Questions that overlap are one standstill: it begins with the first of them.
    """
    since: datetime | None = None
    until: datetime | None = None
    for one in sorted(times, key=lambda one: one.since):
        ends = now if one.until is None else one.until
        if until is None or one.since > until:
            since, until = one.since, ends
        else:
            until = max(until, ends)
    return since if until is not None and until >= now else None


def put_off(due_at: datetime, since: datetime, now: datetime, calendar: Calendar) -> datetime:
    """The due time of a clock that goes on now after it stood since then: the working days left are left still.

    A question that was asked and answered on one day changes nothing; what was overdue when it stopped
    is due at the end of the day.
    """
    left = working_days_between(calendar, local_day(calendar, since), local_day(calendar, due_at))
    if local_day(calendar, since) == local_day(calendar, now):
        return due_at
    return max(due_at, due_after(calendar, now, max(left, 0)))


def words_hash(*texts: object) -> str:
    """SHA-256 of the words of a question or an answer, for the trail: it proves the text without holding it."""
    plain = json.dumps(texts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()
