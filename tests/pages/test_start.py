"""The application starts and its first page is whole."""

from __future__ import annotations

from tests.browsing import Browser


def test_sign_in_page(browse: Browser) -> None:
    answer = browse().get("/sign-in")
    assert answer.status_code == 200
    assert "Sign in" in answer.text
