"""Cooperation is joint: a proposal names at least two partners of the initiative (R7)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.completeness.sections import partners

pytestmark = pytest.mark.rule("R7")
CODES = frozenset({"KE", "CN", "GM"})
ORGANISATIONS = {1: "KE", 2: "KE", 3: "CN", 4: "GM"}
named = st.sampled_from(["KE", "CN", "GM", "FR", "", None])


def content(lead: str | None, others: list[str | None]) -> dict[str, Any]:
    return {"lead_partner": lead, "participants": [{"partner": other, "role": "Runs it"} for other in others]}


def codes(lead: str | None, others: list[str | None]) -> list[str]:
    return [problem.code for problem in partners(content(lead, others), CODES, ORGANISATIONS)]


def test_one_partner_alone_is_told_to_name_another() -> None:
    assert "second_partner_missing" in codes("KE", [])
    assert "second_partner_missing" not in codes("KE", ["CN"])


def test_two_organisations_of_one_partner_are_one_partner() -> None:
    assert "second_partner_missing" in codes("KE", ["KE", "KE"])


def test_who_is_no_partner_of_the_initiative_does_not_count() -> None:
    assert "second_partner_missing" in codes("KE", ["FR", ""])


@given(named, st.lists(named, max_size=4))
def test_exactly_who_names_two_partners_passes(lead: str | None, others: list[str | None]) -> None:
    """Property: it is missing exactly where the lead and the others together are fewer than two partners."""
    missing = len({lead, *others} & CODES) < 2
    assert ("second_partner_missing" in codes(lead, others)) == missing
