"""The words of answers: their buttons, what each means, who is told, and if it can be undone."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l


@dataclass(frozen=True, slots=True)
class AnswerWords:
    """One answer: its button, the question of its page, its effect; `text` labels what has to be written."""

    button: LazyString
    question: LazyString
    effect: LazyString
    text: LazyString | None = None
    text_missing: LazyString | None = None
    kind: str = "quiet"


TOLD = _l("The applicant, and the other focal points and deputies of your partner, at once.")
TOLD_DESK = _l("The applicant, the secretariat, and the other focal points and deputies of your partner, at once.")
UNDO = _l("No. The letter stays, for this version of the proposal.")
GOES_ON = _l("Your partner’s word is given. The proposal goes to review when the other partners’ words suffice.")

ANSWERS: dict[str, AnswerWords] = {
    "endorse": AnswerWords(
        _l("Endorse for %(partner)s"), _l("Endorse this proposal for %(partner)s?"), GOES_ON, kind=""
    ),
    "no_objection": AnswerWords(
        _l("Say no objection"), _l("Say that %(partner)s has no objection to this proposal?"), GOES_ON
    ),
    "endorse_with_conditions": AnswerWords(
        _l("Endorse with conditions"),
        _l("Endorse this proposal for %(partner)s with conditions?"),
        _l("Your partner’s word is given with the conditions you write. The applicant and all who decide read them."),
        _l("Conditions"),
        _l("Enter the conditions"),
    ),
    "stand_aside": AnswerWords(
        _l("Stand aside"),
        _l("Stand aside from this proposal for %(partner)s?"),
        _l("Your partner does not take part. The proposal goes on without it if enough partners stay."),
        _l("Note to the applicant"),
    ),
    "object": AnswerWords(
        _l("Object"),
        _l("Object to this proposal for %(partner)s?"),
        _l("The proposal may have to stop. The applicant, the secretariat and all who decide read your reason."),
        _l("Reason"),
        _l("Enter the reason"),
        kind="bad",
    ),
    "same_answer": AnswerWords(
        _l("Give the same answer for the new version"),
        _l("Give the same answer of %(partner)s for the new version?"),
        _l("The answer that your partner gave holds for the new version too, with a letter of its own."),
        kind="",
    ),
    "another_answer": AnswerWords(
        _l("Answer anew"),
        _l("Answer anew for %(partner)s?"),
        _l("Your partner’s time to answer starts anew, and you choose an answer for the new version."),
    ),
}
"""The answers that are offered, in the order of their buttons."""
