"""The score sheet, when a review is whole, labels of a panel, and where it disagrees (R20, R42, R45)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import initiatives, workflows
from webapp.domain.initiative import parse_initiative
from webapp.domain.reviews import (
    ALIGNMENTS,
    RECOMMENDATIONS,
    Opinion,
    Spread,
    is_started,
    labels,
    make_sheet,
    problems,
    read_opinion,
    reviewing_stages,
    spread,
    words_apart,
)
from webapp.domain.workflow import parse

INITIATIVE = parse_initiative(initiatives.load("beijing-2023"))
CONTENT = {"articles": {"primary": 5, "secondary": [16]}}
RUBRIC: list[dict[str, Any]] = [{"id": "plan", "label": "Work plan and risks"}]
SHEET = make_sheet(CONTENT, INITIATIVE, RUBRIC)
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def whole(**given: Any) -> dict[str, Any]:
    return {
        "scores": {asked.key: 4 for asked in SHEET.criteria},
        "alignment": {"5": "strong", "16": "partial"},
        "recommendation": "approve",
        "for_applicant": "A sound plan.",
        **given,
    }


def codes(raw: dict[str, Any]) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in problems(read_opinion(raw, SHEET), SHEET)]


@pytest.mark.rule("R16", "R42")
def test_the_sheet_asks_the_criteria_of_the_mapped_articles_and_the_calls_own() -> None:
    articles = [asked.article for asked in SHEET.criteria]
    assert articles == [5, 5, 16, 16, None]
    keys = [asked.key for asked in SHEET.criteria]
    assert keys[-1] == "call.plan"
    assert len(set(keys)) == len(keys)
    assert (SHEET.criteria[-1].criterion.lowest, SHEET.criteria[-1].criterion.highest) == (1, 5)
    assert SHEET.articles == (5, 16)


def test_a_whole_review_has_no_problem() -> None:
    assert codes(whole()) == []


@pytest.mark.rule("R20")
def test_alignment_is_asked_for_each_mapped_article() -> None:
    assert codes(whole(alignment={"5": "strong", "7": "strong"})) == [("alignment.16", "review_alignment_missing")]
    assert codes(whole(alignment={"5": "very", "16": "none"})) == [("alignment.5", "review_alignment_missing")]


@pytest.mark.parametrize("mark", [0, 6, "x", "", None, 2.5, True, "4 "])
def test_a_score_is_a_whole_number_on_the_scale(mark: Any) -> None:
    key = SHEET.criteria[0].key
    assert codes(whole(scores={**whole()["scores"], key: mark})) == [(f"scores.{key}", "review_score_missing")]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("approve", []),
        ("approve_with_conditions", []),
        ("revise", [("reason", "review_reason_missing")]),
        ("do_not_approve", [("reason", "review_reason_missing")]),
        ("decline", [("recommendation", "review_recommendation_missing")]),
    ],
)
@pytest.mark.rule("R42")
def test_the_last_two_recommendations_need_a_reason(word: str, expected: list[tuple[str, str]]) -> None:
    assert codes(whole(recommendation=word)) == expected
    assert ("reason", "review_reason_missing") not in codes(whole(recommendation=word, reason="The budget is unclear."))


def test_long_texts_say_by_how_much() -> None:
    (problem,) = problems(read_opinion(whole(for_applicant="x" * 4012), SHEET), SHEET)
    assert (problem.field, problem.code, problem.params) == (
        "for_applicant",
        "review_text_long",
        {"most": 4000, "over": 12},
    )


def test_what_is_typed_is_kept_whatever_it_is() -> None:
    raw = {"comments": {SHEET.criteria[0].key: " as typed ", "7.other": "not asked"}, "for_secretariat": "<b>"}
    opinion = read_opinion(raw, SHEET)
    assert opinion.comments == {SHEET.criteria[0].key: " as typed "}
    assert opinion.for_secretariat == "<b>"
    assert is_started(opinion)
    assert not is_started(read_opinion({}, SHEET))


@given(
    st.builds(
        Opinion,
        scores=st.dictionaries(st.sampled_from([asked.key for asked in SHEET.criteria]), st.integers(1, 5)),
        alignment=st.dictionaries(st.sampled_from(SHEET.articles), st.sampled_from(ALIGNMENTS)),
        comments=st.dictionaries(st.sampled_from([asked.key for asked in SHEET.criteria]), st.text(min_size=1)),
        recommendation=st.sampled_from(["", *RECOMMENDATIONS]),
        reason=st.text(),
        for_applicant=st.text(),
        for_secretariat=st.text(),
    )
)
def test_an_opinion_reads_back_as_it_was_stored(opinion: Opinion) -> None:
    assert read_opinion(opinion.facts(), SHEET) == opinion


def test_labels_are_stable_and_follow_the_random_ids_of_those_invited_together() -> None:
    later = NOW + timedelta(days=3)
    panel = [(1, NOW, "zz"), (2, NOW, "aa"), (3, later, "bb"), (4, None, "cc")]
    assert labels(panel) == {2: "A", 1: "B", 3: "C"}
    assert labels(reversed(panel)) == labels(panel)
    assert labels((n, NOW, f"{n:03}") for n in range(28))[27] == "BB"


@pytest.mark.rule("R45")
@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ([], None),
        ([4], Spread(4, 4, 4.0, is_apart=False)),
        ([3, 4, 4], Spread(3, 4, 3.7, is_apart=False)),
        ([2, 4], Spread(2, 4, 3.0, is_apart=False)),
        ([2, 5], Spread(2, 5, 3.5, is_apart=True)),
    ],
)
def test_spread(marks: list[int], expected: Spread | None) -> None:
    assert spread(marks, SHEET.criteria[0].criterion) == expected


@pytest.mark.rule("R45")
def test_words_that_lie_apart() -> None:
    assert words_apart(["strong", "none"], ALIGNMENTS)
    assert not words_apart(["strong", "partial"], ALIGNMENTS)
    assert words_apart(["approve", "revise"], RECOMMENDATIONS)
    assert not words_apart(["", "approve"], RECOMMENDATIONS)
    assert not words_apart([], RECOMMENDATIONS)


def test_the_stages_that_wait_for_reviewers_come_from_the_workflow() -> None:
    assert reviewing_stages([parse(workflows.load(key)) for key in workflows.names()]) == {"review"}
