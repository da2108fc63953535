"""Components: valid markup, names for those who hear the page, nothing lost, nothing that acts by itself."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import css_inline
import html5lib
import pytest
from flask_wtf import FlaskForm

from tests.pages.component_app import NOW, Reading, make_app, render
from webapp.pages.shared.fields import CharsField, ChoicesField, CleanStringField, ThreePartDateField

__all__ = ["render"]

TEMPLATES = Path("webapp/templates")
OWN = ("components", "layouts", "errors", "email")
ERRORS = (400, 403, 404, 405, 409, 413, 422, 429, 500, 503)


def macros(file: str, names: str) -> str:
    """The line that takes macros into a template."""
    return f"{{% from 'components/{file}.html' import {names} %}}"


FORM = macros("form", "post, field, button, buttons, saved, pick, error_summary, button_form")
STATUS = macros("status", "tag, strip, task, tasks, due, diff, facts, summary")
LIST = macros("list", "rows, row, chips, pager, table, views, add_another, search, files")
PAGE = macros("page", "crumbs, head, panel, confirm")


def parse(text: str) -> Any:
    """The document, strictly: an error of markup fails the test."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)


def fragment(text: str) -> Any:
    """A piece of a page, strictly."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parseFragment(text)


def own_templates() -> list[Path]:
    """The templates of the design system."""
    return sorted(path for folder in OWN for path in (TEMPLATES / folder).iterdir())


@pytest.mark.parametrize("path", own_templates(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_templates_keep_the_house_rules(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "|safe" not in text
    assert not re.search(r"\son(?:click|change|input|submit|load|key\w+|focus|blur)\s*=", text)
    if path.parent.name != "email":
        assert not re.search(r"\sstyle=|<style", text)
        assert not re.search(r"#[0-9a-f]{6}", text)
    make_app().jinja_env.get_template(f"{path.parent.name}/{path.name}")


@pytest.mark.parametrize("layout", ["page", "page_side", "page_desk"])
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_layouts_are_whole_pages(render: Reading, layout: str, lang: str) -> None:
    found = render(
        f"{{% extends 'layouts/{layout}.html' %}}{{% block title %}}Queue{{% endblock %}}"
        "{% block content %}<h1>Queue</h1>{% endblock %}{% block list %}<h1>Queue</h1>{% endblock %}",
        f"/?lang={lang}",
    )
    page = parse(found)
    html = page.getroot() if hasattr(page, "getroot") else page
    assert html.get("lang") == lang
    assert html.get("dir") == ("rtl" if lang == "ar" else "ltr")
    assert html.find(".//title").text == "Queue – Proposal Desk"
    assert len(html.findall(".//main[@id='main']")) == 1
    assert len(html.findall(".//h1")) == 1
    assert html.find(".//a[@class='skip']").get("href") == "#main"
    assert "Times are shown in Banjul time" in found or lang == "ar"
    assert all(script.get("nonce") == "n0nce" and script.get("src") for script in html.findall(".//script"))


@pytest.mark.parametrize("code", ERRORS)
def test_error_pages_say_what_to_do_and_an_id(render: Reading, code: int) -> None:
    text = f"{{% include 'errors/{code}.html' %}}"
    found = render(text, error_id="a1b2c3")
    parse(found)
    assert "a1b2c3" in found
    assert "lease" not in found
    if code not in (500, 503):
        assert "Ask Ms Sanneh" in render(text, error_id="a1b2c3", reason="Ask Ms Sanneh to hand it over.")


@pytest.mark.parametrize("code", [500, 503])
def test_pages_for_the_worst_moments_ask_nothing_of_anybody(code: int) -> None:
    app = make_app()
    with app.app_context():
        template = app.jinja_env.get_template(f"errors/{code}.html")
    found = template.render(_=str)
    parse(found)
    assert "Sign" not in found


class Draft(FlaskForm):
    """A form with each shape of field."""

    title = CleanStringField("Title", required="Enter the title", description="One line.")
    summary = CharsField("Summary", max_chars=10, description="In short.")
    kind = ChoicesField("Kind", choices=[("a", "A", "first"), ("b", "B")], required="Choose the kind")
    starts = ThreePartDateField("Start", required="Enter the start")


def drafted(text: str, sent: dict[str, str], path: str = "/") -> str:
    """A page with the form after these values were sent."""
    app = make_app()
    with app.test_request_context(path, method="POST", data=sent):
        form = Draft()
        form.validate()
        return app.jinja_env.from_string(text).render(
            form=form, lang="en", dir="ltr", csp_nonce="", actor=None, nav=[], demo=False
        )


def test_errors_stand_first_and_lead_to_their_fields() -> None:
    found = drafted(
        "{% extends 'layouts/page.html' %}{% block title %}Basics{% endblock %}{% block content %}<h1>Basics</h1>"
        + FORM
        + "{% for f in (form.title, form.summary, form.kind, form.starts) %}{{ field(f) }}{% endfor %}{% endblock %}",
        {"summary": "far too long for it", "starts-day": "31", "starts-month": "4", "starts-year": "2027"},
    )
    page = parse(found)
    assert page.find(".//title").text.startswith("Error: Basics")
    box = page.find(".//div[@role='alert']")
    lines = [(a.get("href"), "".join(a.itertext())) for a in box.findall(".//a")]
    assert [href for href, _ in lines] == ["#title", "#summary", "#kind-0", "#starts-day"]
    assert "4 answers need your attention" in found
    for href, message in lines:
        control = page.find(f".//*[@id='{href[1:]}']")
        assert control.tag in {"input", "textarea"}
        assert message in "".join(page.find(f".//*[@id='{href[1:].split('-')[0]}-error']").itertext())


def test_a_control_is_described_by_its_hint_and_its_error() -> None:
    page = fragment(
        drafted(FORM + "{{ field(form.title) }}{{ field(form.summary) }}", {"summary": "far too long for it"})
    )
    title, summary = page.find(".//input"), page.find(".//textarea")
    assert title.get("aria-describedby") == "title-hint title-error"
    assert title.get("aria-invalid") == "true"
    assert summary.get("aria-describedby") == "summary-hint summary-error summary-count"
    assert {"required", "maxlength", "placeholder"}.isdisjoint({*title.keys(), *summary.keys()})
    ids = {element.get("id") for element in page.iter() if element.get("id")}
    for element in page.iter():
        assert set((element.get("aria-describedby") or "").split()) <= ids


def test_what_was_typed_stands_in_the_fields_again() -> None:
    nasty = '"><script>alert(1)</script>'
    found = drafted(
        FORM + "{{ field(form.title) }}{{ field(form.summary) }}{{ field(form.starts) }}",
        {"title": nasty, "summary": nasty, "starts-day": "xx"},
    )
    page = fragment(found)
    assert page.find(".//input[@id='title']").get("value") == nasty
    assert page.find(".//textarea").text.strip() == nasty
    assert page.find(".//input[@id='starts-day']").get("value") == "xx"
    assert "<script" not in found


def test_forms_carry_their_tokens_and_the_version_they_were_read_from(render: Reading) -> None:
    text = """{% call post('/x', autosave='PD-1/basics', base=0, once='k1') %}
      {{ buttons() }}{{ saved() }}{% endcall %}"""
    page = fragment(render(FORM + text))
    form = page.find(".//form")
    assert (form.get("method"), form.get("action"), form.get("data-autosave")) == ("post", "/x", "PD-1/basics")
    assert {i.get("name"): i.get("value") for i in page.findall(".//input")} == {
        "csrf_token": "token",
        "base_version": "0",
        "form_key": "k1",
    }
    assert [b.get("value") for b in page.findall(".//button")] == ["next", "list"]


def test_the_strip_has_a_cell_for_each_article_and_says_which(render: Reading) -> None:
    page = fragment(render(STATUS + "{{ strip([10, 1, 5], 5) }}"))
    strip = page.find(".//span")
    assert strip.get("aria-label") == "Articles 1, 5, 10; main article 5"
    assert [place + 1 for place, cell in enumerate(strip) if cell.get("class")] == [1, 5, 10]
    assert [cell.get("class") for cell in strip].count("main") == 1
    assert len(strip) == 20
    assert render(STATUS + "{{ strip([], None) }}").strip().endswith("No article chosen yet</span>")


def test_task_states_are_words_and_a_waiting_task_is_no_link(render: Reading) -> None:
    found = render(
        STATUS + "<ul>{{ task('Basics', '/b', 'complete') }}{{ task('Plan', '/p', 'to_fix', fixes=2) }}"
        "{{ task('Submit', '/s', 'waiting', 'Opens when all is complete') }}</ul>"
    )
    page = fragment(found)
    assert [a.get("href") for a in page.findall(".//a")] == ["/b", "/p"]
    assert "2 answers to fix" in found
    assert "Cannot start yet" in found
    assert "Opens when all is complete" in found


LISTS = """
{{ chips([('2027 open call', '/off', true), ('Partner', '/on', false)]) }}{{ pager('/1', '/3', 2, 7) }}
{% call rows('Queue') %}
{{ row('<b>Title</b>', '/r', ref='PD-1', select='PD-1', current=true, end=due(at, now) ~ strip([1], 1)) }}
{% endcall %}
{{ table('Budget', [{'label': 'Partner', 'url': '/s', 'sorted': 'ascending'}, {'label': 'Amount', 'num': true}],
   [['Kenya', 1]], foot=['Total', 1]) }}
{{ search('/s', 'Search', 'a"b') }}{{ files([('<i>.pdf', 10, '/f', '', '/x')]) }}
{{ add_another([('One', '', '/c', '/d', '')], 'Add', '/a') }}{{ views([('Mine', [('To do', '/t', 3, true)])]) }}
"""


def test_lists(render: Reading) -> None:
    page = fragment(render(LIST + STATUS + LISTS, at=NOW + timedelta(days=1)))
    row = page.find(".//li[@aria-current='true']")
    assert row.find(".//input").get("aria-label") == "Select PD-1"
    assert "".join(row.find(".//a").itertext()) == "<b>Title</b>"
    assert "Due tomorrow" in "".join(row.itertext())
    assert page.find(".//th[@aria-sort='ascending']/a") is not None
    assert page.find(".//div[@role='region'][@tabindex='0']/table/caption").text == "Budget"
    assert "Page 2 of 7" in "".join(page.find(".//nav").itertext())
    assert page.find(".//input[@type='search']").get("value") == 'a"b'


def test_a_page_that_asks_before_it_acts_is_a_form_with_a_way_back(render: Reading) -> None:
    text = """{% call confirm('/decline', 'Decline this invitation', '/back', effect='Another is asked.',
      told='The secretariat.', undo='No.', bad=True) %}{% endcall %}"""
    found = render(PAGE + text)
    page = fragment(found)
    assert page.find(".//form").get("method") == "post"
    assert page.find(".//input[@name='csrf_token']") is not None
    assert page.find(".//a").get("href") == "/back"
    assert all(words in found for words in ("Another is asked.", "The secretariat.", "Can it be undone?"))


def test_differences_are_said_in_words_too(render: Reading) -> None:
    sections = [
        {
            "title": "Basics",
            "fields": [{"label": "Title", "parts": [("same", "A "), ("removed", "<x>"), ("added", "y")]}],
        },
        {"title": "Plan", "fields": []},
    ]
    page = fragment(render(STATUS + "{{ diff(sections) }}", sections=sections))
    assert "".join(page.find(".//del").itertext()) == "Removed: <x>"
    assert "".join(page.find(".//ins").itertext()) == "Added: y"
    assert "1 section is unchanged" in "".join(page.find(".//details").itertext())


MAIL = """{% extends "email/_layout.html" %}{% from "email/_parts.html" import facts, strip, action, quote %}
{% block preheader %}By 14 March{% endblock %}
{% block body %}{{ facts([("With", name), ("Articles", strip([1, 5], 5))]) }}
{{ quote(name) }}{{ action("Read", "https://x.example/e/1") }}{% endblock %}
{% block why %}You are a focal point.{% endblock %}"""


@pytest.mark.rule("R55")
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_mails_are_tables_with_rules_moved_onto_the_elements(render: Reading, direction: str) -> None:
    name = "<b>Kenya</b>"
    found = render(
        MAIL, name=name, dir=direction, subject="Read & endorse", reference="PD-1", settings_url="https://x.example/s"
    )
    inlined = css_inline.CSSInliner().inline(found)
    page = parse(inlined)
    assert inlined.count("<style") == 1
    assert "prefers-color-scheme: dark" in inlined
    assert len(inlined.encode()) < 30_000
    assert "<b>Kenya" not in inlined
    assert page.find(".//title").text == "Read & endorse"
    assert [a.get("href") for a in page.findall(".//a")] == ["https://x.example/e/1", "https://x.example/s"]
    assert "https://x.example/e/1" in "".join(page.itertext())
    strip = page.find(".//table[@aria-hidden='true']")
    assert len([td for td in strip.iter("td") if td.get("bgcolor")]) == 20
