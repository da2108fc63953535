"""The forms of answers and of the secretariat's mending."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField

from webapp.pages.endorsements.words import AnswerWords
from webapp.pages.shared.fields import CharsField, PickOneField

TEXT_AT_MOST = 4000


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
