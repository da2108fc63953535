"""Letters: subject alone, text made from the HTML, language and direction of the reader."""

from __future__ import annotations

import pytest
from jinja2 import UndefinedError

from tests.fakes import renderer_with
from webapp.adapters.plain_text import plain_text

PLAIN = """{% extends "email/_layout.html" %}
{% block subject %}For {{ name }} & more{% endblock %}
{% block body %}<p>{{ name }}</p>{% endblock %}"""


def test_subject_is_text_and_body_is_escaped() -> None:
    letter = renderer_with({"plain": PLAIN}).letter("plain", "en", "UTC", {"name": "<b>A</b>", "reference": ""})
    assert letter.subject == "For <b>A</b> & more"
    assert "&lt;b&gt;A&lt;/b&gt;" in letter.html
    assert "<b>A</b>" in letter.text


def test_right_to_left_and_unknown_languages() -> None:
    renderer = renderer_with({"plain": PLAIN})
    values = {"name": "A", "reference": ""}
    assert '<html lang="ar" dir="rtl">' in renderer.letter("plain", "ar", "UTC", values).html
    for unknown in ("xx", "", "not a language", "es"):
        assert '<html lang="en" dir="ltr">' in renderer.letter("plain", unknown, "UTC", values).html


def test_an_unknown_variable_fails() -> None:
    broken = PLAIN.replace("<p>{{ name }}</p>", "{{ nmae }}")
    with pytest.raises(UndefinedError, match="nmae"):
        renderer_with({"broken": broken}).letter("broken", "en", "UTC", {"name": "A", "reference": ""})


def test_a_template_without_a_subject_fails() -> None:
    bare = PLAIN.replace("block subject", "block other")
    with pytest.raises(LookupError, match="subject"):
        renderer_with({"bare": bare}).sentence("bare", "en", "UTC", {"name": "A", "reference": ""})


def test_text_of_html() -> None:
    html = """<html><head><style>p {}</style><title>no</title></head><body><div class="pre">hidden</div>
    <h1>Title</h1><p>One<br>two &amp; <a href="http://x/?a=1&amp;b=2">here</a> <a href="http://y/">http://y/</a></p>
    <ul><li>first</li><li>second</li></ul><span aria-hidden="true">no <i>no</i></span>
    <table><tr><td class="k">Answer by</td><td class="v">Monday</td></tr>
    <tr><td class="k">For</td><td class="v">KE</td></tr></table>
    <table><tr><td class="b"><a href="http://z/">Press</a></td></tr></table>
    <p>Note <span class="look">only<br>there</span></p>
    </body></html>"""
    assert plain_text(html) == (
        "Title\n\nOne\ntwo & here (http://x/?a=1&b=2) http://y/\n\n- first\n- second\n\n"
        "Answer by: Monday\nFor: KE\n\nPress:\nhttp://z/\n\nNote\n"
    )


def test_long_lines_are_broken_but_addresses_are_not() -> None:
    address = "https://desk.example/" + "a" * 100
    text = plain_text(f"<p>{'word ' * 40}</p><p>{address}</p>")
    assert all(len(line) <= 76 for line in text.splitlines() if address not in line)
    assert address in text.splitlines()
