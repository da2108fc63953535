"""Versions: one content has one hash, and a reader sees every change and nothing else (R10, R11)."""

from __future__ import annotations

import json
import unicodedata
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.versions import Change, Piece, canonical_json, content_hash, difference, word_difference

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


contents = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts.map(_nfc), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.rule("R10")
def test_the_text_of_a_content() -> None:
    content = {"title": 'Cafe\u0301 "1"', "b": [1, True, None], "ab": {}, "é": "\u2028\t", "Z": ("x",)}
    assert canonical_json(content).decode() == (
        '{"Z":["x"],"ab":{},"b":[1,true,null],"title":"Caf\u00e9 \\"1\\"","\u00e9":"\u2028\\t"}'
    )
    assert content_hash(content) == sha256(canonical_json(content)).hexdigest()


@pytest.mark.rule("R10")
@given(contents)
def test_a_content_read_back_has_the_same_hash(content: Any) -> None:
    assert content_hash(json.loads(canonical_json(content))) == content_hash(content)


@pytest.mark.rule("R10")
@given(st.dictionaries(texts, texts, max_size=6).filter(lambda d: len({_nfc(k) for k in d}) == len(d)))
def test_neither_order_nor_form_of_writing_matters(content: dict[str, str]) -> None:
    turned = {
        unicodedata.normalize("NFD", key): unicodedata.normalize("NFD", value)
        for key, value in reversed(content.items())
    }
    assert canonical_json(turned) == canonical_json(content)


@pytest.mark.rule("R10")
@given(contents, contents)
def test_other_content_has_another_text(one: Any, other: Any) -> None:
    same = json.dumps(_normal(one), sort_keys=True) == json.dumps(_normal(other), sort_keys=True)
    assert (canonical_json(one) == canonical_json(other)) == same


def _normal(value: Any) -> Any:
    if isinstance(value, str):
        return _nfc(value)
    if isinstance(value, dict):
        return {_nfc(key): _normal(entry) for key, entry in value.items()}
    return [_normal(entry) for entry in value] if isinstance(value, list) else value


@pytest.mark.rule("R8")
@pytest.mark.parametrize("value", [1.5, float("nan"), Decimal("1.5"), b"x", {1, 2}, object()])
def test_a_version_holds_no_floats_and_nothing_strange(value: Any) -> None:
    with pytest.raises(TypeError, match="a version cannot hold"):
        canonical_json({"a": [value]})


@pytest.mark.rule("R10")
def test_keys_are_texts_and_differ() -> None:
    with pytest.raises(TypeError, match="a key must be text"):
        canonical_json({1: "x"})
    with pytest.raises(ValueError, match="same text"):
        canonical_json({"e\u0301": 1, "\u00e9": 2})
    with pytest.raises(ValueError, match="surrogates"):
        canonical_json("\ud800")


@pytest.mark.rule("R11")
def test_changes_field_by_field() -> None:
    before = {
        "basics": {"title": "Cables", "summary": "Old", "sector": ""},
        "plan": {"milestones": [{"title": "A", "due_on": "2027-01-01"}, {"title": "B"}, {"title": "C"}]},
        "articles": {"answers": {"5": {"sites": ["x"]}, "10": {"people": "9"}}},
    }
    after = {
        "basics": {"title": "Cables", "summary": "New", "language": "en"},
        "plan": {"milestones": [{"title": "Start"}, {"title": "A", "due_on": "2027-02-01"}, {"title": "B"}]},
        "articles": {"answers": {"5": {"sites": []}, "10": {"people": "9"}}},
        "documents": {},
    }
    assert difference(before, after) == (
        Change("articles.answers.5.sites.0", "removed", "x", None),
        Change("basics.language", "added", None, "en"),
        Change("basics.summary", "changed", "Old", "New"),
        Change("plan.milestones.0.due_on", "removed", "2027-01-01", None),
        Change("plan.milestones.0.title", "changed", "A", "Start"),
        Change("plan.milestones.1", "added", None, {"title": "A", "due_on": "2027-02-01"}),
        Change("plan.milestones.2", "removed", {"title": "C"}, None),
    )


@pytest.mark.rule("R11")
def test_an_entry_put_in_front_is_one_change() -> None:
    before = {"lines": [{"n": str(n)} for n in range(8)]}
    after = {"lines": [{"n": "new"}, *before["lines"]]}
    assert difference(before, after) == (Change("lines.0", "added", None, {"n": "new"}),)


@pytest.mark.rule("R11")
def test_one_entry_become_two_is_a_change_and_an_addition() -> None:
    before, after = {"lines": ["x", "A"]}, {"lines": ["x", "B", "C"]}
    assert difference(before, after) == (Change("lines.1", "changed", "A", "B"), Change("lines.2", "added", None, "C"))
    assert difference(after, before) == (
        Change("lines.1", "changed", "B", "A"),
        Change("lines.2", "removed", "C", None),
    )


@pytest.mark.rule("R11")
@pytest.mark.parametrize(("one", "other"), [(None, ""), ({}, None), ([], ""), ("Cafe\u0301", "Caf\u00e9")])
def test_what_reads_the_same_is_no_change(one: Any, other: Any) -> None:
    assert difference({"a": one}, {"a": other}) == ()


@pytest.mark.rule("R11")
def test_one_field_of_another_kind_is_one_change() -> None:
    assert difference({"a": {"b": 1}}, {"a": "text"}) == (Change("a", "changed", {"b": 1}, "text"),)
    assert difference({"a": [1]}, {"a": {"b": 1}}) == (Change("a", "changed", [1], {"b": 1}),)
    assert difference({"a": True}, {"a": 1}) == (Change("a", "changed", True, 1),)


@pytest.mark.rule("R11")
@given(contents, contents)
def test_a_difference_is_empty_only_between_contents_that_read_the_same(one: Any, other: Any) -> None:
    assert difference(one, one) == ()
    assert (difference(one, other) == ()) == (repr(_shown(one)) == repr(_shown(other)))


def _shown(value: Any) -> Any:
    """A content without what a reader does not see."""
    if isinstance(value, dict):
        kept = {_nfc(key): _shown(entry) for key, entry in value.items()}
        return {key: entry for key, entry in sorted(kept.items()) if entry is not None} or None
    if isinstance(value, list):
        return [_shown(entry) for entry in value] or None
    return None if value == "" else _normal(value)


@pytest.mark.rule("R11")
@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("ten sites in Kenya", "twelve sites in Kenya", "-ten +twelve = sites in Kenya"),
        ("十个地点", "十二个地点", "=十 +二 =个地点"),
        ("น้ำดี", "น้ำใจ", "=น้ำ -ดี +ใจ"),
        ("", "all new", "+all new"),
        ("gone", "", "-gone"),
    ],
)
def test_words_that_changed(before: str, after: str, shown: str) -> None:
    signs = {"same": "=", "added": "+", "removed": "-"}
    assert " ".join(signs[piece.kind] + piece.text for piece in word_difference(before, after)) == shown


some_words = st.lists(st.sampled_from(["one", "two", " ", "\n", ".", "水", "กี่", "é", "e\u0301"]), max_size=30).map(
    "".join
)


@pytest.mark.rule("R11")
@given(some_words | st.text(), some_words | st.text())
def test_both_texts_can_be_read_from_the_pieces(before: str, after: str) -> None:
    pieces = word_difference(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == after
    assert all(piece.text for piece in pieces)
    if before == after:
        assert {piece.kind for piece in pieces} <= {"same"}


@pytest.mark.rule("R11")
def test_texts_too_long_to_compare_are_shown_whole() -> None:
    before, after = "a " * 1500, "b " * 1500
    assert word_difference(before, after) == (Piece("removed", before), Piece("added", after))
