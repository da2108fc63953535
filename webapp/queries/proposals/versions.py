"""The versions of a proposal that somebody has seen, and two of them side by side (R10, R11)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.domain.completeness.whole import partner_codes
from webapp.domain.people import Actor
from webapp.domain.policy import Action
from webapp.models.partners import Partner
from webapp.models.people import Organisation
from webapp.models.proposals import Proposal, ProposalVersion
from webapp.models.routing import Assignment
from webapp.queries.access import SEES_AS_REVIEWER, ProposalHead, may
from webapp.queries.proposals.around import named_organisations


@dataclass(frozen=True, slots=True)
class SeenVersion:
    """A version as it was frozen."""

    number: int
    submitted_at: datetime
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says, and nothing more of the proposal."""

    reference: str
    number: int
    submitted_at: datetime
    sha256: str


def list_seen(session: Session, actor: Actor, head: ProposalHead) -> list[SeenVersion]:
    """The versions that the actor may read, the oldest first.

    Applicant, secretariat and auditors all of them; who speaks for a partner those since the partner takes
    part; a reviewer those since the first that they were asked to review.
    """
    rows = session.scalars(
        select(ProposalVersion).where(ProposalVersion.proposal_id == head.id).order_by(ProposalVersion.number)
    ).all()
    since = 1 if _reads_all(actor, head) else _first_seen(session, actor, head, rows)
    return [SeenVersion(row.number, row.submitted_at, row.content) for row in rows if since and row.number >= since]


def organisation_names(session: Session, *contents: Mapping[str, Any]) -> dict[int, str]:
    """The names of all organisations that these contents refer to."""
    ids = {one for content in contents for one in named_organisations(content.get("partners") or {})}
    rows = session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids)))
    return {row.id: row.name for row in rows}


def find_receipt(session: Session, reference: str, sha256: str) -> Receipt | None:
    """The version of this proposal with this hash: only who holds both has a receipt (R10)."""
    row = session.execute(
        select(ProposalVersion, Proposal.reference)
        .join(Proposal, Proposal.id == ProposalVersion.proposal_id)
        .where(ProposalVersion.sha256 == sha256, Proposal.reference == reference)
        .order_by(ProposalVersion.number)
        .limit(1)
    ).one_or_none()
    return Receipt(row[1], row[0].number, row[0].submitted_at, row[0].sha256) if row else None


def _reads_all(actor: Actor, head: ProposalHead) -> bool:
    staff = may(actor, Action.SCREEN_PROPOSAL, head.facts) or may(actor, Action.READ_AUDIT, head.facts)
    speaks = bool(actor.partner_ids() & head.facts.partner_ids) and not may(actor, Action.SCREEN_PROPOSAL, head.facts)
    return may(actor, Action.READ_OWN_WORK, head.facts) or (staff and not speaks)


def _first_seen(session: Session, actor: Actor, head: ProposalHead, rows: Any) -> int:
    """The number of the first version that a focal point or reviewer saw; 0 where there is none."""
    asked = session.scalar(
        select(func.min(ProposalVersion.number))
        .join(Assignment, Assignment.version_id == ProposalVersion.id)
        .where(
            ProposalVersion.proposal_id == head.id,
            Assignment.reviewer_id == actor.person_id,
            Assignment.state.in_(SEES_AS_REVIEWER),
        )
    )
    own = set(session.scalars(select(Partner.code).where(Partner.id.in_(actor.partner_ids()))))
    taking_part = [row.number for row in rows if own & partner_codes(row.content.get("partners") or {})]
    return min([*([asked] if asked else []), *taking_part], default=0)
