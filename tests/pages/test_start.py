"""The application starts and its first page is whole."""

from __future__ import annotations

import pytest

from tests.browsing import Browser
from tests.factories import make_person
from webapp.wiring import Wiring


def test_sign_in_page(browse: Browser) -> None:
    answer = browse().get("/sign-in")
    assert answer.status_code == 200
    assert "Sign in" in answer.text


@pytest.mark.rule("R64")
def test_the_reader_chooses_a_language(browse: Browser, wired: Wiring) -> None:
    visitor = browse()
    page = visitor.get("/register?article=3").text
    assert '<html lang="en" dir="ltr">' in page
    assert 'href="/register?article=3&amp;lang=ar" lang="ar"' in page
    odd = visitor.get("/register?_scheme=javascript&endpoint=x&q=%22%3E%C3%A9&q=b").text
    assert 'href="/register?_scheme=javascript&amp;endpoint=x&amp;q=%22%3E%C3%A9&amp;q=b&amp;lang=ar"' in odd
    chosen = visitor.get("/register?article=3&lang=ar")
    assert '<html lang="ar" dir="rtl">' in chosen.text
    assert "public" not in chosen.headers["Cache-Control"]
    assert '<html lang="ar" dir="rtl">' in visitor.get("/calls").text, "kept for the next page"
    assert '<html lang="ar" dir="rtl">' in visitor.get("/calls?lang=xx").text, (
        "a language that is not there changes nothing"
    )
    person = browse(make_person(wired, language="zh"))
    person.client.set_cookie("lang", "ar")
    assert '<html lang="zh" dir="ltr">' in person.get("/proposals").text, "the account says more than the cookie"
