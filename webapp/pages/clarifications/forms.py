"""Forms of questions to the applicant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from webapp.domain.clarifications import DAYS_AT_MOST, DAYS_BY_DEFAULT, FIELDS, TEXT_AT_MOST, Ask, FieldQuestion
from webapp.pages.shared.field_words import field_choices, field_words
from webapp.pages.shared.fields import CharsField, NumberField, PickOneField

PLACES = ("first", "second", "third")
"""At how many fields the page can ask at once."""


class AskForm(FlaskForm):
    """A question to the applicant, and at which fields."""

    question = CharsField(
        _l("Your question"),
        max_chars=TEXT_AT_MOST,
        rows=5,
        required=_l("Enter the question"),
        description=_l("The applicant, the partners and all who review the proposal read it, and the answer."),
    )
    days = NumberField(
        _l("Working days to answer"),
        whole=True,
        least=1,
        most=DAYS_AT_MOST,
        required=_l("Enter how many working days the applicant has"),
    )

    def places(self) -> list[tuple[PickOneField, CharsField]]:
        """The fields that are asked about, each with its question."""
        return [(self[f"{place}_field"], self[f"{place}_question"]) for place in PLACES]

    def ask(self) -> Ask:
        """What the form asks; a place without a field is left out."""
        fields = [
            FieldQuestion(str(field.data), (question.data or "").strip())
            for field, question in self.places()
            if field.data
        ]
        return Ask(self.question.data or "", tuple(fields), int(self.days.data or DAYS_BY_DEFAULT))

    def validate(self, extra_validators: Any = None) -> bool:
        """Also say at each place what it lacks."""
        whole: bool = super().validate(extra_validators)
        for field, question in self.places():
            if field.data and not (question.data or "").strip():
                question.say(_l("Enter what you ask at this field"))
                whole = False
            if not field.data and (question.data or "").strip():
                field.say(_l("Choose the field that you ask about"))
                whole = False
        return whole


for _place in PLACES:
    setattr(AskForm, f"{_place}_field", PickOneField(_l("Where"), choices=[], empty=_l("No field")))
    setattr(AskForm, f"{_place}_question", CharsField(_l("What you ask there"), max_chars=TEXT_AT_MOST, rows=2))


def ask_form() -> AskForm:
    """The form with its choices, in the reader's language."""
    form = AskForm(data={"days": DAYS_BY_DEFAULT})
    for field, _question in form.places():
        field.choices = field_choices(FIELDS)
    return form


def answer_form(fields: Sequence[FieldQuestion]) -> FlaskForm:
    """A form with a text for the whole answer and one for each field that was asked about."""

    class AnswerForm(FlaskForm):
        """The applicant's answer."""

        answer = CharsField(
            _l("Your answer"),
            max_chars=TEXT_AT_MOST,
            rows=6,
            required="" if fields else _l("Enter your answer"),
        )

    for number, one in enumerate(fields):
        words = CharsField(
            field_words(one.field),
            max_chars=TEXT_AT_MOST,
            rows=4,
            required=_l("Enter your answer"),
            description=one.question,
        )
        setattr(AnswerForm, f"field_{number}", words)
    return AnswerForm()
