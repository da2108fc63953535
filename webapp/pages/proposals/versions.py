"""Versions: a receipt verified by whoever holds it, and what changed between any two (R10, R11)."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _

from webapp.domain.policy import Action
from webapp.domain.versions import read_receipt
from webapp.pages.proposals.room import proposals
from webapp.pages.shared.context import rulebook, wiring
from webapp.pages.shared.guard import actor, opens_to, public
from webapp.pages.shared.version_words import changed_sections
from webapp.queries.access import find_proposal
from webapp.queries.proposals import versions

RECEIPT_AT_MOST = 5000


@proposals.get("/receipts")
@public("anybody who holds a receipt may verify it")
def find_receipt() -> Any:
    """Asks for a receipt: its text as it came, or its reference and hash."""
    typed = request.args.get("receipt", "")[:RECEIPT_AT_MOST]
    found = read_receipt(typed)
    if found is not None:
        return redirect(url_for("proposals.receipt", reference=found[0], sha256=found[1]))
    errors = []
    if typed.strip():
        message = _("Enter the reference (PD-…) and all 64 letters and digits of the SHA-256, as the receipt has them.")
        errors = [("#receipt", message)]
    return render_template("proposals/find_receipt.html", typed=typed, errors=errors)


@proposals.get("/receipts/<reference>/<sha256>")
@public("anybody who holds a receipt may verify it; it says no more than the receipt does")
def receipt(reference: str, sha256: str) -> Any:
    """Whether a version of this proposal with this hash was received, and when."""
    asked = read_receipt(f"{reference} {sha256}")
    found = None
    if asked is not None:
        with wiring().open_reading() as session:
            found = versions.find_receipt(session, *asked)
    return render_template("proposals/receipt.html", found=found), 200 if found else 404


@proposals.get("/proposals/<reference>/changes")
@opens_to(Action.READ_PROPOSAL, judged_by_verb=True)
def changes(reference: str) -> str:
    """What changed between two versions, field by field and word by word, for everyone who saw the earlier."""
    with wiring().open_reading() as session:
        head = find_proposal(session, rulebook(), actor(), reference, Action.READ_PROPOSAL)
        seen = versions.list_seen(session, actor(), head)
        numbers = [one.number for one in seen]
        newer = _chosen("newer", numbers, place=-1)
        older = _chosen("older", [number for number in numbers if number != newer], place=-1)
        older, newer = min(older, newer), max(older, newer)
        contents = {one.number: one.content for one in seen if one.number in (older, newer)}
        names = versions.organisation_names(session, *contents.values())
    return render_template(
        "proposals/changes.html",
        head=head,
        seen=seen,
        older=older,
        newer=newer,
        sections=changed_sections(contents[older], contents[newer], names) if len(contents) == 2 else [],
    )


def _chosen(name: str, numbers: list[int], *, place: int) -> int:
    """The version that the address names, among those that can be chosen."""
    number = request.args.get(name, 0, int)
    return number if number in numbers else numbers[place] if numbers else 0
