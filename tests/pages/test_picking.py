"""The choice of articles without scripts: one list, the primary among those ticked, mistakes at their place (R14)."""

from __future__ import annotations

import re

import pytest

from tests.browsing import Browser, Visitor
from tests.factories import make_call, make_person
from tests.pages.filling import begin
from webapp.domain.mapping import Mapping, choose
from webapp.wiring import Wiring

pytestmark = pytest.mark.rule("R14")


@pytest.fixture
def applicant(browse: Browser, wired: Wiring) -> Visitor:
    return browse(make_person(wired))


def errors(page: str) -> list[str]:
    """The messages in the list of errors, each with the place it leads to."""
    summary = page.split('class="errors"', 1)[1].split("</div>", 1)[0] if 'class="errors"' in page else ""
    return re.findall(r'<a href="#([^"]+)">', summary)


def ticked(page: str, name: str) -> list[int]:
    found = re.findall(r"<input[^>]*>", page)
    return [
        int(value.group(1))
        for tag in found
        if f'name="{name}"' in tag and " checked" in tag and (value := re.search(r'value="(\d+)"', tag))
    ]


def test_one_list_then_the_primary_among_those_ticked(applicant: Visitor, wired: Wiring) -> None:
    path = f"/proposals/{begin(applicant, make_call(wired).code)}/articles"
    page = applicant.get(path).text
    assert page.count('name="articles"') == 20
    assert re.findall(r'data-primary="\d+"(?! hidden)', page) == []
    first = applicant.post(path, {"articles": ["1", "5", "10"], "base_version": "0", "then": "next"})
    assert first.status_code == 422
    assert errors(first.text) == ["primary"]
    assert 'id="primary"' in first.text and "Choose which of your articles is the primary one." in first.text
    assert re.findall(r'data-primary="(\d+)">', first.text) == ["1", "5", "10"]
    second = applicant.post(path, {"articles": ["1", "5", "10"], "primary": "5", "base_version": "1", "then": "next"})
    assert second.status_code == 303 and second.location.endswith("/articles/answers")
    page = applicant.get(path).text
    assert (ticked(page, "articles"), ticked(page, "primary")) == ([1, 5, 10], [5])


def test_each_mistake_is_told_at_its_place_and_the_choice_kept(applicant: Visitor, wired: Wiring) -> None:
    path = f"/proposals/{begin(applicant, make_call(wired, articles=(1, 2, 3, 5, 6, 7, 10)).code)}/articles"
    assert errors(applicant.post(path, {"base_version": "0", "then": "next"}).text) == ["article-list"]
    many = {"articles": ["1", "2", "3", "5", "6", "7"], "primary": "1", "base_version": "1"}
    answer = applicant.post(path, many)
    assert answer.status_code == 422 and errors(answer.text) == ["article-list"]
    assert "You chose 6 articles. Keep 5 or fewer" in answer.text
    assert ticked(answer.text, "articles") == [1, 2, 3, 5, 6, 7]
    closed = applicant.post(path, {"articles": ["1", "4"], "primary": "1", "base_version": "2"})
    assert closed.status_code == 422 and errors(closed.text) == ["article-4"]
    assert 'id="article-4"' in closed.text
    left = applicant.post(path, {"articles": ["1", "2"], "primary": "5", "base_version": "3"})
    assert errors(left.text) == ["primary"]  # the primary one is no longer ticked
    assert applicant.post(path, {"articles": ["1", "2"], "base_version": "4", "then": "list"}).status_code == 303


def test_finding_keeps_what_is_ticked(applicant: Visitor, wired: Wiring) -> None:
    path = f"/proposals/{begin(applicant, make_call(wired).code)}/articles"
    answer = applicant.post(path, {"articles": ["7"], "base_version": "0", "then": "find", "word": "farm"})
    assert answer.status_code == 303
    page = applicant.get(answer.location.removeprefix("http://localhost")).text
    assert ticked(page, "articles") == [7]
    shown = re.findall(r'name="articles" value="(\d+)"', page)
    assert "3" in shown and len(shown) < 20
    nothing = applicant.get(f"{path}?find=zzz").text
    assert "No article has the word" in nothing


def test_two_who_choose_see_both_choices(applicant: Visitor, wired: Wiring) -> None:
    path = f"/proposals/{begin(applicant, make_call(wired).code)}/articles"
    applicant.post(path, {"articles": ["3"], "base_version": "0"})
    answer = applicant.post(path, {"articles": ["12"], "base_version": "0"})
    assert answer.status_code == 409
    assert ticked(answer.text, "articles") == [12]
    assert "3 Agricultural" in answer.text.split("theirs was", 1)[1].split("</p>", 2)[1]


@pytest.mark.parametrize(
    ("numbers", "primary", "made"),
    [
        ([], None, Mapping()),
        ([7], None, Mapping(7)),
        ([7], 9, Mapping(7)),
        ([9, 7, 9], 9, Mapping(9, (7,))),
        ([9, 7], 3, Mapping(None, (7, 9))),
    ],
)
def test_what_ticks_make(numbers: list[int], primary: int | None, made: Mapping) -> None:
    assert choose(numbers, primary) == made
