"""The refusals: five of them, each with a code and the values for its words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from webapp.domain import errors


def test_there_are_five_refusals() -> None:
    assert {kind.__name__ for kind in errors.Refusal.__subclasses__()} == {
        "NotFound",
        "NotAllowed",
        "NotNow",
        "Invalid",
        "Stale",
    }


@pytest.mark.rule("R25")
def test_a_refusal_keeps_its_code_and_values_unchangeable() -> None:
    values: dict[str, str | int] = {"stage": "review"}
    refusal = errors.NotNow("move_not_in_stage", values)
    values["stage"] = "draft"
    assert refusal.code == "move_not_in_stage"
    assert dict(refusal.params) == {"stage": "review"}
    with pytest.raises(TypeError):
        refusal.params["stage"] = "draft"  # type: ignore[index]


@pytest.mark.rule("R24")
def test_stale_says_what_the_other_did() -> None:
    at = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
    refusal = errors.Stale("ProposalReturned", by="Amina Otieno", at=at)
    assert refusal.code == "changed_meanwhile"
    assert dict(refusal.params) == {
        "event": "ProposalReturned",
        "by": "Amina Otieno",
        "at": "2026-11-02T09:30:00+00:00",
    }


@pytest.mark.rule("R9")
def test_invalid_counts_every_problem() -> None:
    refusal = errors.Invalid([])
    assert (refusal.problems, refusal.params["count"]) == ((), 0)
