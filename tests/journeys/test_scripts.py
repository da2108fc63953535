"""The scripts in a real browser: text is saved and kept, files are answered, keys do what the list of keys says."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from time import sleep
from typing import Any

import pytest
from flask import Flask, Response, jsonify, redirect, render_template_string, request
from flask_wtf import FlaskForm
from playwright.sync_api import Page, expect, sync_playwright
from werkzeug.serving import make_server

from tests.pages.component_app import make_app
from webapp.pages.shared.fields import CharsField, CleanStringField, MultiFileField, PasswordField

# A loaded machine is slow to draw: what is expected may take its time.
expect.set_options(timeout=20_000)
pytestmark = [pytest.mark.journey, pytest.mark.rule("R5", "R64")]

KEPT = "Object.keys(localStorage).filter(key => key.startsWith('pd:'))"
IMPORTS = """{% from "components/form.html" import post, field, buttons, saved, button %}
{% from "components/list.html" import rows, row, bulk, chips, search %}"""
WRITING = (
    '{% extends "layouts/page.html" %}{% block title %}Basics{% endblock %}{% block content %}'
    + IMPORTS
    + """<h1>Basics</h1>{% call post("/writing", autosave="PD-1/basics", base=1, account="7") %}
{{ field(form.title) }}{{ field(form.summary) }}{{ field(form.password) }}{{ buttons() }}{{ saved() }}
{% endcall %}{% endblock %}"""
)
SENDING = (
    '{% extends "layouts/page.html" %}{% block title %}Documents{% endblock %}{% block content %}'
    + IMPORTS
    + """<h1>Documents</h1>{% call post("/sending", upload=True) %}{{ field(form.files) }}
{% call buttons() %}{{ button("Add the files") }}{% endcall %}{% endcall %}{% endblock %}"""
)
PREVIEW = IMPORTS + '<h2>{{ name }}</h2><form action="/chosen/{{ name }}">{{ button("Go", key="A") }}</form>'
DESK = (
    '{% extends "layouts/page_desk.html" %}{% block title %}Queue{% endblock %}{% block list %}'
    + IMPORTS
    + """<h1>Queue</h1>{{ search("/desk", "Search") }}{{ chips([("All", "/desk", true)]) }}
{% call bulk(clear_url="/desk") %}{{ button("Export", small=True) }}{% endcall %}
{% call rows("Queue") %}{% for name in ("One", "Two", "Three", "Four") %}
{{ row(name, "/whole/" ~ name, ref=name, select=name, preview="/preview/" ~ name) }}{% endfor %}{% endcall %}
{% endblock %}{% block view %}<section class="view" aria-label="Selected proposal"></section>{% endblock %}"""
)


class Writing(FlaskForm):
    """What is written in these tests."""

    title = CleanStringField("Title")
    summary = CharsField("Summary", max_chars=10)
    password = PasswordField("Password")


class Sending(FlaskForm):
    """What is sent in these tests."""

    files = MultiFileField("Files", required="Choose a file")


@dataclass
class Served:
    """The pages, how the next autosave is answered, and what was sent."""

    address: str = ""
    answer: str = "ok"
    seconds: float = 0
    sent: list[dict[str, str]] = field(default_factory=list)


def _served(served: Served) -> Flask:
    app = make_app.__wrapped__()

    @app.route("/writing", methods=["GET", "POST"])
    def writing() -> Any:
        if request.method == "POST" and "X-Autosave" not in request.headers:
            served.sent.append({"pressed": request.form["base_version"]})
        if request.headers.get("X-Autosave"):
            sleep(served.seconds)
            served.sent.append(request.form.to_dict())
            answers = {
                "ok": lambda: jsonify(version=len(served.sent) + 1, message="Saved at 10:52"),
                "down": lambda: Response(status=503),
                "stale": lambda: Response(status=409),
                "signed out": lambda: redirect("/desk"),
            }
            return answers[served.answer]()
        return render_template_string(WRITING, form=Writing(formdata=None))

    @app.route("/sending", methods=["GET", "POST"])
    def sending() -> Any:
        form = Sending()
        status = 200 if request.method == "GET" or form.validate() else 422
        return render_template_string(SENDING, form=form), status

    @app.get("/desk")
    def desk() -> str:
        return render_template_string(DESK)

    @app.get("/preview/<name>")
    def preview(name: str) -> str:
        return render_template_string(PREVIEW, name=name)

    @app.get("/whole/<name>")
    def whole(name: str) -> str:
        return name

    @app.get("/chosen/<name>")
    def chosen(name: str) -> str:
        return name

    return app


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """The pages, served from a thread of this process."""
    found = Served()
    server = make_server("127.0.0.1", 0, _served(found), threaded=True)
    found.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(served: Served) -> Iterator[Page]:
    """A new browser with an empty storage; an error of a script fails the test."""
    served.answer, served.seconds, served.sent = "ok", 0, []
    wrong: list[str] = []
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        found = browser.new_page(base_url=served.address, viewport={"width": 1280, "height": 800})
        found.on("pageerror", lambda error: wrong.append(str(error)))
        yield found
        browser.close()
    assert wrong == []


def test_what_is_typed_is_counted_and_saved_by_itself(page: Page, served: Served) -> None:
    page.goto("/writing")
    page.fill("#summary", "one 😀\ntwo three")
    expect(page.locator(".chars__n")).to_have_text("Characters over the limit: 5")
    expect(page.locator("[data-saved]")).to_have_text("Saved at 10:52", timeout=8000)
    assert page.input_value("[name=base_version]") == "2"
    assert served.sent[0]["base_version"] == "1"
    page.fill("#summary", "one")
    expect(page.locator(".chars__n")).to_have_text("Characters left: 7")
    page.locator("#summary").dispatch_event("change")
    expect(page.locator("[name=base_version]")).to_have_value("3", timeout=8000)
    assert page.evaluate(KEPT) == []


@pytest.mark.rule("R5", "R6")
def test_a_press_waits_for_the_save_that_is_on_its_way(page: Page, served: Served) -> None:
    """Else the form would carry an older version than its own text made, and its writer be told of somebody else."""
    served.seconds = 1.5
    page.goto("/writing")
    page.fill("#title", "A river clinic")
    with page.expect_request(lambda sent: "x-autosave" in sent.headers):
        page.locator("#title").dispatch_event("change")
    with page.expect_navigation():
        page.locator("main form[data-autosave] [type=submit]").first.click()
    assert [one.get("pressed") for one in served.sent] == [None, "2"]


def test_text_is_kept_while_the_line_is_down_and_offered_afterwards(page: Page, served: Served) -> None:
    served.answer = "down"
    page.goto("/writing")
    page.fill("#password", "not to be kept")
    page.fill("#title", "A river clinic")
    expect(page.locator("[data-saved]")).to_contain_text("Not connected", timeout=8000)
    kept = page.evaluate("localStorage['pd:7:PD-1/basics']")
    assert "A river clinic" in kept
    assert "not to be kept" not in kept
    assert "token" not in kept
    page.goto("/writing")
    expect(page.locator(".kept strong")).to_contain_text("was not sent yet")
    page.click("text=Show it")
    expect(page.locator(".kept__t")).to_contain_text("A river clinic")
    served.answer = "ok"
    page.click("text=Send it")
    expect(page.locator("[data-saved]")).to_have_text("Saved at 10:52")
    assert page.input_value("#title") == "A river clinic"
    assert page.evaluate(KEPT) == []


@pytest.mark.rule("R6")
@pytest.mark.parametrize(
    ("answer", "words"), [("stale", "Somebody else changed this section"), ("signed out", "You are signed out")]
)
def test_a_refused_save_is_said_and_loses_nothing(page: Page, served: Served, answer: str, words: str) -> None:
    served.answer = answer
    page.goto("/writing")
    page.fill("#title", "Mine")
    expect(page.locator("[data-saved]")).to_contain_text(words, timeout=8000)
    assert page.evaluate(KEPT) == ["pd:7:PD-1/basics"]
    page.evaluate("document.querySelector('form[data-signout]').dispatchEvent(new Event('submit'))")
    assert page.evaluate(KEPT) == []


def test_a_shared_computer_keeps_nothing(page: Page, served: Served) -> None:
    served.answer = "down"
    page.add_init_script(
        "document.addEventListener('readystatechange', () => "
        "document.documentElement.setAttribute('data-shared', ''), {once: true})"
    )
    page.goto("/writing")
    page.fill("#title", "Mine")
    expect(page.locator("[data-saved]")).to_contain_text("Keep this page open", timeout=8000)
    assert page.evaluate(KEPT) == []


def test_old_copies_go(page: Page) -> None:
    page.goto("/desk")
    page.evaluate(
        "localStorage['pd:7:a'] = JSON.stringify({at: Date.now() - 15 * 86400000}); localStorage['pd:7:b'] = '!'"
    )
    page.evaluate("localStorage['pd:7:c'] = JSON.stringify({at: Date.now()})")
    page.goto("/writing")
    assert page.evaluate(KEPT) == ["pd:7:c"]


def test_files_that_are_refused_are_answered_in_the_page(page: Page) -> None:
    page.goto("/sending")
    page.set_input_files("#files", [{"name": "run.exe", "mimeType": "x/y", "buffer": b"x"}])
    page.click("text=Add the files")
    expect(page.locator(".errors")).to_be_focused()
    expect(page.locator(".errors li")).to_contain_text("“run.exe” is of a kind that is not taken")
    assert page.title().startswith("Error: Documents")
    page.set_input_files("#files", [{"name": "letter.pdf", "mimeType": "application/pdf", "buffer": b"x" * 300_000}])
    page.click("text=Add the files")
    expect(page.locator(".errors")).to_have_count(0)


def test_keys_move_preview_select_and_act(page: Page) -> None:
    page.goto("/desk")
    expect(page.locator(".bulk")).to_be_hidden()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".row:nth-child(2) a")).to_be_focused()
    expect(page.locator(".view h2")).to_have_text("Two")
    expect(page.locator(".row[aria-current]")).to_contain_text("Two")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(page.locator("[data-bulk-count]")).to_have_text("Selected: 3")
    page.click(".bulk__clear")
    expect(page.locator(".bulk")).to_be_hidden()
    page.keyboard.press("k")
    expect(page.locator(".view h2")).to_have_text("Three")
    page.keyboard.press("v")
    expect(page.locator(".view")).to_be_hidden()
    page.keyboard.press("a")
    assert page.url.endswith("/desk")
    page.keyboard.press("v")
    expect(page.locator(".view:not([aria-busy]) h2")).to_have_text("Three")  # fetched anew, not what stood there
    page.keyboard.press("a")
    page.wait_for_url("**/chosen/Three*")


def test_no_key_acts_on_what_is_not_yet_shown(page: Page) -> None:
    page.goto("/desk")
    page.keyboard.press("j")
    expect(page.locator(".view h2")).to_have_text("One")
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.locator(".view h2")).to_have_text("Two")
    assert page.url.endswith("/desk")


def test_keys_rest_while_somebody_types_and_when_switched_off(page: Page) -> None:
    page.goto("/desk")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("jxo?")
    expect(page.locator("#q")).to_have_value("jxo?")
    page.locator("#q").blur()
    page.keyboard.press("Control+j")
    expect(page.locator(".row a:focus")).to_have_count(0)
    page.keyboard.press("?")
    expect(page.locator("[data-all-keys] dl")).to_be_visible()
    page.click("[data-keys-switch]")
    expect(page.locator("[data-keys-switch]")).to_have_text("Keyboard: off")
    page.keyboard.press("j")
    expect(page.locator(".row a:focus")).to_have_count(0)
    page.reload()
    expect(page.locator("[data-keys-switch]")).to_have_text("Keyboard: off")


def test_a_row_opens_beside_the_list_and_in_full_by_a_second_press(page: Page) -> None:
    page.goto("/desk")
    page.click("text=Two")
    expect(page.locator(".view h2")).to_have_text("Two")
    page.click("text=Two >> nth=0")
    page.wait_for_url("**/whole/Two")
    page.set_viewport_size({"width": 360, "height": 700})
    page.goto("/desk")
    page.click("text=Three")
    page.wait_for_url("**/whole/Three")
