"""Budgets: decimals to the last minor unit, covered by their sources, shared among partners (R8)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.budgets import (
    MINOR_UNITS,
    Budget,
    Line,
    Terms,
    problems,
    read_amount,
    read_budget,
    shares,
    write_amount,
)
from webapp.domain.problems import Problem

pytestmark = pytest.mark.rule("R8")

LINE_FIELDS = ("partner", "category", "description", "amount")
TERMS = Terms(
    partners={"KE", "CN"}, categories={"staff", "travel"}, kinds={"own_funds", "grant"}, states={"secured", "sought"}
)


def budget(**changed: Any) -> dict[str, Any]:
    content: dict[str, Any] = {
        "currency": "USD",
        "lines": [
            {"partner": "KE", "category": "staff", "description": "Two engineers", "amount": "120000.00"},
            {"partner": "CN", "category": "travel", "description": "Visits", "amount": "20000.50"},
        ],
        "sources": [
            {"name": "Ministry", "kind": "own_funds", "amount": "100000.00", "state": "secured"},
            {"name": "Fund", "kind": "grant", "amount": "40000.50", "state": "sought"},
        ],
    }
    return {**content, **changed}


def with_entry(entries: str, number: int, /, **changed: Any) -> dict[str, Any]:
    content = budget()
    content[entries][number].update(changed)
    return content


def test_a_budget_that_adds_up() -> None:
    read = read_budget(budget())
    assert problems(budget(), TERMS) == ()
    assert (read.total, read.funding, read.gap) == (Decimal("140000.50"), Decimal("140000.50"), 0)
    assert [(share.partner, share.amount, str(share.percent)) for share in shares(read)] == [
        ("KE", Decimal("120000.00"), "85.7"),
        ("CN", Decimal("20000.50"), "14.3"),
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({}, [("currency", "currency_missing")]),
        (budget(currency="usd"), [("currency", "currency_unknown")]),
        (
            budget(lines=[], sources=None),
            [("lines", "budget_lines_missing"), ("sources", "budget_sources_missing")],
        ),
        (with_entry("lines", 0, partner="FR"), [("lines.0.partner", "budget_partner_unknown")]),
        (with_entry("lines", 1, partner=""), [("lines.1.partner", "budget_partner_missing")]),
        (with_entry("lines", 1, category=["staff"]), [("lines.1.category", "budget_category_unknown")]),
        (with_entry("lines", 0, description=" "), [("lines.0.description", "budget_description_missing")]),
        (with_entry("lines", 0, amount=""), [("lines.0.amount", "budget_amount_missing")]),
        (with_entry("lines", 0, amount="0.00"), [("lines.0.amount", "budget_amount_nought")]),
        (with_entry("lines", 0, amount="12.345"), [("lines.0.amount", "budget_amount_unreadable")]),
        (with_entry("sources", 0, name=None), [("sources.0.name", "budget_name_missing")]),
        (with_entry("sources", 1, kind="magic"), [("sources.1.kind", "budget_kind_unknown")]),
        (with_entry("sources", 1, state=""), [("sources.1.state", "budget_state_missing")]),
        (with_entry("sources", 1, amount="40000.49"), [("sources", "budget_not_covered")]),
        (
            budget(lines=["x"]),
            [(f"lines.0.{field}", f"budget_{field}_missing") for field in LINE_FIELDS],
        ),
    ],
)
def test_problems_stand_at_their_fields(content: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert [(problem.field, problem.code) for problem in problems(content, TERMS)] == expected


def test_what_is_not_covered_is_said() -> None:
    short = with_entry("sources", 1, amount="40000.49")
    assert problems(short, TERMS) == (
        Problem("budget", "sources", "budget_not_covered", {"missing": "0.01", "currency": "USD"}),
    )
    assert read_budget(short).gap == Decimal("0.01")


@pytest.mark.parametrize(
    "text",
    [
        "-1",
        "+1",
        "1e5",
        "NaN",
        "Infinity",
        "1,000",
        " 1",
        "1.",
        ".5",
        "1_000",
        "0x10",
        "٣",
        "1" * 16,
        5,
        5.0,
        None,
        True,
    ],
)
def test_only_plain_decimals_are_amounts(text: Any) -> None:
    assert read_amount(text, "USD") is None


def test_an_amount_has_the_decimals_of_its_currency() -> None:
    assert read_amount("1500", "JPY") == 1500
    assert read_amount("1500.5", "JPY") is None
    assert str(read_amount("1.5", "USD")) == "1.50"
    assert str(read_amount("1.500", "USD")) == "1.50"
    assert str(read_amount("1.5", "TND")) == "1.500"
    assert read_amount("1.5", "XXX") is None
    assert read_amount("9" * 15, "JPY") == 10**15 - 1
    assert read_amount("0" * 5 + "9" * 15, "JPY") == 10**15 - 1
    assert write_amount(Decimal("1500"), "KMF") == "1500"
    assert write_amount(Decimal("1E+3"), "USD") == "1000.00"
    with pytest.raises(ValueError, match="XOF has no amount"):
        write_amount(Decimal("0.5"), "XOF")


def test_currencies_are_those_of_iso_4217() -> None:
    """A sample of each kind, with those of the initiative's partners."""
    known = {
        "CNY": 2, "ARS": 2, "KHR": 2, "KMF": 0, "CUP": 2, "ETB": 2, "GMD": 2, "KES": 2, "LAK": 2, "MYR": 2, "MMK": 2,
        "ILS": 2, "JOD": 3, "STN": 2, "THB": 2, "USD": 2, "EUR": 2, "JPY": 0, "CLF": 4, "BHD": 3, "XAF": 0,
    }  # fmt: skip
    assert {code: MINOR_UNITS[code] for code in known} == known
    assert "XXX" not in MINOR_UNITS
    assert "XTS" not in MINOR_UNITS


def test_what_rounding_leaves_over_goes_to_those_who_lost_most() -> None:
    """8.333, 10.714 and 80.952 per cent: rounded down a tenth is missing, and it is the last that lost most."""
    lines = tuple(Line(partner, "staff", "x", Decimal(n)) for partner, n in (("CN", 7), ("KE", 9), ("KH", 68)))
    assert [(share.partner, str(share.percent)) for share in shares(Budget("USD", lines))] == [
        ("KH", "81.0"),
        ("KE", "10.7"),
        ("CN", "8.3"),
    ]


amounts = st.decimals(Decimal("0.01"), Decimal("999999999.99"), places=2)
lines = st.lists(st.tuples(st.sampled_from(["CN", "KE", "KH", "ST"]), amounts), max_size=30)


@given(lines)
def test_shares_add_up_to_the_whole(drawn: list[tuple[str, Decimal]]) -> None:
    whole = Budget("USD", tuple(Line(partner, "staff", "x", amount) for partner, amount in drawn))
    found = shares(whole)
    assert sum(share.amount for share in found) == whole.total == sum(amount for _, amount in drawn)
    assert [share.amount for share in found] == sorted((share.amount for share in found), reverse=True)
    assert {share.partner for share in found} == {partner for partner, _ in drawn}
    if drawn:
        assert sum(share.percent for share in found) == 100
        for share in found:
            assert abs(share.percent - 100 * share.amount / whole.total) < Decimal("0.1")


@given(amounts, st.sampled_from(["USD", "TND"]))
def test_what_is_written_is_read(amount: Decimal, currency: str) -> None:
    assert read_amount(write_amount(amount, currency), currency) == amount


@given(st.lists(amounts, min_size=1, max_size=8), st.lists(amounts, min_size=1, max_size=8))
def test_funding_covers_the_lines_or_the_gap_is_said(costs: list[Decimal], funds: list[Decimal]) -> None:
    content = budget(
        lines=[{"partner": "KE", "category": "staff", "description": "x", "amount": f"{cost}"} for cost in costs],
        sources=[{"name": "x", "kind": "grant", "amount": f"{fund}", "state": "sought"} for fund in funds],
    )
    missing = sum(costs) - sum(funds)
    said = [problem.params["missing"] for problem in problems(content, TERMS)]
    assert said == ([f"{missing}"] if missing > 0 else [])
