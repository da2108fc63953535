"""Questions about one proposal as the secretariat handles it: its moves and its versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.errors import NotFound
from webapp.domain.people import Actor
from webapp.domain.policy import Action
from webapp.domain.rulebook import Rulebook
from webapp.domain.workflow import Offer, Stage, find_stage, offers
from webapp.models.calls import Call
from webapp.models.people import Person
from webapp.models.proposals import Proposal, ProposalVersion
from webapp.queries.access import ProposalHead, find_proposal
from webapp.queries.desk import DeskRow, make_row, select_rows
from webapp.queries.workflow import find_facts, who_is


@dataclass(frozen=True, slots=True)
class DeskProposal:
    """One proposal for its staff page: `offers` are the moves that are the reader's."""

    head: ProposalHead
    row: DeskRow
    owner: str
    call_code: str
    call_title: str
    call_zone: str
    summary: str
    stage: Stage
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One frozen version, by its number."""

    number: int
    submitted_at: datetime
    submitted_by: str
    sha256: str


def find_desk_proposal(
    session: Session,
    rules: Rulebook,
    actor: Actor,
    reference: str,
    *,
    now: datetime,
    to: Action = Action.READ_PROPOSAL,
) -> DeskProposal:
    """One proposal with the moves that are the reader's; NotFound and NotAllowed as the policy says."""
    head = find_proposal(session, rules, actor, reference, to)
    proposal = session.get_one(Proposal, head.id)
    workflow = rules.workflow(head.workflow)
    row = session.execute(
        select_rows()
        .join(Person, Person.id == Proposal.owner_id)
        .join(Call, Call.id == Proposal.call_id)
        .add_columns(Person.name.label("owner"), Call.code, Call.title.label("call_title"), Call.time_zone)
        .where(Proposal.id == head.id)
    ).one()
    who = who_is(actor, head)
    facts = find_facts(session, rules, proposal, now) if who else None
    return DeskProposal(
        head=head,
        row=make_row(row),
        owner=row.owner,
        call_code=row.code,
        call_title=row.call_title,
        call_zone=row.time_zone,
        summary=proposal.summary,
        stage=find_stage(workflow, head.stage),
        offers=offers(workflow, head.stage, who, facts) if facts else (),
    )


def list_versions(session: Session, proposal_id: int) -> list[VersionLine]:
    """The frozen versions of a proposal that was judged, the first one first."""
    rows = session.execute(
        select(ProposalVersion.number, ProposalVersion.submitted_at, Person.name, ProposalVersion.sha256)
        .outerjoin(Person, Person.id == ProposalVersion.submitted_by_id)
        .where(ProposalVersion.proposal_id == proposal_id)
        .order_by(ProposalVersion.number)
    )
    return [VersionLine(row.number, row.submitted_at, row.name or "", row.sha256) for row in rows]


def find_contents(session: Session, proposal_id: int, numbers: tuple[int, int]) -> tuple[dict[str, Any], ...]:
    """The contents of two versions of a proposal that was judged, in the order asked; NotFound without one of them."""
    rows = session.execute(
        select(ProposalVersion.number, ProposalVersion.content).where(
            ProposalVersion.proposal_id == proposal_id, ProposalVersion.number.in_(numbers)
        )
    )
    found = {row.number: row.content for row in rows}
    if set(found) != set(numbers):
        raise NotFound
    return tuple(found[number] for number in numbers)
