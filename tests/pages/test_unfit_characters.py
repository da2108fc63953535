"""Characters that no database can store and no page may show are marked before anything reads them."""

from __future__ import annotations

import pytest

from tests.browsing import Browser
from tests.factories import make_call, make_person, make_secretary
from webapp.wiring import Wiring


@pytest.mark.parametrize(
    "path", ["/register?q=a%00z", "/register?q=%1B%7F", "/letters?code=%00%08", "/receipts?receipt=%0B%00"]
)
def test_in_a_query(browse: Browser, path: str) -> None:
    assert browse().get(path).status_code == 200


@pytest.mark.parametrize("path", ["/register/a%00z", "/letters/%00", "/partners/%00", "/calls/%00", "/confirm/%00"])
def test_in_an_address(browse: Browser, path: str) -> None:
    assert browse().get(path).status_code == 404


def test_in_a_one_time_key(browse: Browser, wired: Wiring) -> None:
    sent = {"call": make_call(wired).code, "form_key": "a\x00z"}
    assert browse(make_person(wired)).post("/proposals/new", sent).status_code == 303


def test_in_a_search_of_the_desk(browse: Browser, wired: Wiring) -> None:
    assert browse(make_secretary(wired)).get("/desk/proposals?q=a%00z").status_code == 200


def test_numbers_beyond_any_row(browse: Browser, wired: Wiring) -> None:
    visitor = browse(make_person(wired))
    assert visitor.post("/alerts/read", {"up_to": "9" * 40, "id": "9" * 40}).status_code == 303
    assert visitor.get("/alerts?before=" + "9" * 40).status_code == 200
