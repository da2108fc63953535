"""Forms of decisions, conditions and appeals."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from webapp.domain.decisions import LETTER_AT_MOST, REASON_AT_MOST, ConditionText
from webapp.domain.errors import Invalid
from webapp.domain.problems import Problem
from webapp.pages.decisions.words import OUTCOMES
from webapp.pages.shared.fields import CharsField, ChoicesField, MultiFileField, TickField
from webapp.pages.shared.problem_words import words

CONDITION_ROWS = 3


class DraftForm(FlaskForm):
    """A decision as drafted; its conditions are fields `condition-1` … that the page adds."""

    outcome = ChoicesField(_l("Decision"), choices=list(OUTCOMES.items()), required=_l("Choose what is decided"))
    reason = CharsField(
        _l("Reason"),
        max_chars=REASON_AT_MOST,
        rows=5,
        description=_l("The applicant reads it on the proposal’s page. Needed where you ask to revise, or decline."),
    )
    letter = CharsField(
        _l("Letter"),
        max_chars=LETTER_AT_MOST,
        rows=10,
        description=_l("Leave empty to begin with the usual letter for the decision."),
    )
    lets_join = TickField(_l("If approved, partners that stood aside, lapsed or were not asked can still join"))


class ManyForm(DraftForm):
    """One decision for many proposals, each with a letter of its own made from one text."""

    letter = CharsField(
        _l("Letter"),
        max_chars=LETTER_AT_MOST,
        rows=10,
        description=_l(
            "Leave empty for the usual letter in each applicant’s language. "
            "In a text of your own, {name}, {title} and {reference} stand for each applicant’s."
        ),
    )


class EvidenceForm(FlaskForm):
    """How a condition is met."""

    evidence = CharsField(
        _l("How is this condition met?"), max_chars=4000, rows=5, required=_l("Say how the condition is met")
    )
    files = MultiFileField(_l("A file that shows it"), max_files=1)


class LetterFileForm(FlaskForm):
    """A file that goes with the letter."""

    files = MultiFileField(_l("A file"), max_files=1, required=_l("Choose a file"))


class ReasonForm(FlaskForm):
    """A reason, where one must be given."""

    reason = CharsField(_l("Reason"), max_chars=REASON_AT_MOST, rows=6, required=_l("Enter the reason"))


def given_conditions() -> list[tuple[str, str]]:
    """The rows of conditions as they were sent: text and day, what is not understood as it was typed."""
    texts, days = request.form.getlist("condition"), request.form.getlist("condition_due")
    return list(zip(texts, [*days, *[""] * len(texts)], strict=False))[:50]


def padded(rows: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The rows with empty ones after them."""
    return [*rows, *[("", "")] * max(CONDITION_ROWS - len(rows), 1)]


def read_conditions(rows: Iterable[tuple[str, str]]) -> list[ConditionText]:
    """The conditions of the rows that say something; raises Invalid for a day that cannot be read."""
    return [ConditionText(text, _day(day, place)) for place, (text, day) in enumerate(rows) if text.strip()]


def say(form: FlaskForm, problems: Iterable[Problem]) -> None:
    """Put each problem at its field; those of conditions at the decision."""
    for problem in problems:
        field: Any = form._fields.get(problem.field) or form._fields["outcome"]
        field.say(words(problem))


def _day(text: str, place: int) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid([Problem("decision", f"conditions.{place}", "day_unreadable")]) from None
