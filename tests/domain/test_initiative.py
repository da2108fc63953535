"""The initiative's data and the checks they pass before they are loaded (R17, R67)."""

from __future__ import annotations

import copy
import hashlib
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import holidays
import pytest

from config.initiatives import UnknownInitiative, available, load
from webapp.domain.initiative import (
    Initiative,
    Question,
    QuestionKind,
    UnreadableInitiative,
    find_term,
    parse_initiative,
    problems,
)

BEIJING = "beijing-2023"
WORDING = "6bff5936ee32cfd6b5b1f4d5de0cabcc"

Change = Callable[[dict[str, Any]], Any]


@pytest.fixture(scope="module")
def initiative() -> Initiative:
    return parse_initiative(load(BEIJING))


@pytest.mark.rule("R17")
@pytest.mark.parametrize("initiative_id", available())
def test_each_initiative_at_hand_is_whole(initiative_id: str) -> None:
    assert problems(parse_initiative(load(initiative_id))) == ()


@pytest.mark.parametrize("initiative_id", ["", "nowhere-1999", "../initiatives/beijing-2023", "beijing-2023/"])
def test_an_unknown_initiative_is_refused_with_the_known_ones(initiative_id: str) -> None:
    with pytest.raises(UnknownInitiative, match=BEIJING):
        load(initiative_id)


def test_the_wording_never_changes_unnoticed(initiative: Initiative) -> None:
    """Claims quote sentences by their anchor: a changed word would change what was claimed."""
    text = "\n".join(f"{sentence.anchor} {sentence.text}" for sentence in initiative.sentences)
    assert hashlib.sha256(text.encode()).hexdigest().startswith(WORDING)


@pytest.mark.rule("R67")
def test_every_sentence_has_its_anchor(initiative: Initiative) -> None:
    anchors = [sentence.anchor for sentence in initiative.sentences]
    assert len(set(anchors)) == len(anchors)
    for article in initiative.articles:
        title = initiative.sentence(f"A{article.number}.s0")
        assert title is not None
        assert title.text == article.title
        assert " ".join(sentence.text for sentence in article.sentences) == article.text
    second = initiative.sentence("A12.s2")
    assert second is not None
    assert second.text.startswith("Encourage relevant cities to explore")
    assert initiative.sentence("A12.s99") is None


def _asking(initiative: Initiative, article: int, kind: QuestionKind, *words: str) -> list[Question]:
    found = initiative.article(article)
    assert found is not None
    return [
        question
        for question in found.profile.questions
        if question.kind is kind and question.required and all(word in question.label for word in words)
    ]


@pytest.mark.rule("R17")
@pytest.mark.parametrize(
    ("article", "kind", "words"),
    [
        (3, QuestionKind.NUMBER, ("farmland",)),
        (3, QuestionKind.NUMBER, ("farmers",)),
        (6, QuestionKind.TEXT, ("energy or emissions", "saved")),
        (9, QuestionKind.NUMBER, ("MSMEs", "serve")),
        (10, QuestionKind.NUMBER, ("trained",)),
        (10, QuestionKind.LONG_TEXT, ("certificate",)),
        (11, QuestionKind.CHOICES, ("capital come from",)),
        (12, QuestionKind.CITY_PAIR, ("two cities",)),
        (13, QuestionKind.CHOICES, ("groups",)),
        (15, QuestionKind.LONG_TEXT, ("standards", "follow")),
        (16, QuestionKind.LONG_TEXT, ("risks", "AI")),
        (16, QuestionKind.LONG_TEXT, ("overrule", "AI")),
        (17, QuestionKind.LONG_TEXT, ("personal data",)),
        (17, QuestionKind.LONG_TEXT, ("data", "kept")),
        (19, QuestionKind.LONG_TEXT, ("personal data",)),
        (19, QuestionKind.LONG_TEXT, ("data", "kept")),
    ],
)
def test_articles_ask_what_the_rule_names(
    initiative: Initiative, article: int, kind: QuestionKind, words: tuple[str, ...]
) -> None:
    assert _asking(initiative, article, kind, *words), f"article {article} asks for {words}"


@pytest.mark.rule("R17")
def test_profiles_are_made_from_the_articles_own_words(initiative: Initiative) -> None:
    """Words of the text (five letters or more) make up a fair part of what each profile says."""
    for article in initiative.articles:
        own = set(re.findall(r"[a-z]{5,}", article.text.lower()))
        profile = article.profile
        said = [
            profile.summary,
            *(question.label for question in profile.questions),
            *(option.label for question in profile.questions for option in question.options),
            *(criterion.label for criterion in profile.criteria),
        ]
        shared = own & set(re.findall(r"[a-z]{5,}", " ".join(said).lower()))
        assert len(shared) >= 6, f"article {article.number}: {sorted(shared)}"


@pytest.mark.rule("R37")
def test_article_16_wants_a_reviewer_who_knows_its_subject(initiative: Initiative) -> None:
    rules = {article.number: article.profile.panel for article in initiative.articles if article.profile.panel}
    assert list(rules) == [16]
    assert (rules[16][0].reviewers, rules[16][0].expertise_at_least) == (1, 2)


def test_the_closed_lists_hold_what_proposals_store(initiative: Initiative) -> None:
    words = initiative.vocabulary
    assert [term.id for term in words.source_states] == ["secured", "pledged", "sought"]
    assert [len(terms) for terms in (words.sectors, words.budget_categories, words.source_kinds)] == [16, 9, 6]
    assert [len(group.articles) for group in words.article_groups] == [5, 5, 5, 5]
    found = find_term(words.sectors, "health")
    assert found is not None
    assert found.label == "Health"
    assert find_term(words.sectors, "nothing") is None


@pytest.mark.rule("R50")
def test_the_calendar_library_knows_every_partner(initiative: Initiative) -> None:
    known = holidays.list_supported_countries()
    assert len(initiative.partners) == 14
    for partner in initiative.partners:
        assert partner.holidays in known, partner.code
        days = holidays.country_holidays(partner.holidays, years=2027)
        assert date(2027, 5, 1) in days, f"{partner.code}: 1 May is a holiday of every partner"


def test_names_follow_the_reader(initiative: Initiative) -> None:
    gambia, lao, palestine = (initiative.partner(code) for code in ("GM", "LA", "PS"))
    assert gambia is not None
    assert lao is not None
    assert palestine is not None
    assert (gambia.name(), gambia.sort_name(), gambia.sort_name("fr")) == ("The Gambia", "Gambia", "Gambie")
    assert gambia.name("pt-BR") == "Gâmbia"
    assert gambia.name("zh_Hans") == "冈比亚"
    assert gambia.name("sw") == "The Gambia"
    assert lao.name() == "Lao People's Democratic Republic"
    assert (palestine.name(), palestine.formal_name()) == ("Palestine", "State of Palestine")
    assert palestine.weekend == {4, 5}
    assert initiative.partner("XX") is None


def test_another_initiative_is_another_folder() -> None:
    """Two articles and two partners are as good as twenty and fourteen."""
    raw = load(BEIJING)
    raw["initiative"]["articles"] = raw["initiative"]["articles"][:2]
    raw["profiles"]["profiles"] = raw["profiles"]["profiles"][:2]
    raw["partners"]["partners"] = [
        {**raw["partners"]["partners"][0], "code": "UNION"},
        raw["partners"]["partners"][1],
    ]
    raw["vocabulary"]["article_groups"] = [{"id": "all", "heading": "All", "articles": [2, 1]}]
    assert problems(parse_initiative(raw)) == ()


def _question(raw: dict[str, Any], kind: str) -> dict[str, Any]:
    every = (question for profile in raw["profiles"]["profiles"] for question in profile["questions"])
    found: dict[str, Any] = next(question for question in every if question["kind"] == kind)
    return found


UNREADABLE: list[tuple[str, Change]] = [
    ("data.initiative: expected an object", lambda raw: raw.pop("initiative")),
    ("data.initiative.title: expected a text", lambda raw: raw["initiative"].update(title=7)),
    ("data.initiative.version: expected a whole number", lambda raw: raw["initiative"].update(version=True)),
    ("data.initiative.articles: expected a list", lambda raw: raw["initiative"].update(articles={})),
    (
        "data.initiative.articles[1].themes[0]: expected a text",
        lambda raw: raw["initiative"]["articles"][1].update(themes=[None]),
    ),
    ("data.profiles: article 20 has no profile", lambda raw: raw["profiles"]["profiles"].pop()),
    ("data.profiles: no article has the number 20", lambda raw: raw["initiative"]["articles"].pop()),
    (
        "data.profiles: article 1 has two profiles",
        lambda raw: raw["profiles"]["profiles"].append(raw["profiles"]["profiles"][0]),
    ),
    ("'essay' is none of text,", lambda raw: _question(raw, "text").update(kind="essay")),
    ("required: expected true or false", lambda raw: _question(raw, "text").update(required="yes")),
    (
        "'sideways' is none of up, down",
        lambda raw: raw["profiles"]["profiles"][0]["indicators"][0].update(direction="sideways"),
    ),
    (
        "scale: expected the lowest and the highest mark",
        lambda raw: raw["profiles"]["profiles"][0]["criteria"][0].update(scale=[1, 2, 5]),
    ),
    (
        "data.partners.partners[0].weekend: expected names of weekdays",
        lambda raw: raw["partners"]["partners"][0].update(weekend=["Sunday"]),
    ),
    (
        "data.partners.partners[0].latitude: expected a number",
        lambda raw: raw["partners"]["partners"][0].update(latitude="north"),
    ),
    (
        "data.partners.partners[0].names.fr: expected a text",
        lambda raw: raw["partners"]["partners"][0]["names"].update(fr=None),
    ),
]


@pytest.mark.parametrize(("complaint", "change"), UNREADABLE, ids=[entry[0] for entry in UNREADABLE])
def test_data_of_the_wrong_shape_are_refused_with_their_place(complaint: str, change: Change) -> None:
    raw = load(BEIJING)
    change(raw)
    with pytest.raises(UnreadableInitiative, match=re.escape(complaint)):
        parse_initiative(raw)


def _profile(raw: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = raw["profiles"]["profiles"][0]
    return found


def _article(raw: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = raw["initiative"]["articles"][0]
    return found


def _partner(raw: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = raw["partners"]["partners"][0]
    return found


WRONG: list[tuple[str, Change]] = [
    ("The articles are numbered", lambda raw: raw["initiative"]["articles"].reverse()),
    ("The version of the data counts from 1", lambda raw: raw["initiative"].update(version=0)),
    (
        "preamble: the anchors",
        lambda raw: raw["initiative"]["preamble"]["sentences"][0].update(anchor="P.s0"),
    ),
    ("preamble: the sentences", lambda raw: raw["initiative"]["preamble"]["sentences"].pop()),
    ("article 1: the anchors", lambda raw: _article(raw)["sentences"][2].update(anchor="A1.s1")),
    ("article 1: the sentences", lambda raw: _article(raw)["sentences"][2].update(text="Something else.")),
    ("article 1: the sentence s0", lambda raw: _article(raw).update(title="Another title.")),
    ("article 1: a theme is empty", lambda raw: _article(raw)["themes"].append(" ")),
    (
        "article 1: has 1 questions, must have 2 to 4",
        lambda raw: _profile(raw)["questions"].__delitem__(slice(1, None)),
    ),
    (
        "article 1: has 5 questions, must have 2 to 4",
        lambda raw: _profile(raw)["questions"].extend(raw["profiles"]["profiles"][2]["questions"][2:]),
    ),
    ("article 1: has 0 indicators, must have 1 to 3", lambda raw: _profile(raw)["indicators"].clear()),
    ("article 1: has 1 criteria, must have 2", lambda raw: _profile(raw)["criteria"].pop()),
    ("'Two Words'", lambda raw: _profile(raw)["questions"][0].update(id="Two Words")),
    (
        "questions: the id infrastructure stands there twice",
        lambda raw: _profile(raw)["questions"][1].update(id="infrastructure"),
    ),
    ("indicators: people_connected has no words", lambda raw: _profile(raw)["indicators"][0].update(unit="")),
    ("article 1: summary has no words", lambda raw: _profile(raw).update(summary=" ")),
    ("guidance: reach has no words", lambda raw: _profile(raw)["criteria"][0].update(guidance="")),
    ("criterion reach: the scale must rise", lambda raw: _profile(raw)["criteria"][0].update(scale=[5, 1])),
    ("name the expertise", lambda raw: _profile(raw)["expertise"].update(keywords=[])),
    (
        "panel expert: ask at least one reviewer",
        lambda raw: _profile(raw).update(
            panel=[{"id": "expert", "label": "Expert", "reviewers": 1, "expertise_at_least": 4}]
        ),
    ),
    ("max_length belongs", lambda raw: _question(raw, "long_text").pop("max_length")),
    ("max_length belongs", lambda raw: _question(raw, "number").update(max_length=5)),
    ("max_length must be at least 1", lambda raw: _question(raw, "long_text").update(max_length=0)),
    (
        "offer at least two options",
        lambda raw: _question(raw, "choice").update(options=[{"id": "a", "label": "A"}]),
    ),
    ("options belong", lambda raw: _question(raw, "text").update(options=[{"id": "a", "label": "A"}])),
    ("a unit belongs", lambda raw: _question(raw, "text").update(unit="metres")),
    (
        "options: the id other stands there twice",
        lambda raw: _question(raw, "choices")["options"].append({"id": "other", "label": "x"}),
    ),
    ("name at least two partners", lambda raw: raw["partners"]["partners"].__delitem__(slice(1, None))),
    ("stands there twice", lambda raw: _partner(raw).update(code=raw["partners"]["partners"][1]["code"])),
    (
        "two of them are called",
        lambda raw: _partner(raw)["names"].update(ar=raw["partners"]["partners"][1]["names"]["ar"]),
    ),
    ("the code is", lambda raw: _partner(raw).update(code="c n")),
    (
        "names are missing in fr, pt",
        lambda raw: (_partner(raw)["names"].pop("fr"), _partner(raw)["names"].pop("pt")),
    ),
    ("formal_names are missing in zh", lambda raw: _partner(raw)["formal_names"].update(zh="")),
    ("is no time zone", lambda raw: _partner(raw).update(time_zone="Asia/Nowhere")),
    ("out of range", lambda raw: _partner(raw).update(longitude=float("nan"))),
    (
        "must be a working day",
        lambda raw: _partner(raw).update(
            weekend=["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
        ),
    ),
    ("at least one language", lambda raw: _partner(raw).update(languages=[])),
    ("public holidays come from", lambda raw: _partner(raw).update(holidays=None, note="")),
    ("capital has no words", lambda raw: _partner(raw).update(capital="")),
    ("source_states: is empty", lambda raw: raw["vocabulary"]["source_states"].clear()),
    ("sectors: the id health", lambda raw: raw["vocabulary"]["sectors"][0].update(id="health")),
    ("each article belongs", lambda raw: raw["vocabulary"]["article_groups"][0]["articles"].append(20)),
    ("heading", lambda raw: raw["vocabulary"]["article_groups"][0].update(id="Heading")),
]


@pytest.mark.rule("R17")
@pytest.mark.parametrize(("complaint", "change"), WRONG, ids=[entry[0] for entry in WRONG])
def test_each_fault_in_the_data_is_named(complaint: str, change: Change) -> None:
    raw = copy.deepcopy(load(BEIJING))
    change(raw)
    found = problems(parse_initiative(raw))
    assert any(complaint.lower() in problem.lower() for problem in found), found
