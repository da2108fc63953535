"""What the applicants of the long run write: whole sections, by the partners that take part."""

from __future__ import annotations

from typing import Any

from tests.pages.filling import example
from webapp.services.people.organisations import claim_organisation
from webapp.services.work import UnitOfWork

SHAPES = (("TH", "MY"), ("TH", "MY", "KH"), ("KH", "TH"), ("MY", "KH"))
"""Which partners take part; the first leads."""
CHANGES = ("title", "summary", "amount", "activities", "security", "start")
"""What an applicant can change in a draft: some of it is material to partners, some is not."""


def whole(work: UnitOfWork, codes: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """All sections of a proposal of these partners, their organisations claimed."""
    sections = example()
    sections["partners"] = partners(work, codes)
    sections["budget"] = budget(codes, 300_000)
    return sections


def partners(work: UnitOfWork, codes: tuple[str, ...]) -> dict[str, Any]:
    """The section of partners."""
    ids = {code: claim_organisation(work, code, name=f"Institute of {code}", kind="agency") for code in codes}
    return {
        "lead_partner": codes[0],
        "lead_organisation": ids[codes[0]],
        "lead_contact_name": "Somchai Rattanaporn",
        "lead_contact_email": "somchai@institute.example",
        "participants": [
            {
                "partner": code,
                "organisation": ids[code],
                "role": "Runs the trials with the farmers.",
                "contact_name": "Nurul Hashim",
                "contact_email": f"contact@{code.lower()}.example",
            }
            for code in codes[1:]
        ],
        "city_pairs": [],
    }


def budget(codes: tuple[str, ...], amount: int) -> dict[str, Any]:
    """A line for each partner, and one source that covers them all."""
    return {
        "currency": "USD",
        "lines": [
            {"partner": code, "category": "equipment", "description": "Probes", "amount": f"{amount}.00"}
            for code in codes
        ],
        "sources": [
            {"name": "Regional fund", "kind": "grant", "amount": f"{amount * len(codes)}.00", "state": "secured"}
        ],
    }


def changed(what: str, number: int, sections: dict[str, dict[str, Any]]) -> tuple[str, dict[str, Any]]:
    """The section that this change touches, as it reads then."""
    if what == "amount":
        codes = tuple(line["partner"] for line in sections["budget"]["lines"])
        return "budget", budget(codes, 300_000 + number * 1000)
    places = {
        "title": ("basics", "title", f"Connected farms, take {number}"),
        "summary": ("basics", "summary", f"Take {number}. {sections['basics']['summary'][:2000]}"),
        "activities": ("plan", "activities", f"Choose farms by open invitation, take {number}."),
        "security": ("safeguards", "security", f"Gateways accept signed updates only, take {number}."),
        "start": ("plan", "starts_on", "2027-04-01" if number % 2 else "2027-05-01"),
    }
    section, field, value = places[what]
    return section, {**sections[section], field: value}


def opinion(keys: list[str], articles: list[int], mark: int) -> dict[str, Any]:
    """A whole review of a version that asks these criteria of these articles."""
    return {
        "scores": dict.fromkeys(keys, mark),
        "alignment": {str(article): ("strong", "partial", "none")[mark % 3] for article in articles},
        "comments": {},
        "recommendation": ("do_not_approve", "revise", "approve")[min(mark // 2, 2)],
        "reason": "As the marks say.",
        "for_applicant": "A sound plan with a clear benefit.",
        "for_secretariat": "Watch the budget.",
    }
