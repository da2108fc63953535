"""A reviewer suggests another mapping, a merge or a duplicate; the secretariat looks at it (R71)."""

from __future__ import annotations

from webapp.domain.errors import Invalid
from webapp.domain.events import Event
from webapp.domain.mapping import Mapping
from webapp.domain.references import read_reference
from webapp.domain.suggestions import LINK_KINDS, mapping_problems, suggestion_problems
from webapp.models.reviews import Suggestion
from webapp.queries.reviews.suggestions import open_articles, version_mapping
from webapp.services.reviews.door import check_writable, hold_own
from webapp.services.work import UnitOfWork


def suggest(
    work: UnitOfWork,
    public_id: str,
    *,
    kind: str,
    reason: str,
    mapped: Mapping | None = None,
    other_reference: str = "",
    form_key: str = "",
) -> None:
    """Suggest it for the proposal that the reviewer's own assignment is for, while the review can be written.

    Whether the other proposal exists is not told: the reviewer may not know of it (R2). Raises Invalid with
    every problem, NotNow when the round is over. The same form twice is once.
    """
    held = hold_own(work, public_id)
    if work.first_answer(form_key) is not None:
        return
    check_writable(work, held)
    row = held.proposal.row
    found = suggestion_problems(kind, reason, mapped, other_reference, row.reference)
    if kind == "mapping" and mapped is not None and not found:
        before = version_mapping(work.session, held.row.version_id)
        found = mapping_problems(mapped, before, open_articles(work.session, row.call_id))
    if found:
        raise Invalid(found)
    suggestion = Suggestion(
        proposal_id=row.id,
        version_id=held.row.version_id,
        kind=kind,
        state="open",
        assignment_id=held.row.id,
        made_by_id=work.actor.person_id,
        made_at=work.now,
        reason=reason.strip(),
        mapping=mapped.facts() if kind == "mapping" and mapped else None,
        other_reference=str(read_reference(other_reference)) if kind in LINK_KINDS else "",
    )
    work.session.add(suggestion)
    work.session.flush()
    details = {"suggestion_id": suggestion.id, "kind": kind, "assignment_id": held.row.id}
    work.record(Event("SuggestionMade", "proposal", row.id, details, version_id=held.row.version_id))
    work.remember_answer(form_key, str(suggestion.id))
