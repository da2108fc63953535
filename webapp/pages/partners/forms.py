"""The form of a day on which a partner works otherwise than its calendar says."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from webapp.pages.shared.fields import ChoicesField, CleanStringField, EmailField, ThreePartDateField


class DeputyForm(FlaskForm):
    """The first and the last day on which a deputy acts."""

    starts_on = ThreePartDateField(_l("First day"), description=_l("Leave both empty: the deputy can act at any time."))
    ends_on = ThreePartDateField(_l("Last day"))


class DayForm(FlaskForm):
    """A holiday, or a working day, that the calendar does not know."""

    day = ThreePartDateField(_l("Day"), required=_l("Enter the day"))
    kind_ = ChoicesField(
        _l("What it is"),
        choices=[("holiday", _l("A holiday: nobody works")), ("working", _l("A working day"))],
        required=_l("Choose what it is"),
    )
    name = CleanStringField(_l("Name"), max_chars=100, required=_l("Enter the name of the day, or why it differs"))


class SignatoryForm(FlaskForm):
    """Who certifies what is submitted in an organisation's name; empty: nobody has to."""

    name = CleanStringField(_l("Full name"), max_chars=200)
    email = EmailField(_l("Mail address"))
