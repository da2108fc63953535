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
    "confirm": AnswerWords(
        _l("Confirm the answer of %(partner)s"),
        _l("Confirm the answer of %(partner)s?"),
        _l("The answer that your partner gave is valid again, with a letter of its own."),
        kind="",
    ),
    "accede": AnswerWords(
        _l("Join for %(partner)s"),
        _l("Join this project for %(partner)s?"),
        _l("Your partner joins what was decided, by a letter of its own. Nothing is decided anew."),
        kind="",
    ),
    "break_silence": AnswerWords(
        _l("Break the silence"),
        _l("Break the silence of %(partner)s?"),
        _l("Its silence counts no more. Your partner’s time to answer starts anew, and you choose an answer."),
    ),
    "another_answer": AnswerWords(
        _l("Answer anew"),
        _l("Answer anew for %(partner)s?"),
        _l("The earlier answer counts no more. Your partner’s time starts anew, and you choose an answer."),
    ),
}
"""The answers that are offered, in the order of their buttons."""


UNDONE_LATER = ("another_answer", "break_silence")
"""Steps after which the answer itself is still to be given."""


@dataclass(frozen=True, slots=True)
class StepWords:
    """Something else than an answer: its button, and what it means in a line."""

    button: LazyString
    effect: LazyString


POINT_STATES: dict[str, tuple[LazyString, str]] = {
    "open": (_l("Waits for the applicant"), "warn"),
    "answered": (_l("Answered"), "ok"),
    "changed": (_l("Changed"), "ok"),
    "late": (_l("No reply in time"), "mute"),
}
"""How a point ended, and its tone."""

OTHER_STEPS: dict[str, StepWords] = {
    "consult": StepWords(_l("Consult ministries"), _l("Each gets a link by mail. Your time goes on.")),
    "ask": StepWords(_l("Ask the applicant"), _l("Your time stands still until it is answered.")),
    "request_adjustments": StepWords(
        _l("Ask for changes"), _l("You name fields; the applicant makes a new version. Your time stands still.")
    ),
    "extend": StepWords(_l("Take more time"), _l("Once. The applicant sees the new day.")),
    "withdraw": StepWords(_l("Withdraw the word"), _l("With a reason, from a day on.")),
}
"""What a focal point can do besides answering, in the order of the page; the endpoint has the same name."""
