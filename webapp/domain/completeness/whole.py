"""All sections of a proposal together, and the state of each for the task list (R9)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from webapp.domain import budgets, mapping
from webapp.domain.answers import answer_problems
from webapp.domain.claims import claim_problems
from webapp.domain.completeness import sections
from webapp.domain.completeness.texts import items, read_decimal, text
from webapp.domain.initiative import Initiative, Question, QuestionKind
from webapp.domain.problems import Problem
from webapp.domain.proposals import SECTIONS
from webapp.domain.texts import is_blank

Contents = Mapping[str, Mapping[str, Any]]
LANGUAGES = ("en", "fr", "es", "pt", "zh", "ar", "km", "lo", "th", "my", "am", "ms", "sw")
QUESTION_MOST = 3000


@dataclass(frozen=True, slots=True)
class Around:
    """What the rules need beside the content: the call's choices, organisations, and the documents' states."""

    initiative: Initiative
    open_articles: frozenset[int]
    partner_codes: frozenset[str]
    organisations: Mapping[int, str] = field(default_factory=dict)
    documents_refused: tuple[str, ...] = ()
    documents_waiting: tuple[str, ...] = ()
    sections_off: frozenset[str] = frozenset()
    call_questions: tuple[Question, ...] = ()


def find_problems(contents: Contents, around: Around) -> tuple[Problem, ...]:
    """Every problem of the whole proposal, in the order of its sections."""
    found = (
        problem
        for section in SECTIONS
        if section not in around.sections_off
        for problem in section_problems(section, contents, around)
    )
    return tuple(found)


def section_problems(section: str, contents: Contents, around: Around) -> Iterator[Problem]:
    """The problems of one section, judged in the light of the others."""
    content = contents.get(section, {})
    vocabulary = around.initiative.vocabulary
    asked = mapping.ask(mapping.read_mapping(contents.get("articles", {})), around.initiative)
    taking_part = partner_codes(contents.get("partners", {})) & around.partner_codes
    if section == "basics":
        yield from sections.basics(content, _ids(vocabulary.sectors), LANGUAGES)
        yield from _call_questions(content, around)
    elif section == "partners":
        yield from sections.partners(content, around.partner_codes, around.organisations)
    elif section == "articles":
        yield from mapping.problems(mapping.read_mapping(content), around.open_articles)
        yield from answer_problems(asked, _answers(content), taking_part or around.partner_codes, complete=True)
        yield from claim_problems(content, asked)
    elif section == "results":
        yield from sections.results(content, asked)
    elif section == "plan":
        yield from sections.plan(content)
    elif section == "budget":
        yield from budgets.problems(content, _terms(around, taking_part))
    elif section == "safeguards":
        intelligence = any(_uses_intelligence(entry) for entry in asked)
        yield from sections.safeguards(content, uses_intelligence=intelligence)
    elif section == "documents":
        yield from (Problem("documents", "files", "document_refused", {"name": n}) for n in around.documents_refused)
        yield from (Problem("documents", "files", "document_waiting", {"name": n}) for n in around.documents_waiting)
    elif section == "declarations":
        yield from sections.declarations(content)


def section_state(section: str, contents: Contents, around: Around, *, documents: int = 0) -> tuple[str, int]:
    """The word for the task list (not_started, in_progress, to_fix, complete) and how many answers to fix.

    To fix is what was answered and does not hold; what is only missing is work in progress.
    """
    content = contents.get(section, {})
    problems = tuple(section_problems(section, contents, around))
    if section == "documents":
        if around.documents_refused:
            return "to_fix", len(around.documents_refused)
        return ("complete" if documents else "not_started"), 0
    if not any(not is_blank(value) for value in content.values()):
        return "not_started", 0
    if not problems:
        return "complete", 0
    wrong = [problem for problem in problems if not _is_missing(problem.code)]
    return ("to_fix", len(wrong)) if wrong else ("in_progress", 0)


def partner_codes(content: Mapping[str, Any]) -> frozenset[str]:
    """The partners that a proposal names: the lead and the participants'."""
    named = [content.get("lead_partner"), *(entry.get("partner") for entry in items(content, "participants"))]
    return frozenset(code for code in named if isinstance(code, str) and code)


def _is_missing(code: str) -> bool:
    return "missing" in code or code.startswith(("declare_", "answer_not_chosen", "answer_none_chosen"))


def _call_questions(content: Mapping[str, Any], around: Around) -> Iterator[Problem]:
    """The call's own questions, judged by their kind like those of articles; shown with the basics."""
    given = content.get("call_answers")
    given = given if isinstance(given, Mapping) else {}
    for question in around.call_questions:
        field = f"call_answers.{question.id}"
        value = given.get(question.id)
        named: dict[str, str | int] = {"question": question.label}
        if is_blank(value):
            if question.required:
                yield Problem("basics", field, "call_answer_missing", named)
            continue
        if question.kind is QuestionKind.NUMBER and read_decimal(value) is None:
            yield Problem("basics", field, "call_answer_not_a_number", named)
        if question.options and value not in [option.id for option in question.options]:
            yield Problem("basics", field, "choice_unknown", named)
        yield from text("basics", {field: value}, field, 0, question.max_length or QUESTION_MOST)


def _terms(around: Around, taking_part: Collection[str]) -> budgets.Terms:
    vocabulary = around.initiative.vocabulary
    return budgets.Terms(
        partners=taking_part,
        categories=_ids(vocabulary.budget_categories),
        kinds=_ids(vocabulary.source_kinds),
        states=_ids(vocabulary.source_states),
    )


def _ids(terms: Iterable[Any]) -> tuple[str, ...]:
    return tuple(term.id for term in terms)


def _answers(content: Mapping[str, Any]) -> Mapping[str, Mapping[str, object]]:
    answers = content.get("answers")
    if not isinstance(answers, Mapping):
        return {}
    return {key: value for key, value in answers.items() if isinstance(value, Mapping)}


def _uses_intelligence(asked: mapping.Asked) -> bool:
    """The article's profile asks for somebody who knows artificial intelligence on the panel."""
    return bool(asked.panel)
