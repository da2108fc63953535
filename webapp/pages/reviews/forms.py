"""The forms of the room: answers to an invitation, the score sheet, the secretariat's hand on a panel."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from webapp.domain.claims import ANSWERS, Claim
from webapp.domain.reviews import ALIGNMENTS, COMMENT_AT_MOST, RECOMMENDATIONS, SUGGESTION_AT_MOST, Opinion, Sheet
from webapp.pages.shared import review_words as words
from webapp.pages.shared.fields import CharsField, ChoicesField, CleanStringField, PickOneField, TickField


class AcceptForm(FlaskForm):
    """Accepting says that there is no conflict of interest."""

    no_conflict = TickField(_l("I have no conflict of interest with this proposal"))


class LeaveForm(FlaskForm):
    """A reason for not reviewing."""

    reason = CharsField(_l("Reason"), max_chars=COMMENT_AT_MOST, rows=4)


class DeclineForm(LeaveForm):
    """A reason, and perhaps somebody else."""

    suggestion = CleanStringField(
        _l("Somebody who could review instead"),
        max_chars=SUGGESTION_AT_MOST,
        description=_l("A name and where they work. The secretariat reads it."),
    )


class AddForm(FlaskForm):
    """Somebody for the panel, and why where a limit is overridden."""

    reason = CharsField(
        _l("Reason"),
        max_chars=COMMENT_AT_MOST,
        rows=3,
        description=_l("Needed where a limit stands in the way. It is kept with the assignment."),
    )


class ScoreForm(FlaskForm):
    """The fields that every sheet has; `score_form` adds those of its criteria and articles."""

    recommendation = ChoicesField(
        _l("What do you recommend?"), choices=[(word, words.RECOMMENDATIONS[word]) for word in RECOMMENDATIONS]
    )
    reason = CharsField(
        _l("Reason for the recommendation"),
        max_chars=COMMENT_AT_MOST,
        rows=3,
        description=_l("Needed for “Revise” and “Do not approve”."),
    )
    for_applicant = CharsField(
        _l("Comment for the applicant"),
        max_chars=COMMENT_AT_MOST,
        rows=5,
        description=_l("The applicant reads it after the decision, without your name."),
    )
    for_secretariat = CharsField(
        _l("Comment for the secretariat"),
        max_chars=COMMENT_AT_MOST,
        rows=3,
        description=_l("The applicant never sees it."),
    )


def score_form(sheet: Sheet, opinion: Opinion | None = None) -> ScoreForm:
    """The form of one sheet, filled with what is stored or else with what was sent."""
    fields: dict[str, Any] = {}
    for asked in sheet.criteria:
        marks = range(asked.criterion.lowest, asked.criterion.highest + 1)
        fields[score_name(asked.key)] = ChoicesField(
            asked.criterion.label,
            choices=[(str(mark), str(mark)) for mark in marks],
            description=asked.criterion.guidance,
        )
        fields[comment_name(asked.key)] = CharsField(_l("Comment"), max_chars=COMMENT_AT_MOST, rows=2)
    for article in sheet.articles:
        fields[alignment_name(article)] = ChoicesField(
            _l("How well does the proposal serve article %(article)s?", article=article),
            choices=[(word, words.ALIGNMENTS[word]) for word in ALIGNMENTS],
        )
    for claim in sheet.claims:
        fields.update(_claim_fields(claim, sheet))
    form_class = type("SheetForm", (ScoreForm,), fields)
    return form_class(formdata=None, data=_values(sheet, opinion)) if opinion else form_class()


def _claim_fields(claim: Claim, sheet: Sheet) -> dict[str, Any]:
    """What a reviewer says to one claim, and which article it rather serves (R67)."""
    others = [
        (str(number), _l("Article %(number)s", number=number)) for number in sheet.others if number != claim.article
    ]
    return {
        claim_name(claim.key): ChoicesField(
            _l("Is it shown that the project serves %(anchor)s?", anchor=claim.sentence.anchor),
            choices=[(answer, words.CLAIM_ANSWERS[answer]) for answer in ANSWERS],
        ),
        claim_article_name(claim.key): PickOneField(
            _l("The article that this rather serves (%(anchor)s)", anchor=claim.sentence.anchor),
            choices=others,
            empty=_l("None"),
        ),
    }


def read_form(form: ScoreForm, sheet: Sheet) -> dict[str, Any]:
    """What was sent, in the shape in which a review is stored; texts as they were typed."""
    return {
        "scores": {asked.key: form[score_name(asked.key)].data for asked in sheet.criteria},
        "alignment": {str(article): form[alignment_name(article)].data for article in sheet.articles},
        "comments": {asked.key: form[comment_name(asked.key)].data for asked in sheet.criteria},
        "claims": {
            claim.key: {
                "answer": form[claim_name(claim.key)].data,
                "article": form[claim_article_name(claim.key)].data,
            }
            for claim in sheet.claims
        },
        "recommendation": form.recommendation.data,
        "reason": form.reason.data,
        "for_applicant": form.for_applicant.data,
        "for_secretariat": form.for_secretariat.data,
    }


def score_name(key: str) -> str:
    """The field of a criterion's score."""
    return f"score_{key.replace('.', '_')}"


def comment_name(key: str) -> str:
    """The field of a criterion's comment."""
    return f"comment_{key.replace('.', '_')}"


def alignment_name(article: int) -> str:
    """The field of an article's alignment."""
    return f"alignment_{article}"


def claim_name(key: str) -> str:
    """The field of the answer to a claim."""
    return f"claim_{key.replace('.', '_')}"


def claim_article_name(key: str) -> str:
    """The field of the article that a claim rather serves."""
    return f"{claim_name(key)}_article"


def field_of(place: str) -> str:
    """The form's field for the place that a problem names: scores.5.reach is score_5_reach."""
    group, _dot, rest = place.partition(".")
    if group == "claims":
        key, _dot, part = rest.rpartition(".")
        return claim_article_name(key) if part == "article" else claim_name(key)
    names = {"scores": score_name, "comments": comment_name}
    if group in names:
        return names[group](rest)
    return f"alignment_{rest}" if group == "alignment" else place


def _values(sheet: Sheet, opinion: Opinion) -> dict[str, Any]:
    return {
        **{score_name(key): str(mark) for key, mark in opinion.scores.items()},
        **{comment_name(key): text for key, text in opinion.comments.items()},
        **{alignment_name(article): word for article, word in opinion.alignment.items()},
        **{claim_name(key): given.answer for key, given in opinion.claims.items()},
        **{claim_article_name(key): str(given.article or "") for key, given in opinion.claims.items()},
        "recommendation": opinion.recommendation,
        "reason": opinion.reason,
        "for_applicant": opinion.for_applicant,
        "for_secretariat": opinion.for_secretariat,
    }
