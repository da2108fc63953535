"""The lexicon: phrases are found whatever their capitals, accents, endings and script, where they stand."""

from __future__ import annotations

import pytest

from config.initiatives import load, mapping_folder
from webapp.domain.initiative import parse_initiative
from webapp.domain.lexicon import DIGITAL, Lexicon, parse_examples, parse_lexicon

INITIATIVE = "beijing-2023"
LINES = """
[3]
= smart agriculture
en: farm; precision agriculture; irrigat*
fr: récolte*
zh: 智慧农业
ar: الزراعة
[digital]
en: online
"""


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return parse_lexicon(LINES.splitlines())


@pytest.mark.rule("R18")
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("PRECISION  Agriculture for all", ["PRECISION  Agriculture"]),
        ("two farms, one farmhouse", ["farms"]),
        ("irrigated rows", ["irrigated"]),
        ("les recoltes et la récolte", ["recoltes", "récolte"]),
        ("推广智慧农业技术", ["智慧农业"]),
        ("推廣智慧農業技術", ["智慧農業"]),
        ("مشروع للزراعة والزراعة", ["للزراعة", "والزراعة"]),
        ("a project on-line", []),
        ("nothing of the kind", []),
    ],
)
def test_phrases_are_found_where_they_stand(lexicon: Lexicon, text: str, found: list[str]) -> None:
    assert [text[hit.start : hit.end] for hit in lexicon.find(text)] == found


@pytest.mark.rule("R18")
def test_a_letter_that_unfolds_into_two_moves_no_place(lexicon: Lexicon) -> None:
    text = "Groß ﬁbre ½ farm"
    assert [text[hit.start : hit.end] for hit in lexicon.find(text)] == ["farm"]


@pytest.mark.rule("R18")
def test_every_shipped_phrase_stands_for_words_of_its_article() -> None:
    raw = mapping_folder(INITIATIVE).joinpath("lexicon.txt").read_text("utf-8")
    initiative = parse_initiative(load(INITIATIVE))
    phrases = parse_lexicon(raw.splitlines()).phrases
    wrong = {
        (phrase.article, phrase.says)
        for phrase in phrases
        if phrase.article != DIGITAL
        and phrase.says.casefold() not in getattr(initiative.article(phrase.article), "text", "").casefold()
    }
    assert wrong == set()
    languages = {phrase.article: set() for phrase in phrases}
    for phrase in phrases:
        languages[phrase.article].add(phrase.language)
    assert set(languages) == {DIGITAL, *(article.number for article in initiative.articles)}
    assert all(found == {"en", "fr", "es", "pt", "zh", "ar"} for found in languages.values())


@pytest.mark.rule("R18")
def test_imagined_projects_stand_for_every_article_and_for_none() -> None:
    raw = mapping_folder(INITIATIVE).joinpath("examples.txt").read_text("utf-8")
    initiative = parse_initiative(load(INITIATIVE))
    numbers = {article for article, _text in parse_examples(raw.splitlines())}
    assert numbers == {DIGITAL, *(article.number for article in initiative.articles)}
