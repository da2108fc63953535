"""The pages of one proposal that staff go between."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from webapp.domain.policy import Action
from webapp.pages.shared.guard import actor
from webapp.queries.access import may
from webapp.queries.screening import DeskProposal


def tabs(found: DeskProposal, here: str) -> list[tuple[str, str]]:
    """The pages of this proposal that the reader may open; the one shown has no address."""
    page = url_for("desk.proposal", reference=found.head.reference)
    places = [
        (_("Proposal"), "proposal", page, True),
        (_("Screening"), "screening", f"{page}/screening", _may(found, Action.SCREEN_PROPOSAL)),
        (_("Questions"), "questions", url_for("clarifications.questions", reference=found.head.reference), True),
        (_("Endorsements"), "endorsements", f"{page}/endorsements", _may(found, Action.MEND_ENDORSEMENT)),
        (_("Panel"), "panel", f"{page}/panel", _may(found, Action.ROUTE_PROPOSAL)),
        (_("Suggestions"), "suggestions", f"{page}/suggestions", _may(found, Action.SCREEN_PROPOSAL)),
        (_("Decision"), "decision", f"{page}/decision", _may(found, Action.DELIBERATE)),
        (_("History"), "history", f"{page}/history", _may(found, Action.READ_AUDIT)),
    ]
    return [(text, "" if name == here else url) for text, name, url, open_to in places if open_to]


def _may(found: DeskProposal, action: Action) -> bool:
    return may(actor(), action, found.head.facts)
