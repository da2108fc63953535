"""A budget through its pages: exact amounts with the decimals of their currency, sums, shares, sources (R8)."""

from __future__ import annotations

import re

import pytest

from tests.browsing import Browser, Visitor
from tests.factories import make_call, make_person
from tests.pages.filling import begin, send
from webapp.domain.budgets import Terms, problems
from webapp.pages.shared.problem_words import WORDS
from webapp.wiring import Wiring

pytestmark = pytest.mark.rule("R8")


@pytest.fixture
def applicant(browse: Browser, wired: Wiring) -> Visitor:
    return browse(make_person(wired))


@pytest.fixture
def reference(applicant: Visitor, wired: Wiring) -> str:
    return begin(applicant, make_call(wired).code)


def typed(page: str) -> str:
    """The text of a page without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.mark.parametrize(
    ("currency", "amount", "fits"),
    [
        ("JPY", "1200", True),
        ("JPY", "1200.5", False),
        ("XOF", "7", True),
        ("USD", "0.15", True),
        ("USD", "0.101", False),
        ("KWD", "1.234", True),
        ("KWD", "1.2345", False),
    ],
)
def test_an_amount_has_the_decimals_of_its_currency(
    applicant: Visitor, reference: str, currency: str, amount: str, fits: bool
) -> None:
    base = f"/proposals/{reference}"
    send(applicant, f"{base}/sections/budget", {"currency": currency})
    line = {"partner": "KE", "category": "staff", "description": "Masts", "amount": amount, "base_version": "1"}
    answer = applicant.post(f"{base}/lists/lines/0", line)
    assert answer.status_code == 303
    # What does not fit is kept as it was typed, and the page of the entry comes again.
    assert ("/lists/lines/1" in answer.location) is not fits
    shown = applicant.get(f"{base}/lists/lines/1").text
    assert f'value="{amount}"' in shown.replace("1,200", "1200")
    assert ("#amount" in applicant.get(f"{base}/check").text) is not fits


def test_sums_are_exact_shares_are_shown_and_sources_cover(applicant: Visitor, reference: str) -> None:
    base = f"/proposals/{reference}"
    send(applicant, f"{base}/sections/partners", {"lead_partner": "KE"})
    send(applicant, f"{base}/lists/participants/0", {"partner": "CN"})
    send(applicant, f"{base}/sections/budget", {"currency": "KWD"})
    for partner, amount in (("KE", "0.100"), ("KE", "0.200"), ("CN", "0.600")):
        line = {"partner": partner, "category": "staff", "description": "Masts", "amount": amount}
        send(applicant, f"{base}/lists/lines/0", line)
    source = {"name": "A fund", "kind": "grant", "state": "secured", "amount": "0.899"}
    send(applicant, f"{base}/lists/sources/0", source)
    page = typed(applicant.get(f"{base}/sections/budget").text)
    assert "Costs KWD 0.900" in page and "Funding KWD 0.899" in page  # no 0.30000000000000004
    assert "KWD 0.600 66.7 %" in page and "KWD 0.300 33.3 %" in page
    assert "KWD 0.001 is missing" in typed(applicant.get(f"{base}/check").text)
    send(applicant, f"{base}/lists/sources/1", {**source, "amount": "0.900"})
    assert "budget#sources" not in applicant.get(f"{base}/check").text


def test_a_currency_with_fewer_decimals_points_at_the_amounts(applicant: Visitor, reference: str) -> None:
    base = f"/proposals/{reference}"
    send(applicant, f"{base}/sections/budget", {"currency": "USD"})
    line = {"partner": "KE", "category": "staff", "description": "Masts", "amount": "10.55"}
    send(applicant, f"{base}/lists/lines/0", line)
    send(applicant, f"{base}/sections/budget", {"currency": "JPY"})
    assert f"{base}/lists/lines/1#amount" in applicant.get(f"{base}/check").text
    assert 'value="10.55"' in applicant.get(f"{base}/lists/lines/1").text


@pytest.mark.rule("R9")
def test_every_problem_of_a_budget_says_what_to_do() -> None:
    terms = Terms({"KE"}, {"staff"}, {"grant"}, {"secured"})
    line = {"partner": "KE", "category": "staff", "description": "Masts", "amount": "2"}
    source = {"name": "A fund", "kind": "grant", "amount": "1", "state": "secured"}
    odd = dict.fromkeys((*line, *source), "?")
    given = [
        {},
        {"currency": "?"},
        {"currency": "USD"},
        {"currency": "USD", "lines": [{}, odd, {**line, "amount": "0"}], "sources": [{}, odd]},
        {"currency": "USD", "lines": [line], "sources": [source]},
    ]
    found = {problem.code: problem for content in given for problem in problems(content, terms)}
    assert {code for code in found if code not in WORDS} == set()
    assert len(found) == 18
    for problem in found.values():
        assert str(WORDS[problem.code]) % problem.params
