"""A whole draft by the real verbs, from the shape of the demonstration's files: no page between."""

from __future__ import annotations

from typing import Any

from tests.pages.filling import example
from webapp.domain.people import Actor
from webapp.services.people.organisations import claim_organisation
from webapp.services.proposals.create import create_draft
from webapp.services.proposals.save import save_section
from webapp.wiring import Wiring


def make_draft(wired: Wiring, actor: Actor, call: str, sections: dict[str, Any] | None = None) -> str:
    """A draft that lacks nothing, and its reference."""
    given = sections or example()
    with wired.open_work(actor) as work:
        reference = create_draft(work, call)
        partners = given["partners"]
        content = {
            **partners,
            "lead_organisation": claim_organisation(work, **_named(partners["lead_organisation"])),
            "participants": [
                {**entry, "organisation": claim_organisation(work, **_named(entry["organisation"]))}
                for entry in partners["participants"]
            ],
        }
    for section, text in {**given, "partners": content}.items():
        with wired.open_work(actor) as work:
            save_section(work, reference, section, text, base_version=0)
    return reference


def _named(organisation: dict[str, Any]) -> dict[str, Any]:
    return {
        "partner_code": organisation["partner"],
        "name": organisation["name"],
        "kind": organisation["kind"],
    }
