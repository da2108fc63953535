"""The facts that the workflow's guards ask of one proposal at one moment, and what a person is to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from webapp.domain.calendars import Calendar, due_after
from webapp.domain.decisions import PENDING_DECISIONS
from webapp.domain.endorsements import standing
from webapp.domain.people import Actor, Role
from webapp.domain.policy import is_party
from webapp.domain.problems import Problem
from webapp.domain.rulebook import Rulebook
from webapp.domain.workflow import Facts, Stage, find_stage
from webapp.models.audit import EventRow
from webapp.models.calls import Call
from webapp.models.decisions import Condition, Decision
from webapp.models.proposals import Proposal
from webapp.models.routing import Assignment
from webapp.queries.access import ProposalHead
from webapp.queries.endorsements import find_asked, sufficiency

AWAITED = ("proposed", "invited", "accepted")


def find_facts(
    session: Session,
    rules: Rulebook,
    proposal: Proposal,
    now: datetime,
    problems: Sequence[Problem] | None = None,
) -> Facts:
    """What holds of the proposal now; `problems` are those of its content where these were looked for."""
    row = session.execute(_counted(proposal)).one()
    stage = find_stage(rules.workflow((proposal.workflow, proposal.workflow_version)), proposal.stage)
    return Facts(
        now=now,
        problems=None if problems is None else tuple(problems),
        call_open=is_open(row.Call, now),
        due_at=proposal.due_at,
        open_until=_open_until(stage, proposal, Calendar(zone=row.Call.time_zone)),
        appealed=row.appealed,
        standing=standing(find_asked(session, proposal.id), sufficiency(row.Call), now),
        reviews_in=row.reviews_in,
        reviews_awaited=row.awaited,
        quorum=row.Call.quorum,
        drafted=row.drafted or "",
        conditions_open=row.conditions_open,
    )


def who_is(actor: Actor, head: ProposalHead) -> frozenset[str]:
    """What a person is to this proposal, in the workflow's words; its own people are never its secretariat."""
    if actor.person_id == head.owner_id:
        return frozenset({"applicant"})
    if is_party(actor, head.facts) or not actor.has(Role.SECRETARIAT, initiative_id=head.initiative_id):
        return frozenset()
    if actor.person_id == head.facts.drafted_by:
        return frozenset({"secretariat"})
    return frozenset({"secretariat", "secretariat_other"})


def is_open(call: Call, received_at: datetime) -> bool:
    """Whether the call takes a submission received at this moment, its grace time included (R12)."""
    if received_at < call.opens_at:
        return False
    return call.closes_at is None or received_at <= call.closes_at + timedelta(minutes=call.grace_minutes)


def _open_until(stage: Stage, proposal: Proposal, calendar: Calendar) -> datetime | None:
    if stage.open_for is None:
        return None
    if stage.open_for.unit == "working_days":
        return due_after(calendar, proposal.stage_since, stage.open_for.days)
    return proposal.stage_since + timedelta(days=stage.open_for.days)


def _counted(proposal: Proposal) -> Select[Any]:
    """The call, and what is in, awaited, drafted and open of one proposal, in one statement."""
    version = proposal.current_version_id
    reviews = select(func.count()).where(Assignment.proposal_id == proposal.id, Assignment.version_id == version)
    pending = Decision.state.in_(PENDING_DECISIONS)
    drafted = select(func.max(Decision.outcome)).where(Decision.proposal_id == proposal.id, pending)
    conditions = (
        select(func.count(Condition.id))
        .join(Decision, Decision.id == Condition.decision_id)
        .where(
            Decision.proposal_id == proposal.id,
            Decision.state == "confirmed",
            Condition.state.in_(("open", "evidence_submitted")),
        )
    )
    appealed = exists().where(
        EventRow.subject_kind == "proposal",
        EventRow.subject_id == proposal.id,
        EventRow.name == "DecisionAppealed",
    )
    return select(
        Call,
        reviews.where(Assignment.state == "submitted").scalar_subquery().label("reviews_in"),
        reviews.where(Assignment.state.in_(AWAITED)).scalar_subquery().label("awaited"),
        drafted.scalar_subquery().label("drafted"),
        conditions.scalar_subquery().label("conditions_open"),
        appealed.label("appealed"),
    ).where(Call.id == proposal.call_id)
