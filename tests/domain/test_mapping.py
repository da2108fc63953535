"""The mapping and the answers it asks for: exactly what R14 to R16 say, whatever is typed."""

from __future__ import annotations

from collections.abc import Mapping as AbstractMapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.initiatives import load
from webapp.domain.answers import answer_problems
from webapp.domain.initiative import Question, QuestionKind, parse_initiative
from webapp.domain.mapping import (
    Mapping,
    ask,
    content_to_submit,
    problems,
    read_mapping,
    rearrange_answers,
)
from webapp.domain.problems import Problem
from webapp.domain.texts import is_blank

INITIATIVE = parse_initiative(load("beijing-2023"))
NUMBERS = tuple(article.number for article in INITIATIVE.articles)
PARTNERS = frozenset(partner.code for partner in INITIATIVE.partners)
PAIR = {"city_a": "Banjul", "partner_a": "GM", "city_b": "Nairobi", "partner_b": "KE"}
REASON = "It connects 40 clinics in remote areas to the hospital."

# A short alphabet of awkward characters is quicker than all of Unicode, and meets the same rules.
typed_text = st.text("aZ0é通ب😀 \n\r\t\u3000\u200f", max_size=60)
some_article = st.integers(min_value=0, max_value=22)
some_reason = st.one_of(
    typed_text,
    st.integers(30, 50).map("x".__mul__),
    st.integers(990, 1010).map("x".__mul__),
    st.integers(36, 44).map(lambda length: f" \r\n{'é' * length}\t "),
)
some_mapping = st.builds(
    Mapping,
    primary=st.none() | some_article,
    secondary=st.lists(some_article, max_size=6).map(tuple),
    justifications=st.dictionaries(some_article, some_reason),
)
# Mappings that mostly pass, so that both sides of each rule are met.
good_mapping = st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=5, unique=True).map(
    lambda numbers: Mapping(numbers[0], tuple(numbers[1:]), dict.fromkeys(numbers, REASON))
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | typed_text,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["5", "x", "city_a", "partner_a"]), inner, max_size=3)
    ),
    max_leaves=6,
)
article_keys = st.sampled_from([str(number) for number in NUMBERS])
some_answers = st.dictionaries(
    article_keys,
    st.dictionaries(st.sampled_from(["one", "two", "three"]), st.sampled_from(["", "a", "b", []]), max_size=3),
    max_size=5,
)


def _codes(found: list[Problem]) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in found]


def _justified(text: str) -> bool:
    return 40 <= len(text.strip().replace("\r\n", "\n")) <= 1000


@pytest.mark.rule("R14")
@pytest.mark.rule("R15")
@given(mapping=some_mapping | good_mapping, open_articles=st.sets(some_article) | st.just(set(NUMBERS)))
def test_a_mapping_passes_exactly_when_the_rules_hold(mapping: Mapping, open_articles: set[int]) -> None:
    chosen = [*([] if mapping.primary is None else [mapping.primary]), *mapping.secondary]
    holds = (
        mapping.primary is not None
        and len(mapping.secondary) <= 4
        and len(chosen) == len(set(chosen))
        and set(chosen) <= open_articles
        and all(_justified(mapping.justifications.get(article, "")) for article in chosen)
    )
    assert (problems(mapping, open_articles) == []) == holds


@pytest.mark.rule("R14")
@given(mapping=some_mapping)
def test_each_problem_stands_at_a_field_of_the_articles_page(mapping: Mapping) -> None:
    found = problems(mapping, NUMBERS)
    places = {"primary", "secondary", *(f"justifications.{article}" for article in mapping.articles)}
    assert {problem.section for problem in found} <= {"articles"}
    assert {problem.field for problem in found} <= places
    assert len(set(found)) == len({(p.field, p.code, tuple(p.params.items())) for p in found})


@pytest.mark.rule("R14")
@pytest.mark.parametrize(
    ("mapping", "expected"),
    [
        (Mapping(), [("primary", "mapping_primary_missing")]),
        (Mapping(None, (1,), {1: REASON}), [("primary", "mapping_primary_missing")]),
        (Mapping(9, (), {9: REASON}), [("primary", "mapping_article_not_open")]),
        (Mapping(1, (9,), {1: REASON, 9: REASON}), [("secondary", "mapping_article_not_open")]),
        (Mapping(1, (1,), {1: REASON}), [("secondary", "mapping_article_twice")]),
        (Mapping(1, (2, 2, 2), {1: REASON, 2: REASON}), [("secondary", "mapping_article_twice")]),
        (
            Mapping(1, (2, 3, 4, 5, 6), dict.fromkeys(range(1, 7), REASON)),
            [("secondary", "mapping_too_many_secondary")],
        ),
        (Mapping(1, (2, 3, 4, 5), dict.fromkeys(range(1, 7), REASON)), []),
    ],
)
def test_one_primary_and_up_to_four_others_each_once_and_open(
    mapping: Mapping, expected: list[tuple[str, str]]
) -> None:
    assert _codes(problems(mapping, range(1, 9))) == expected


@pytest.mark.rule("R15")
@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("", "mapping_justification_missing"),
        (" \n\t\u3000" * 40, "mapping_justification_missing"),
        ("x" * 39, "mapping_justification_short"),
        ("  " + "x" * 39 + "  ", "mapping_justification_short"),
        ("x" * 40, None),
        ("通" * 40, None),
        ("x" * 1000, None),
        ("x" * 1001, "mapping_justification_long"),
        ("x" * 20 + "\r\n" + "x" * 18, "mapping_justification_short"),
        ("x" * 20 + "\r\n" + "x" * 19, None),
    ],
)
def test_a_justification_has_forty_characters_without_the_blanks(reason: str, code: str | None) -> None:
    found = problems(Mapping(3, (), {3: reason}), NUMBERS)
    assert _codes(found) == ([("justifications.3", code)] if code else [])


@pytest.mark.rule("R16")
@given(mapping=good_mapping)
def test_a_mapping_brings_each_articles_profile_and_no_other(mapping: Mapping) -> None:
    asked = ask(mapping, INITIATIVE)
    assert [entry.article.number for entry in asked] == list(mapping.articles)
    assert [entry.article.number for entry in asked if entry.is_primary] == [mapping.primary]
    for entry in asked:
        profile = entry.article.profile
        assert entry.questions == profile.questions
        assert (entry.indicators, entry.criteria) == (profile.indicators, profile.criteria)
        assert (entry.expertise, entry.panel) == (profile.expertise, profile.panel)
        assert entry.answer_field(entry.questions[0]).startswith(f"answers.{entry.article.number}.")
        assert entry.indicator_key(entry.indicators[0]) == f"{entry.article.number}.{entry.indicators[0].id}"


@pytest.mark.rule("R16")
@given(mapping=good_mapping, answers=some_answers, aside=some_answers)
def test_rearranging_loses_nothing_and_parts_mapped_from_unmapped(
    mapping: Mapping, answers: dict[str, dict[str, object]], aside: dict[str, dict[str, object]]
) -> None:
    arranged = rearrange_answers(mapping, answers, aside)
    mapped = {str(article) for article in mapping.articles}
    assert set(arranged.answers) <= mapped
    assert not set(arranged.aside) & mapped
    everything = {**arranged.answers, **arranged.aside}
    for key in {*answers, *aside}:
        for name in {*answers.get(key, {}), *aside.get(key, {})}:
            typed = answers.get(key, {}).get(name) or aside.get(key, {}).get(name)
            assert (everything[key][name] or None) == (typed or None)
    again = rearrange_answers(mapping, arranged.answers, arranged.aside)
    assert again == arranged


@pytest.mark.rule("R16")
@given(before=good_mapping, after=good_mapping, answers=some_answers)
def test_answers_come_back_when_the_article_is_mapped_again(
    before: Mapping, after: Mapping, answers: dict[str, dict[str, object]]
) -> None:
    first = rearrange_answers(before, answers, {})
    between = rearrange_answers(after, first.answers, first.aside)
    assert rearrange_answers(before, between.answers, between.aside) == first


@pytest.mark.rule("R16")
def test_an_empty_answer_never_covers_one_kept_aside() -> None:
    arranged = rearrange_answers(Mapping(5), {"5": {"one": "", "two": "new"}}, {"5": {"one": "kept", "two": "old"}})
    assert arranged.answers == {"5": {"one": "kept", "two": "new"}}
    assert arranged.aside == {}
    blank = dict.fromkeys(PAIR, " ")
    arranged = rearrange_answers(Mapping(12), {"12": {"city_pair": blank}}, {"12": {"city_pair": PAIR}})
    assert arranged.answers == {"12": {"city_pair": PAIR}}


@pytest.mark.rule("R16")
def test_a_version_holds_nothing_of_articles_that_are_not_mapped() -> None:
    content = {
        "primary": 5,
        "secondary": [1],
        "justifications": {"5": REASON, "1": REASON, "7": REASON},
        "answers": {"5": {"one": "a"}, "7": {"one": "b"}},
        "aside": {"8": {"one": "c"}},
    }
    assert content_to_submit(content) == {
        "primary": 5,
        "secondary": [1],
        "justifications": {"5": REASON, "1": REASON},
        "answers": {"5": {"one": "a"}},
    }


@pytest.mark.rule("R5")
@given(content=st.dictionaries(st.sampled_from(["primary", "secondary", "justifications"]), json_values))
def test_a_mapping_is_read_from_whatever_a_draft_holds(content: dict[str, object]) -> None:
    mapping = read_mapping(content)
    assert all(type(number) is int for number in mapping.articles)
    problems(mapping, NUMBERS)
    content_to_submit(content)


def test_a_mapping_is_read_as_it_was_written() -> None:
    content = {"primary": 5, "secondary": [1, 10], "justifications": {"5": "a", "10": "b", "x": "c", "1": 7}}
    assert read_mapping(content) == Mapping(5, (1, 10), {5: "a", 10: "b"})


def _right_answer(question: Question) -> st.SearchStrategy[Any]:
    options = [option.id for option in question.options]
    filled = st.sampled_from(["a", "通", "ب 5", "x" * 200])
    right: dict[QuestionKind, st.SearchStrategy[Any]] = {
        QuestionKind.TEXT: filled,
        QuestionKind.LONG_TEXT: filled,
        QuestionKind.NUMBER: st.sampled_from(["0", "1200", "0.5", "999999999999999.123456"]),
        QuestionKind.CHOICE: st.sampled_from(options or [""]),
        QuestionKind.CHOICES: st.lists(st.sampled_from(options or [""]), min_size=1, unique=True),
        QuestionKind.YES_NO: st.sampled_from(["yes", "no"]),
        QuestionKind.CITY_PAIR: st.permutations(sorted(PARTNERS)).map(
            lambda codes: {"city_a": "A", "partner_a": codes[0], "city_b": "B", "partner_b": codes[1]}
        ),
    }
    return right[question.kind]


@st.composite
def whole_answers(draw: st.DrawFn) -> tuple[Mapping, dict[str, dict[str, Any]]]:
    mapping = draw(good_mapping)
    return mapping, {
        entry.key: {question.id: draw(_right_answer(question)) for question in entry.questions}
        for entry in ask(mapping, INITIATIVE)
    }


@pytest.mark.rule("R16")
@given(whole=whole_answers(), blank=st.sampled_from([None, "", " \n", [], {}]), data=st.data())
def test_each_question_of_a_mapped_article_is_required(
    whole: tuple[Mapping, dict[str, dict[str, Any]]], blank: object, data: st.DataObject
) -> None:
    mapping, answers = whole
    asked = ask(mapping, INITIATIVE)
    assert answer_problems(asked, answers, PARTNERS, complete=True) == []
    entry = data.draw(st.sampled_from(asked))
    question = data.draw(st.sampled_from(entry.questions))
    answers[entry.key][question.id] = blank
    found = answer_problems(asked, answers, PARTNERS, complete=True)
    assert [problem.field for problem in found] == [entry.answer_field(question)]
    assert found[0].params["question"] == question.label
    assert answer_problems(asked, answers, PARTNERS, complete=False) == []


@pytest.mark.rule("R5")
@given(whole=whole_answers(), wrong=json_values, complete=st.booleans(), data=st.data())
def test_whatever_was_typed_is_judged_at_its_own_field(
    whole: tuple[Mapping, dict[str, dict[str, Any]]], wrong: object, complete: bool, data: st.DataObject
) -> None:
    mapping, answers = whole
    asked = ask(mapping, INITIATIVE)
    entry = data.draw(st.sampled_from(asked))
    question = data.draw(st.sampled_from(entry.questions))
    answers[entry.key][question.id] = wrong
    place = entry.answer_field(question)
    for problem in answer_problems(asked, answers, PARTNERS, complete=complete):
        assert problem.field == place or problem.field.startswith(f"{place}.")


def _judge(article: int, question_id: str, value: object) -> list[tuple[str, str]]:
    asked = ask(Mapping(article), INITIATIVE)
    answers: AbstractMapping[str, AbstractMapping[str, object]] = {str(article): {question_id: value}}
    return _codes(answer_problems(asked, answers, PARTNERS, complete=False))


@pytest.mark.rule("R16")
@pytest.mark.parametrize(
    ("article", "question", "value", "expected"),
    [
        (3, "farmland", "1200", []),
        (3, "farmland", " 0.5 ", []),
        (3, "farmland", "1,200", [("answers.3.farmland", "answer_not_a_number")]),
        (3, "farmland", "-1", [("answers.3.farmland", "answer_not_a_number")]),
        (3, "farmland", "1e5", [("answers.3.farmland", "answer_not_a_number")]),
        (3, "farmland", "١٢", [("answers.3.farmland", "answer_not_a_number")]),
        (3, "farmland", 1200, [("answers.3.farmland", "answer_not_a_number")]),
        (3, "technologies", ["drones"], []),
        (3, "technologies", ["drones", "spades"], [("answers.3.technologies", "answer_not_offered")]),
        (3, "technologies", ["drones", "drones"], [("answers.3.technologies", "answer_not_offered")]),
        (3, "technologies", "drones", [("answers.3.technologies", "answer_unreadable")]),
        (3, "technologies", [["drones"]], [("answers.3.technologies", "answer_not_offered")]),
        (6, "saving_kind", "both", []),
        (6, "saving_kind", ["both"], [("answers.6.saving_kind", "answer_not_offered")]),
        (6, "saving_amount", "x" * 200, []),
        (6, "saving_amount", "x" * 201, [("answers.6.saving_amount", "answer_too_long")]),
        (6, "saving_amount", 12, [("answers.6.saving_amount", "answer_unreadable")]),
        (12, "city_pair", PAIR, []),
        (12, "city_pair", {"city_a": "Banjul"}, []),
        (12, "city_pair", "Banjul and Nairobi", [("answers.12.city_pair", "answer_unreadable")]),
        (
            12,
            "city_pair",
            {**PAIR, "partner_b": "GM"},
            [("answers.12.city_pair.partner_b", "answer_city_pair_one_partner")],
        ),
        (
            12,
            "city_pair",
            {**PAIR, "partner_a": "FR"},
            [("answers.12.city_pair.partner_a", "answer_city_partner_unknown")],
        ),
        (
            12,
            "city_pair",
            {**PAIR, "partner_a": ["GM"]},
            [("answers.12.city_pair.partner_a", "answer_city_partner_unknown")],
        ),
        (
            12,
            "city_pair",
            {**PAIR, "city_b": "x" * 101},
            [("answers.12.city_pair.city_b", "answer_too_long")],
        ),
    ],
)
def test_an_answer_is_judged_by_its_kind(
    article: int, question: str, value: object, expected: list[tuple[str, str]]
) -> None:
    assert _judge(article, question, value) == expected


@pytest.mark.rule("R17")
def test_half_a_city_pair_is_not_enough_to_submit() -> None:
    asked = ask(Mapping(12), INITIATIVE)
    given_pair = {"city_a": "Banjul", "partner_a": "GM", "city_b": " ", "partner_b": None}
    found = answer_problems(asked, {"12": {"city_pair": given_pair}}, PARTNERS, complete=True)
    assert [entry for entry in _codes(found) if "city_pair" in entry[0]] == [
        ("answers.12.city_pair.city_b", "answer_city_missing"),
        ("answers.12.city_pair.partner_b", "answer_city_partner_missing"),
    ]


@pytest.mark.parametrize(
    ("value", "blank"),
    [
        (None, True),
        ("", True),
        ("\u3000", True),
        ([], True),
        ({"a": " "}, True),
        ("0", False),
        (0, False),
        (False, False),
    ],
)
def test_blank_is_what_nobody_answered(value: object, blank: bool) -> None:
    assert is_blank(value) is blank
