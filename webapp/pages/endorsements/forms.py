"""The forms of answers and of the secretariat's mending."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField

from webapp.pages.endorsements.words import AnswerWords
from webapp.pages.shared.field_words import field_choices, field_words
from webapp.pages.shared.fields import (
    CharsField,
    ChoicesField,
    CleanStringField,
    EmailField,
    PickOneField,
    ThreePartDateField,
)
from webapp.queries.endorsements.points import Point

TEXT_AT_MOST = 4000
POINT_AT_MOST = 2000
PLACES = 5
"""At how many fields the page can ask at once."""


class AnswerForm(FlaskForm):
    """One answer on the version that the person saw."""

    version = HiddenField()
    text = CharsField(max_chars=TEXT_AT_MOST, rows=6)

    def seen_version(self) -> int:
        """The id of the version that the page showed; 0 where it was tampered with."""
        given = str(self.version.data or "")
        return int(given) if given.isascii() and given.isdigit() and len(given) < 16 else 0


class PlainForm(FlaskForm):
    """Nothing but its button."""


class SignatoryForm(FlaskForm):
    """Who signs instead, and the partner's own paper that says so."""

    person_id = PickOneField(_l("Who signs"), choices=[], required=_l("Choose who signs"))
    designation = CharsField(
        _l("The partner’s paper that names them"),
        max_chars=1000,
        rows=3,
        required=_l("Enter the paper’s reference, its date, and where it is kept"),
        description=_l("Its reference, its date, and where it is kept."),
    )


class ReplacingForm(FlaskForm):
    """Who signs from now on."""

    person_id = PickOneField(_l("Who signs from now on"), choices=[], required=_l("Choose who signs"))


class WithdrawalForm(FlaskForm):
    """Why a word is withdrawn, and from when on it no longer holds."""

    reason = CharsField(_l("Reason"), max_chars=TEXT_AT_MOST, rows=5, required=_l("Enter the reason"))
    effective_at = ThreePartDateField(
        _l("From the end of which day"), required=_l("Enter the day from which the word no longer holds")
    )


class ConsultForm(FlaskForm):
    """Which ministries are asked for advice, and what they are asked."""

    ministries = ChoicesField(_l("Ministries of your partner’s path"), choices=[], multiple=True)
    other_name = CleanStringField(_l("Another ministry or office"), max_chars=200)
    other_email = EmailField(_l("Its email address"))
    question = CharsField(
        _l("What you ask"), max_chars=POINT_AT_MOST, rows=4, description=_l("They read it beside the proposal.")
    )


class AdviceForm(FlaskForm):
    """What a ministry advises, and who says so."""

    text = CharsField(_l("Your advice"), max_chars=8000, rows=8, required=_l("Enter your advice"))
    name = CleanStringField(
        _l("Your name and what you are"), max_chars=200, required=_l("Enter your name and what you are at the ministry")
    )


class PointsForm(FlaskForm):
    """At which fields something is asked, or should change."""

    def places(self) -> list[tuple[PickOneField, CharsField]]:
        """The places of the page: a field, and what is said there."""
        return [(self[f"field_{number}"], self[f"text_{number}"]) for number in range(PLACES)]

    def points(self) -> dict[str, str]:
        """What was entered, by field; a place without a field is left out."""
        return {str(field.data): (text.data or "").strip() for field, text in self.places() if field.data}

    def validate(self, extra_validators: Any = None) -> bool:
        """Also say at each place what it lacks, and where a field was named twice."""
        whole: bool = super().validate(extra_validators)
        seen: set[str] = set()
        for field, text in self.places():
            if field.data in seen:
                field.say(_l("Name each field once"))
                whole = False
            if not field.data and (text.data or "").strip():
                field.say(_l("Choose the field that this concerns"))
                whole = False
            if field.data:
                seen.add(field.data)
        return whole


class ReasonForm(FlaskForm):
    """Why a partner is asked once more."""

    reason = CharsField(_l("Reason"), max_chars=1000, rows=4, required=_l("Enter the reason"))


def answer_form(words: AnswerWords, version_id: int) -> AnswerForm:
    """The form of an answer, its text labelled and demanded as the answer wants; without one where it has none."""
    form = AnswerForm()
    if not form.is_submitted():
        form.version.data = version_id
    if words.text is None:
        del form.text
    else:
        form.text.label.text = words.text
        form.text.required = words.text_missing or ""
    return form


def points_form(fields: Sequence[str], text: Any, missing: Any) -> PointsForm:
    """The form with these fields to choose from; `text` labels what is said at each."""
    parts: dict[str, Any] = {}
    for number in range(PLACES):
        parts[f"field_{number}"] = PickOneField(
            _l("Field"), choices=field_choices(fields), empty=_l("No field"), required=missing if number == 0 else ""
        )
        parts[f"text_{number}"] = CharsField(text, max_chars=POINT_AT_MOST, rows=3)
    made: type[PointsForm] = type("PointsForm", (PointsForm,), parts)
    return made()


def reply_form(points: Iterable[Point], *, required: Any = "") -> FlaskForm:
    """A text for each point that the applicant owes a reply to."""
    parts = {
        f"point-{point.id}": CharsField(
            field_words(point.field), max_chars=POINT_AT_MOST, rows=4, required=required, description=point.text
        )
        for point in points
    }
    made: type[FlaskForm] = type("ReplyForm", (FlaskForm,), parts)
    return made()
