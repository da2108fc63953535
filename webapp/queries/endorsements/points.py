"""What partners asked the applicant and their ministries, and what came of it (R31, R32, R68)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.endorsements import WHOLE
from webapp.domain.people import Actor
from webapp.domain.policy import Action
from webapp.domain.rulebook import Rulebook
from webapp.models.endorsements import Consultation, Endorsement, EndorsementPoint
from webapp.models.partners import Partner
from webapp.models.proposals import ProposalPartner, ProposalVersion
from webapp.queries.access import ProposalHead, find_proposal
from webapp.queries.endorsements.around import is_in_play
from webapp.queries.endorsements.asked import takes_part

WAITING = ("waiting_applicant", "adjustment_requested")
"""The states in which a partner waits for the applicant."""


@dataclass(frozen=True, slots=True)
class Point:
    """One thing asked at a field, or wanted changed there, with what the applicant said to it."""

    id: int
    version_id: int
    kind: str
    field: str
    text: str
    state: str
    answer: str
    asked_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Advice:
    """A ministry that was asked, and what it advised."""

    ministry: str
    question: str
    asked_at: datetime
    advice: str
    advised_by: str
    advised_at: datetime | None


@dataclass(frozen=True, slots=True)
class Owed:
    """What one partner waits for from the applicant, and until when."""

    partner_code: str
    state: str
    due_at: datetime | None
    points: tuple[Point, ...]


def list_points(session: Session, case_id: int) -> tuple[Point, ...]:
    """Everything that was asked of the applicant in one case, oldest first."""
    rows = session.scalars(
        select(EndorsementPoint).where(EndorsementPoint.endorsement_id == case_id).order_by(EndorsementPoint.id)
    )
    return tuple(_point(row) for row in rows)


def list_advice(session: Session, case_id: int) -> tuple[Advice, ...]:
    """The ministries that were consulted in one case; for those who speak for its partner alone."""
    rows = session.scalars(select(Consultation).where(Consultation.endorsement_id == case_id).order_by(Consultation.id))
    return tuple(
        Advice(row.ministry, row.question, row.asked_at, row.advice, row.advised_by, row.advised_at) for row in rows
    )


def list_owed(session: Session, proposal_id: int) -> tuple[Owed, ...]:
    """What partners wait for from the applicant, by due time."""
    rows = session.execute(
        select(EndorsementPoint, Endorsement, Partner.code)
        .join(Endorsement, Endorsement.id == EndorsementPoint.endorsement_id)
        .join(ProposalPartner, takes_part())
        .join(Partner, Partner.id == Endorsement.partner_id)
        .where(
            Endorsement.proposal_id == proposal_id,
            Endorsement.state.in_(WAITING),
            EndorsementPoint.state == "open",
        )
        .order_by(Endorsement.due_at, EndorsementPoint.id)
    )
    found: dict[str, tuple[Endorsement, list[Point]]] = {}
    for point, case, code in rows:
        found.setdefault(code, (case, []))[1].append(_point(point))
    return tuple(Owed(code, case.state, case.due_at, tuple(points)) for code, (case, points) in found.items())


@dataclass(frozen=True, slots=True)
class OwedPage:
    """What the applicant owes, with the content that it is asked about: the version, and the draft of it."""

    head: ProposalHead
    owed: tuple[Owed, ...]
    content: Mapping[str, Any]
    title: str


def find_owed(session: Session, rules: Rulebook, actor: Actor, reference: str) -> OwedPage:
    """The page of those who work on the proposal; without anything owed where nobody waits for them."""
    head = find_proposal(session, rules, actor, reference, Action.READ_OWN_WORK)
    row = session.execute(select(ProposalVersion.content).where(ProposalVersion.id == head.version_id)).one_or_none()
    in_play = head.submitted_at is not None and is_in_play(rules, head.workflow, head.stage)
    return OwedPage(
        head=head,
        owed=list_owed(session, head.id) if in_play else (),
        content=row.content if row else {},
        title=head.title,
    )


def value_at(content: Mapping[str, Any], field: str) -> Any:
    """What a content holds at a field ("plan.objectives"); None where it concerns no field."""
    value: Any = None if field == WHOLE else content
    for key in field.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _point(row: EndorsementPoint) -> Point:
    return Point(
        row.id, row.version_id, row.kind, row.field, row.text, row.state, row.answer, row.asked_at, row.settled_at
    )
