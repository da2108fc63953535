"""Calls: what a call says, what is wrong with it, what is fixed once proposals are in, and when it is open."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from webapp.domain.endorsements.standing import ASKS, ON_OBJECTION
from webapp.domain.initiative import Option, Question, QuestionKind
from webapp.domain.problems import Problem
from webapp.domain.routing import RELEASES
from webapp.domain.texts import count_characters, is_blank

SECTION = "call"
SECTIONS_THAT_CAN_BE_OFF = ("results", "plan", "budget", "safeguards", "documents")
"""The others hold what every rule needs: who, which articles, and that it is true."""

QUESTIONS_AT_MOST = 5
QUESTION_KINDS = (QuestionKind.TEXT, QuestionKind.LONG_TEXT, QuestionKind.NUMBER, QuestionKind.YES_NO)
TITLE_AT_MOST = 150
SUMMARY_AT_MOST = 4000
QUESTION_AT_MOST = 300
EMBARGO_AT_MOST = 365
GRACE_AT_MOST = 1440
REVIEWS_AT_MOST = 9
LENGTHS = {QuestionKind.TEXT: 200, QuestionKind.LONG_TEXT: 2500}

FROZEN = (
    "time_zone",
    "sections_off",
    "questions",
    "asks",
    "others",
    "on_objection",
    "reviews_wanted",
    "quorum",
    "embargo_days",
    "contacts",
    "budget",
    "partners_read_reviews",
    "sealed",
)
"""What nobody changes once a proposal is in: those in flight are judged by what they were written for.

The workflow can change: each proposal finishes on the one it was submitted under (R22).
"""

_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class CallForm:
    """How a call changes the form of proposals: sections it does without, questions it adds."""

    sections_off: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    next_call: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """All that the secretariat says of a call. Moments in UTC; `closes_at` None is a rolling call (R12).

    `workflow` is its name and version; `asks`, `others`, `on_objection` say what suffices as endorsement
    (R33); `release` when invitations to review go out (R36); `contacts` and `budget` what the register may
    publish where the applicant agreed (R49); under a `sealed` call nobody reads a proposal before it has
    closed; `next_call` is the code of the call under which approved concept notes are carried on (R77).
    """

    title: str
    summary: str
    articles: tuple[int, ...]
    opens_at: datetime | None
    closes_at: datetime | None = None
    time_zone: str = "UTC"
    grace_minutes: int = 15
    workflow: tuple[str, int] = ("standard", 1)
    sections_off: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    asks: str = "every"
    others: int = 1
    on_objection: str = "stop"
    reviews_wanted: int = 3
    quorum: int = 3
    release: str = "after_look"
    lead_partner_conflicts: bool = False
    embargo_days: int = 0
    contacts: bool = False
    budget: bool = False
    partners_read_reviews: bool = False
    sealed: bool = False
    next_call: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What a call can name: the initiative's articles, the workflows there are, and other calls by their codes."""

    articles: frozenset[int]
    workflows: frozenset[tuple[str, int]]
    calls: frozenset[str] = frozenset()


def problems(terms: Terms, known: Known) -> tuple[Problem, ...]:
    """Everything to mend before the call can be kept; each at its field."""
    return tuple(Problem(SECTION, field, code, params) for field, code, params in _problems(terms, known))


def is_code(text: str) -> bool:
    """Whether this can be a call's code, which stands in its address: small letters, digits, single hyphens."""
    return len(text) <= 40 and _CODE.fullmatch(text) is not None


def frozen_changes(before: Terms, after: Terms) -> tuple[str, ...]:
    """What of it cannot change any more once proposals are in, and would; articles can be added, not taken away."""
    changed = [name for name in FROZEN if getattr(before, name) != getattr(after, name)]
    if not set(before.articles) <= set(after.articles):
        changed.append("articles")
    return tuple(changed)


def phase(opens_at: datetime, closes_at: datetime | None, now: datetime) -> str:
    """ "announced", "open" or "closed" as people are told; the time of grace is not (R12)."""
    if now < opens_at:
        return "announced"
    return "closed" if closes_at is not None and now >= closes_at else "open"


def read_form(raw: Mapping[str, Any]) -> CallForm:
    """How the call changes the form, as it was kept; what is not there changes nothing."""
    questions = tuple(_question(one) for one in raw.get("questions", ()))
    return CallForm(tuple(raw.get("sections_off", ())), questions, str(raw.get("next_call", "")))


def write_form(form: CallForm) -> dict[str, Any]:
    """The same for keeping."""
    questions = [
        {
            "id": one.id,
            "label": one.label,
            "hint": one.hint,
            "kind": one.kind.value,
            "required": one.required,
            "max_length": one.max_length,
            "unit": one.unit,
            "options": [{"id": option.id, "label": option.label} for option in one.options],
        }
        for one in form.questions
    ]
    return {"sections_off": list(form.sections_off), "questions": questions, "next_call": form.next_call}


def _question(raw: Mapping[str, Any]) -> Question:
    return Question(
        id=str(raw["id"]),
        label=str(raw["label"]),
        hint=str(raw.get("hint", "")),
        kind=QuestionKind(raw["kind"]),
        required=bool(raw.get("required", False)),
        max_length=raw.get("max_length"),
        unit=str(raw.get("unit", "")),
        options=tuple(Option(str(option["id"]), str(option["label"])) for option in raw.get("options", ())),
    )


_Found = Iterator[tuple[str, str, dict[str, str | int]]]


def _problems(terms: Terms, known: Known) -> _Found:
    for field, text, most in (("title", terms.title, TITLE_AT_MOST), ("summary", terms.summary, SUMMARY_AT_MOST)):
        if is_blank(text):
            yield field, f"call_{field}_missing", {}
        elif count_characters(text) > most:
            yield field, "too_long", {"most": most}
    if not terms.articles:
        yield "articles", "call_articles_missing", {}
    elif not set(terms.articles) <= known.articles:
        yield "articles", "call_articles_unknown", {}
    yield from _times(terms)
    if terms.next_call and terms.next_call not in known.calls:
        yield "next_call", "call_choice_unknown", {}
    if terms.workflow not in known.workflows:
        yield "workflow", "call_choice_unknown", {}
    yield from _form(terms)
    yield from _numbers(terms)


def _times(terms: Terms) -> _Found:
    if terms.opens_at is None:
        yield "opens_at", "call_opening_missing", {}
    elif terms.closes_at is not None and terms.closes_at <= terms.opens_at:
        yield "closes_at", "call_closes_before_opening", {}
    if terms.sealed and terms.closes_at is None:
        yield "sealed", "call_sealed_needs_closing", {}
    if terms.time_zone not in available_timezones():
        yield "time_zone", "call_choice_unknown", {}


def _form(terms: Terms) -> _Found:
    if not set(terms.sections_off) <= set(SECTIONS_THAT_CAN_BE_OFF):
        yield "sections_off", "call_section_needed", {}
    if len(terms.questions) > QUESTIONS_AT_MOST:
        yield "questions", "call_questions_too_many", {"most": QUESTIONS_AT_MOST}
    for question in terms.questions:
        if count_characters(question.label) > QUESTION_AT_MOST:
            yield f"{question.id}_label", "too_long", {"most": QUESTION_AT_MOST}
        if question.kind not in QUESTION_KINDS:
            yield f"{question.id}_kind", "call_choice_unknown", {}


def _numbers(terms: Terms) -> _Found:
    for field, value, least, most in (
        ("grace_minutes", terms.grace_minutes, 0, GRACE_AT_MOST),
        ("reviews_wanted", terms.reviews_wanted, 1, REVIEWS_AT_MOST),
        ("quorum", terms.quorum, 1, max(terms.reviews_wanted, 1)),
        ("embargo_days", terms.embargo_days, 0, EMBARGO_AT_MOST),
        ("others", terms.others, 1, 50),
    ):
        if not least <= value <= most:
            yield field, "call_number_outside", {"least": least, "most": most}
    for field, word, words in (
        ("asks", terms.asks, ASKS),
        ("on_objection", terms.on_objection, ON_OBJECTION),
        ("release", terms.release, RELEASES),
    ):
        if word not in words:
            yield field, "call_choice_unknown", {}
