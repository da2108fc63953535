"""Forms of decisions, conditions and appeals."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from webapp.domain.decisions import LETTER_AT_MOST, REASON_AT_MOST
from webapp.pages.decisions.words import OUTCOMES
from webapp.pages.shared.fields import CharsField, ChoicesField

CONDITION_ROWS = 5


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


class EvidenceForm(FlaskForm):
    """How a condition is met."""

    evidence = CharsField(
        _l("How is this condition met?"), max_chars=4000, rows=5, required=_l("Say how the condition is met")
    )


class ReasonForm(FlaskForm):
    """A reason, where one must be given."""

    reason = CharsField(_l("Reason"), max_chars=REASON_AT_MOST, rows=6, required=_l("Enter the reason"))
