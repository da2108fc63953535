"""Fields for another mapping, wherever one is suggested: a main article, up to four others, and why (R14, R20)."""

from __future__ import annotations

from collections.abc import Collection

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from webapp.domain.errors import Invalid
from webapp.domain.initiative import Initiative
from webapp.domain.mapping import SECONDARY_AT_MOST, Mapping
from webapp.domain.suggestions import TEXT_AT_MOST
from webapp.pages.shared.fields import CharsField, ChoicesField, PickOneField
from webapp.pages.shared.problem_words import words


class MappingForm(FlaskForm):
    """Another mapping for a proposal."""

    primary = PickOneField(_l("Main article"))
    secondary = ChoicesField(
        _l("Other articles"), multiple=True, description=_l("Up to four that it serves besides the main one.")
    )
    reason = CharsField(
        _l("Why"), max_chars=TEXT_AT_MOST, rows=4, description=_l("The applicant may read this, without your name.")
    )


def offer_articles(form: MappingForm, initiative: Initiative, numbers: Collection[int]) -> None:
    """Fill the form's choices with the articles that are open."""
    choices = [
        (str(one.number), _("%(number)s. %(title)s", number=one.number, title=one.short_title))
        for one in initiative.articles
        if one.number in numbers
    ]
    form.primary.choices, form.secondary.choices = choices, choices
    form.secondary.most = SECONDARY_AT_MOST


def read_choice(form: MappingForm) -> Mapping:
    """The mapping that was chosen."""
    primary = form.primary.data
    return Mapping(int(primary) if primary else None, tuple(int(one) for one in form.secondary.data or ()))


def say_problems(form: FlaskForm, invalid: Invalid, default: str) -> None:
    """Put each problem at its field, those that have none at the field `default`."""
    for problem in invalid.problems:
        field = form._fields.get(problem.field) or form._fields[default]
        field.say(words(problem))
