"""What a call may say, what is fixed once proposals are in, and when it is open."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from webapp.domain.calls import (
    FROZEN,
    CallForm,
    Known,
    Terms,
    frozen_changes,
    is_code,
    phase,
    problems,
    read_form,
    write_form,
)
from webapp.domain.initiative import Question, QuestionKind

OPENS = datetime(2027, 1, 4, 8, tzinfo=UTC)
KNOWN = Known(frozenset(range(1, 21)), frozenset({("standard", 1)}))
TERMS = Terms("Open call", "For all articles.", (1, 5), OPENS, OPENS + timedelta(days=60), "Africa/Nairobi")
QUESTION = Question("q1", "Who runs it afterwards?", "", QuestionKind.LONG_TEXT, required=True, max_length=2500)


def codes(terms: Terms) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in problems(terms, KNOWN)]


def test_a_good_call_has_no_problem() -> None:
    assert codes(TERMS) == []
    assert codes(replace(TERMS, closes_at=None, questions=(QUESTION,), sections_off=("budget",))) == []


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"title": " "}, ("title", "call_title_missing")),
        ({"title": "x" * 151}, ("title", "too_long")),
        ({"summary": ""}, ("summary", "call_summary_missing")),
        ({"articles": ()}, ("articles", "call_articles_missing")),
        ({"articles": (1, 21)}, ("articles", "call_articles_unknown")),
        ({"opens_at": None}, ("opens_at", "call_opening_missing")),
        ({"closes_at": OPENS}, ("closes_at", "call_closes_before_opening")),
        ({"time_zone": "Mars/Olympus"}, ("time_zone", "call_choice_unknown")),
        ({"workflow": ("standard", 2)}, ("workflow", "call_choice_unknown")),
        ({"sections_off": ("partners",)}, ("sections_off", "call_section_needed")),
        ({"questions": (replace(QUESTION, label="x" * 301),)}, ("q1_label", "too_long")),
        ({"grace_minutes": 1441}, ("grace_minutes", "call_number_outside")),
        ({"reviews_wanted": 0}, ("reviews_wanted", "call_number_outside")),
        ({"quorum": 4}, ("quorum", "call_number_outside")),
        ({"embargo_days": -1}, ("embargo_days", "call_number_outside")),
        ({"others": 0}, ("others", "call_number_outside")),
        ({"asks": "most"}, ("asks", "call_choice_unknown")),
        ({"on_objection": "ignore"}, ("on_objection", "call_choice_unknown")),
        ({"release": "never"}, ("release", "call_choice_unknown")),
    ],
)
def test_each_thing_that_is_wrong_is_said_at_its_field(given: dict[str, Any], found: tuple[str, str]) -> None:
    assert found in codes(replace(TERMS, **given))


@pytest.mark.rule("R22", "R76")
def test_what_proposals_in_flight_stand_on_is_fixed() -> None:
    assert frozen_changes(TERMS, replace(TERMS, title="Another", closes_at=None, grace_minutes=0)) == ()
    assert frozen_changes(TERMS, replace(TERMS, articles=(1, 2, 5))) == ()
    assert frozen_changes(TERMS, replace(TERMS, articles=(5,))) == ("articles",)
    assert frozen_changes(TERMS, replace(TERMS, quorum=2, asks="lead_and")) == ("asks", "quorum")
    assert set(FROZEN) <= set(Terms.__slots__)


@pytest.mark.rule("R12")
def test_phases_tell_nothing_of_the_grace_time() -> None:
    closes = OPENS + timedelta(days=1)
    second = timedelta(seconds=1)
    assert phase(OPENS, closes, OPENS - second) == "announced"
    assert phase(OPENS, closes, OPENS) == "open"
    assert phase(OPENS, closes, closes - second) == "open"
    assert phase(OPENS, closes, closes) == "closed"
    assert phase(OPENS, None, closes + timedelta(days=4000)) == "open"


@pytest.mark.parametrize(("text", "fits"), [("open-2027", True), ("a", True), ("", False), ("Open", False)])
def test_codes(text: str, *, fits: bool) -> None:
    assert is_code(text) is fits
    assert not is_code(text + "-")
    assert not is_code("x/" + text)
    assert not is_code("a" * 41)


def test_the_form_is_kept_as_it_was() -> None:
    form = CallForm(("budget",), (QUESTION,))
    assert read_form(write_form(form)) == form
    assert read_form({}) == CallForm()
