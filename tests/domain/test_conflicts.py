"""The conflicts of interest that the product finds by itself (R38)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from webapp.domain.conflicts import (
    CONFLICT_KINDS,
    FOUND_KINDS,
    Found,
    Involved,
    Standing,
    find,
    mail_domain,
    recent_since,
)

SHARED = frozenset({"mail.example", "demo.example"})
INVOLVED = Involved(
    people_ids=frozenset({1, 2}),
    emails=frozenset({"grace@health.example", "li@mail.example"}),
    organisation_ids=frozenset({10, 11}),
    lead_partner_id=7,
)
FREE = Standing(9, "nobody@elsewhere.example", 99, 8, frozenset({98}))


def kinds(standing: Standing, lead_partner_conflicts: bool = False) -> list[str]:
    found = find(standing, INVOLVED, shared_domains=SHARED, lead_partner_conflicts=lead_partner_conflicts)
    return [one.kind for one in found]


@pytest.mark.rule("R38")
@pytest.mark.parametrize(
    ("standing", "expected"),
    [
        (FREE, []),
        (replace(FREE, organisation_id=11), ["same_organisation"]),
        (replace(FREE, organisation_id=None), []),
        (replace(FREE, email="Otto@Health.Example"), ["same_mail_domain"]),
        (replace(FREE, email="otto@mail.example"), []),
        (replace(FREE, email="otto@sub.health.example"), []),
        (replace(FREE, email="Li@mail.example"), ["contact_or_collaborator"]),
        (replace(FREE, email="grace@health.example"), ["same_mail_domain", "contact_or_collaborator"]),
        (replace(FREE, person_id=2), ["contact_or_collaborator"]),
        (replace(FREE, co_owned_organisation_ids=frozenset({10, 98})), ["recent_co_owner"]),
        (replace(FREE, partner_id=7), []),
    ],
)
def test_each_kind(standing: Standing, expected: list[str]) -> None:
    assert kinds(standing) == expected


@pytest.mark.rule("R38")
def test_the_lead_partner_counts_only_if_the_call_says_so() -> None:
    assert kinds(replace(FREE, partner_id=7), lead_partner_conflicts=True) == ["same_partner_as_lead"]
    assert kinds(replace(FREE, partner_id=None), lead_partner_conflicts=True) == []


@pytest.mark.rule("R38")
def test_evidence_says_what_they_share() -> None:
    standing = replace(FREE, organisation_id=10, email="otto@health.example")
    assert find(standing, INVOLVED, shared_domains=SHARED, lead_partner_conflicts=False) == (
        Found("same_organisation", "organisation 10"),
        Found("same_mail_domain", "health.example"),
    )


def test_every_kind_found_is_a_kind_that_is_stored() -> None:
    assert set(FOUND_KINDS) < set(CONFLICT_KINDS)
    everything = Standing(1, "grace@health.example", 10, 7, frozenset({11}))
    assert sorted(kinds(everything, lead_partner_conflicts=True)) == sorted(FOUND_KINDS)


def test_three_years_back_from_a_leap_day() -> None:
    assert recent_since(datetime(2028, 2, 29, 8, tzinfo=UTC)) == datetime(2025, 2, 28, 8, tzinfo=UTC)
    assert recent_since(datetime(2026, 11, 24, tzinfo=UTC)) == datetime(2023, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("email", "domain"), [("a@B.example", "b.example"), ("nobody", ""), ("a@b@c.example", "c.example")]
)
def test_mail_domain(email: str, domain: str) -> None:
    assert mail_domain(email) == domain
