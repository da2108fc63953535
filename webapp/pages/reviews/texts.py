"""Every text that a review had, with what changed from one to the next (R43)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import render_template
from flask_babel import gettext as _

from webapp.domain.policy import Action
from webapp.domain.reviews import Opinion, Sheet
from webapp.domain.versions import word_difference
from webapp.pages.reviews.room import reviews
from webapp.pages.shared.context import rulebook, wiring
from webapp.pages.shared.guard import actor, opens_to
from webapp.pages.shared.review_words import claim_word, review_word
from webapp.queries.access import find_proposal, may
from webapp.queries.reviews import SentTexts, list_texts

Answers = dict[str, str]


@dataclass(frozen=True, slots=True)
class ChangedField:
    """One answer that was changed, with the pieces of its text: (same | removed | added, text)."""

    label: str
    parts: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ShownText:
    """One text: all its answers, and what was changed since the one before."""

    title: str
    sent_at: datetime
    answers: list[tuple[str, str]]
    fields: list[ChangedField]


@reviews.get("/proposals/<reference>/reviews/<label>")
@opens_to(Action.READ_REVIEWS, judged_by_verb=True)
def texts(reference: str, label: str) -> str:
    """All texts of one review, the last first."""
    rules = rulebook()
    with wiring().open_reading() as session:
        head = find_proposal(session, rules, actor(), reference, Action.READ_REVIEWS)
        found = list_texts(session, rules, actor(), head, label)
    whole = found.is_own or may(actor(), Action.DELIBERATE, head.facts)
    return render_template("reviews/texts.html", head=head, found=found, shown=_shown(found, whole=whole))


def _shown(found: SentTexts, *, whole: bool) -> list[ShownText]:
    """`whole`: with what is for the secretariat alone."""
    shown = []
    for place, text in enumerate(found.texts):
        now = _answers(text.opinion, found.sheet, whole)
        before = _answers(found.texts[place + 1].opinion, found.sheet, whole) if place + 1 < len(found.texts) else now
        changed = [name for name in {**before, **now} if before.get(name, "") != now.get(name, "")]
        shown.append(
            ShownText(
                title=_("Text %(number)s", number=text.number),
                sent_at=text.sent_at,
                answers=list(now.items()),
                fields=[ChangedField(name, _pieces(before.get(name, ""), now.get(name, ""))) for name in changed],
            )
        )
    return shown


def _answers(opinion: Opinion, sheet: Sheet, whole: bool) -> Answers:
    """Everything that a text says, by the words of what was asked."""
    said: Answers = {}
    for asked in sheet.criteria:
        if asked.key in opinion.scores:
            said[str(asked.criterion.label)] = str(opinion.scores[asked.key])
        if opinion.comments.get(asked.key):
            said[_("Comment on “%(criterion)s”", criterion=asked.criterion.label)] = opinion.comments[asked.key]
    for article, alignment in opinion.alignment.items():
        said[_("Alignment with article %(number)s", number=article)] = review_word("alignment", alignment)
    for claim in sheet.claims:
        if answer := opinion.claims.get(claim.key):
            said[_("Claim to serve %(anchor)s", anchor=claim.sentence.anchor)] = claim_word(
                answer.answer, answer.article
            )
    if opinion.recommendation:
        said[_("Recommendation")] = review_word("recommendation", opinion.recommendation)
    for name, text in (
        (_("Reason"), opinion.reason),
        (_("For the applicant"), opinion.for_applicant),
        (_("For the secretariat alone"), opinion.for_secretariat if whole else ""),
    ):
        if text:
            said[name] = text
    return said


def _pieces(before: str, after: str) -> list[tuple[str, str]]:
    return [(piece.kind, piece.text) for piece in word_difference(before, after)]
