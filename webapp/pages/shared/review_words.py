"""The words for assignments, recommendations, alignments and what hinders somebody, wherever they are shown."""

from __future__ import annotations

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l

RECOMMENDATIONS: dict[str, LazyString] = {
    "approve": _l("Approve"),
    "approve_with_conditions": _l("Approve with conditions"),
    "revise": _l("Revise"),
    "do_not_approve": _l("Do not approve"),
}
ALIGNMENTS: dict[str, LazyString] = {"strong": _l("Strong"), "partial": _l("Partial"), "none": _l("None")}
CLAIM_ANSWERS: dict[str, LazyString] = {
    "agreed": _l("Agreed"),
    "weak": _l("Weak"),
    "not_shown": _l("Not shown"),
    "rather": _l("Rather another article"),
}
STATES: dict[str, tuple[LazyString, str]] = {
    "proposed": (_l("Proposed"), "mute"),
    "invited": (_l("Invited"), "warn"),
    "accepted": (_l("Reviewing"), "info"),
    "submitted": (_l("Review is in"), "ok"),
    "declined": (_l("Declined"), "mute"),
    "expired": (_l("Lapsed"), "mute"),
    "recused": (_l("Left"), "mute"),
    "removed": (_l("Taken off"), "mute"),
}
HINDRANCES: dict[str, LazyString] = {
    "conflict": _l("Conflict of interest"),
    "declined": _l("Declined before"),
    "expired": _l("Let the time pass before"),
    "recused": _l("Left the panel before"),
    "removed": _l("Taken off before"),
    "unreachable": _l("Mails do not arrive"),
    "full": _l("Has as many reviews as the limit allows"),
    "away": _l("Away"),
    "language": _l("Does not read the language"),
    "no_expertise": _l("Knows none of the articles"),
}
CONFLICTS: dict[str, LazyString] = {
    "same_organisation": _l("same organisation"),
    "same_mail_domain": _l("same mail domain"),
    "contact_or_collaborator": _l("contact or collaborator"),
    "recent_co_owner": _l("owned a proposal with the same organisation"),
    "same_partner_as_lead": _l("same partner as the lead"),
    "declared": _l("declared by the reviewer"),
    "secretariat": _l("noted by the secretariat"),
}
WHY_NOT: dict[str, LazyString] = {
    "role": _l("a rule for the panel would not be met"),
    "crowded": _l("too many would come from one partner or organisation"),
    "lower_fit": _l("knows the articles less well"),
    "same_partner": _l("comes from a partner that is on the panel already"),
    "same_kind": _l("comes from a kind of organisation that is on the panel already"),
    "more_work": _l("has more reviews already"),
    "drawn": _l("suits as well; the choice between equals was drawn"),
}
_ALL = {
    "recommendation": RECOMMENDATIONS,
    "alignment": ALIGNMENTS,
    "claim": CLAIM_ANSWERS,
    "hindrance": HINDRANCES,
    "conflict": CONFLICTS,
    "why_not": WHY_NOT,
}


def review_word(kind: str, word: str) -> str:
    """The word that people read; kind: recommendation, alignment, claim, hindrance, conflict, why_not."""
    return str(_ALL[kind].get(word, word))


def claim_word(answer: str, article: int | None) -> str:
    """What a reviewer answers to a claim, as people read it: "rather" with the article."""
    if answer == "rather" and article is not None:
        return gettext("Rather A%(number)s", number=article)
    return review_word("claim", answer)


def assignment_tag(state: str) -> tuple[str, str]:
    """The word and tone of an assignment's state, for the tag macro."""
    text, tone = STATES[state]
    return str(text), tone
