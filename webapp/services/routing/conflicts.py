"""Writes down conflicts of interest: those that the product finds, and those that people say (R38)."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from webapp.domain.conflicts import FOUND_KINDS
from webapp.domain.events import Event
from webapp.models.proposals import Proposal
from webapp.models.routing import Conflict
from webapp.queries.routing import RoutingFacts
from webapp.services.work import UnitOfWork


def record_found(work: UnitOfWork, proposal: Proposal, facts: RoutingFacts) -> None:
    """Keep the rows of found conflicts as they are found now: new ones added, those that ceased taken out.

    The event holds what was new, for good.
    """
    before = {
        (row.person_id, row.kind)
        for row in work.session.execute(
            select(Conflict.person_id, Conflict.kind).where(
                Conflict.proposal_id == proposal.id, Conflict.kind.in_(FOUND_KINDS)
            )
        )
    }
    now = {(person, one.kind): one.evidence for person, found in facts.found.items() for one in found}
    for (person, kind), evidence in sorted(now.items()):
        record_conflict(work, proposal.id, person, kind, evidence)
    for person, kind in before - now.keys():
        work.session.execute(
            delete(Conflict).where(
                Conflict.proposal_id == proposal.id, Conflict.person_id == person, Conflict.kind == kind
            )
        )
    new = sorted(now.keys() - before)
    if new:
        payload = {"found": [{"person_id": person, "kind": kind} for person, kind in new]}
        work.record(Event("ConflictsFound", "proposal", proposal.id, payload, version_id=proposal.current_version_id))


def record_conflict(
    work: UnitOfWork, proposal_id: int, person_id: int, kind: str, evidence: str, *, recorded_by: int | None = None
) -> None:
    """Write one conflict; the same kind twice is one, with the later evidence."""
    values = {"evidence": evidence, "recorded_by_id": recorded_by, "recorded_at": work.now}
    work.session.execute(
        insert(Conflict)
        .values(proposal_id=proposal_id, person_id=person_id, kind=kind, **values)
        .on_conflict_do_update(
            index_elements=["proposal_id", "person_id", "kind"],
            set_=values,
            where=Conflict.evidence != evidence,
        )
    )
