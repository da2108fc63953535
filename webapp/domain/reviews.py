"""Reviews: words of assignments, the score sheet, when a review is whole, where a panel disagrees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from string import ascii_uppercase
from typing import Any

from webapp.domain.claims import RATHER, Claim, ClaimAnswer, read_answer, read_claims
from webapp.domain.initiative import Criterion, Initiative
from webapp.domain.mapping import ask, read_mapping
from webapp.domain.problems import Problem
from webapp.domain.texts import count_characters, is_blank
from webapp.domain.workflow import Workflow

ASSIGNMENT_STATES = (
    "proposed",
    "invited",
    "accepted",
    "submitted",
    "declined",
    "expired",
    "recused",
    "removed",
)
LIVE_ASSIGNMENTS = ("proposed", "invited", "accepted", "submitted")
AWAITED_ASSIGNMENTS = ("proposed", "invited", "accepted")
# On the panel in the reviewer's eyes: they were asked, and have not left it.
PANEL_ASSIGNMENTS = ("invited", "accepted", "submitted")
# In this order everywhere (ux-guide §6).
RECOMMENDATIONS = ("approve", "approve_with_conditions", "revise", "do_not_approve")
ALIGNMENTS = ("strong", "partial", "none")
NEEDS_REASON = ("revise", "do_not_approve")
COMMENT_AT_MOST = 4000
SUGGESTION_AT_MOST = 500

CLOSE_ROUND = "close_round"
"""The move that ends a round when all that is needed is in (R44)."""

SECTION = "review"
RUBRIC = "call"


@dataclass(frozen=True, slots=True)
class Asked:
    """One criterion of the sheet: `key` is unique on it; `article` is None for the call's own rubric."""

    key: str
    article: int | None
    criterion: Criterion


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a review asks: the criteria of the mapped articles, then the call's; alignment with each article.

    And an answer to each claim (R67), with `others`, the articles that one may rather serve.
    """

    criteria: tuple[Asked, ...]
    articles: tuple[int, ...]
    claims: tuple[Claim, ...] = ()
    others: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a review says. Comments are by the criterion's key, answers to claims by the claim's.

    `reason` is for the recommendation.

    `for_applicant` and the comments are shown to the applicant after the decision, without a name;
    `for_secretariat` never is.
    """

    scores: Mapping[str, int] = field(default_factory=dict, hash=False)
    alignment: Mapping[int, str] = field(default_factory=dict, hash=False)
    comments: Mapping[str, str] = field(default_factory=dict, hash=False)
    claims: Mapping[str, ClaimAnswer] = field(default_factory=dict, hash=False)
    recommendation: str = ""
    reason: str = ""
    for_applicant: str = ""
    for_secretariat: str = ""

    def facts(self) -> dict[str, Any]:
        """As stored; keys are text."""
        return {**asdict(self), "alignment": {str(article): word for article, word in self.alignment.items()}}


@dataclass(frozen=True, slots=True)
class Spread:
    """How far the marks of a panel lie apart: lowest, highest, mean, and whether that is a disagreement (R45)."""

    lowest: int
    highest: int
    mean: float
    is_apart: bool


def reviewing_stages(workflows: Iterable[Workflow]) -> frozenset[str]:
    """The stages that wait for reviewers, in any of the workflows."""
    return frozenset(stage.id for one in workflows for stage in one.stages if "reviewers" in stage.waits_for)


def round_days(workflow: Workflow) -> tuple[int, int]:
    """The working days to answer an invitation and to review, as the workflow's stage for reviewers says."""
    found = (stage.working_days for stage in workflow.stages if "reviewers" in stage.waits_for)
    days = next(found, {})
    return days.get("invitation", 5), days.get("review", 15)


def make_sheet(content: Mapping[str, Any], initiative: Initiative, rubric: Sequence[Mapping[str, Any]]) -> Sheet:
    """The sheet for a version, from its mapping and claims, and the call's rubric (R16, R42, R67)."""
    articles = content.get("articles") or {}
    mapping = read_mapping(articles)
    mapped = ask(mapping, initiative)
    criteria = [
        Asked(f"{asked.article.number}.{criterion.id}", asked.article.number, criterion)
        for asked in mapped
        for criterion in asked.criteria
    ]
    criteria += [Asked(f"{RUBRIC}.{criterion.id}", None, criterion) for criterion in map(_read_criterion, rubric)]
    claims = tuple(claim for asked in mapped for claim in read_claims(articles, asked))
    return Sheet(tuple(criteria), mapping.articles, claims, tuple(one.number for one in initiative.articles))


def read_opinion(raw: Mapping[str, Any], sheet: Sheet) -> Opinion:
    """What is stored or sent, as far as the sheet asks for it; what is not of its kind is left out."""
    keys = {asked.key: asked.criterion for asked in sheet.criteria}
    scores = {
        key: int(mark)
        for key, mark in (raw.get("scores") or {}).items()
        if key in keys and str(mark).isdecimal() and keys[key].lowest <= int(mark) <= keys[key].highest
    }
    alignment = {
        int(article): word
        for article, word in (raw.get("alignment") or {}).items()
        if str(article).isdecimal() and int(article) in sheet.articles and word in ALIGNMENTS
    }
    given = raw.get("claims") or {}
    answered = {claim.key: read_answer(given.get(claim.key), claim, sheet.others) for claim in sheet.claims}
    comments = {key: str(text) for key, text in (raw.get("comments") or {}).items() if key in keys and str(text)}
    recommendation = raw.get("recommendation") or ""
    return Opinion(
        scores=scores,
        alignment=alignment,
        comments=comments,
        claims={key: answer for key, answer in answered.items() if answer is not None},
        recommendation=recommendation if recommendation in RECOMMENDATIONS else "",
        reason=str(raw.get("reason") or ""),
        for_applicant=str(raw.get("for_applicant") or ""),
        for_secretariat=str(raw.get("for_secretariat") or ""),
    )


def problems(opinion: Opinion, sheet: Sheet) -> tuple[Problem, ...]:
    """Everything that keeps a review from being submitted, in the order of the sheet."""
    return tuple(_problems(opinion, sheet))


def is_started(opinion: Opinion) -> bool:
    """Whether anything is on the sheet yet."""
    return opinion != Opinion()


def labels(invited: Iterable[tuple[int, datetime | None, str]]) -> dict[int, str]:
    """A letter for each assignment of a panel, from (id, when invited, public id): A, B, …

    The same whenever it is asked, and telling nothing: those invited together stand in the order of
    their random public ids (`reliability.md` §3, 14).
    """
    asked = sorted((at, public_id, number) for number, at, public_id in invited if at is not None)
    return {number: _letter(place) for place, (_at, _public_id, number) in enumerate(asked)}


def spread(marks: Sequence[int], criterion: Criterion) -> Spread | None:
    """How far the marks lie apart; more than half of the scale is a disagreement. None without marks."""
    if not marks:
        return None
    lowest, highest = min(marks), max(marks)
    is_apart = 2 * (highest - lowest) > criterion.highest - criterion.lowest
    return Spread(lowest, highest, round(sum(marks) / len(marks), 1), is_apart)


def words_apart(words: Iterable[str], order: Sequence[str]) -> bool:
    """Whether answers lie two or more places apart in their fixed order: strong and none, approve and revise."""
    places = [order.index(word) for word in words if word in order]
    return bool(places) and max(places) - min(places) >= 2


def _problems(opinion: Opinion, sheet: Sheet) -> Iterator[Problem]:
    for asked in sheet.criteria:
        if asked.key not in opinion.scores:
            yield Problem(SECTION, f"scores.{asked.key}", "review_score_missing", {"criterion": asked.criterion.label})
        yield from _too_long(f"comments.{asked.key}", opinion.comments.get(asked.key, ""))
    for article in sheet.articles:
        if article not in opinion.alignment:
            yield Problem(SECTION, f"alignment.{article}", "review_alignment_missing", {"article": article})
    yield from _claim_problems(opinion, sheet)
    if not opinion.recommendation:
        yield Problem(SECTION, "recommendation", "review_recommendation_missing")
    elif opinion.recommendation in NEEDS_REASON and is_blank(opinion.reason):
        yield Problem(SECTION, "reason", "review_reason_missing")
    if is_blank(opinion.for_applicant):
        yield Problem(SECTION, "for_applicant", "review_words_missing")
    for name in ("reason", "for_applicant", "for_secretariat"):
        yield from _too_long(name, getattr(opinion, name))


def _claim_problems(opinion: Opinion, sheet: Sheet) -> Iterator[Problem]:
    for claim in sheet.claims:
        answer = opinion.claims.get(claim.key)
        if answer is None:
            anchor = claim.sentence.anchor
            yield Problem(SECTION, f"claims.{claim.key}.answer", "review_claim_missing", {"anchor": anchor})
        elif answer.answer == RATHER and answer.article is None:
            yield Problem(SECTION, f"claims.{claim.key}.article", "review_claim_article_missing")


def _too_long(place: str, text: str) -> Iterator[Problem]:
    length = count_characters(text)
    if length > COMMENT_AT_MOST:
        params = {"most": COMMENT_AT_MOST, "over": length - COMMENT_AT_MOST}
        yield Problem(SECTION, place, "review_text_long", params)


def _read_criterion(raw: Mapping[str, Any]) -> Criterion:
    lowest, highest = raw.get("scale") or (1, 5)
    return Criterion(str(raw["id"]), str(raw["label"]), str(raw.get("guidance", "")), int(lowest), int(highest))


def _letter(place: int) -> str:
    rounds, letter = divmod(place, len(ascii_uppercase))
    return ascii_uppercase[letter] * (rounds + 1)
