"""The facts that a workflow's guards ask of one proposal, what a person is to it, and rehearsals of past lives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from webapp.domain.calendars import Calendar, due_after
from webapp.domain.decisions import PENDING_DECISIONS
from webapp.domain.endorsements import standing
from webapp.domain.errors import Refusal
from webapp.domain.people import Actor, Role
from webapp.domain.policy import is_party
from webapp.domain.problems import Problem
from webapp.domain.rulebook import Rulebook
from webapp.domain.workflow import Divergence, Facts, Stage, Step, Workflow, find_stage, lead, offers, rehearse
from webapp.models.audit import EventRow
from webapp.models.calls import Call
from webapp.models.decisions import Condition, Decision
from webapp.models.endorsements import Endorsement
from webapp.models.proposals import Proposal, ProposalVersion
from webapp.models.routing import Assignment
from webapp.queries.access import ProposalHead, visible_to
from webapp.queries.endorsements import find_asked, sufficiency

SHOWN_AT_MOST = 200
"""Of the proposals that a rehearsal would lead elsewhere, so many are listed."""

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
        quorum_lost=row.reviews_in < row.Call.quorum,
        drafted=row.drafted or "",
        conditions_open=row.conditions_open,
    )


@dataclass(frozen=True, slots=True)
class AppealOffer:
    """Whether the applicant can appeal now: until when, or what stands in the way (R29)."""

    until: datetime | None
    refusal: Refusal | None


def find_appeal_offer(
    session: Session, rules: Rulebook, actor: Actor, head: ProposalHead, now: datetime
) -> AppealOffer | None:
    """The appeal as it stands for this person; None where the stage knows none, or it is not theirs."""
    facts = find_facts(session, rules, session.get_one(Proposal, head.id), now)
    found = offers(rules.workflow(head.workflow), head.stage, who_is(actor, head), facts)
    refusals = [offer.refusal for offer in found if offer.move.id == "appeal"]
    return AppealOffer(facts.open_until, refusals[0]) if refusals else None


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


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """One proposal that would have gone another way; `stage` is where it stands, under `workflow`."""

    reference: str
    title: str
    workflow: tuple[str, int]
    stage: str
    divergence: Divergence


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a workflow would have done: how many lives were made again, how many differ in which way, and which."""

    lives: int
    same: int
    kinds: tuple[tuple[str, int], ...]
    lines: tuple[Rehearsed, ...]
    more: int


def rehearse_workflow(
    session: Session, rules: Rulebook, actor: Actor, workflow: Workflow, now: datetime, *, newest: int | None = None
) -> Rehearsal:
    """Make the moves of every submitted proposal that the actor may see once more under this workflow; changes nothing.

    With `newest` only so many proposals, those submitted last.
    """
    found: list[Rehearsed] = []
    kinds: Counter[str] = Counter()
    lives = 0
    for row, steps in _lives(session, actor, newest):
        lives += 1
        before = rules.workflow((row.workflow, row.workflow_version))
        divergence = rehearse(workflow, before, steps, Calendar(zone=row.time_zone), now)
        if divergence is None:
            continue
        kinds[divergence.kind] += 1
        if len(found) < SHOWN_AT_MOST:
            found.append(Rehearsed(row.reference, row.title, (before.id, before.version), row.stage, divergence))
    different = sum(kinds.values())
    return Rehearsal(lives, lives - different, tuple(kinds.most_common()), tuple(found), different - len(found))


def _lives(session: Session, actor: Actor, newest: int | None) -> Iterator[tuple[Any, list[Step]]]:
    """Each proposal with its moves in their order, as its events tell them; one statement."""
    chosen = select(Proposal.id).where(Proposal.submitted_at.is_not(None), visible_to(actor))
    if newest is not None:
        chosen = chosen.order_by(Proposal.submitted_at.desc(), Proposal.id.desc()).limit(newest)
    rows = session.execute(
        select(
            Proposal.id,
            Proposal.reference,
            Proposal.title,
            Proposal.workflow,
            Proposal.workflow_version,
            Proposal.stage,
            Call.time_zone,
            EventRow.at,
            EventRow.payload["move"].astext.label("move"),
            EventRow.payload["from"].astext.label("left"),
            EventRow.payload["to"].astext.label("entered"),
            EventRow.payload["reason"].astext.label("reason"),
        )
        .join(Call, Call.id == Proposal.call_id)
        .join(EventRow, EventRow.subject_id == Proposal.id)
        .where(EventRow.subject_kind == "proposal", EventRow.payload.has_key("move"), Proposal.id.in_(chosen))
        .order_by(Proposal.id, EventRow.number)
    )
    for _id, group in groupby(rows, key=lambda row: row.id):
        moves = list(group)
        yield moves[0], [Step(row.at, row.move, row.left, row.entered, bool(row.reason)) for row in moves]


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many proposals were led once more from their events alone, and what differs from their rows."""

    proposals: int
    differences: tuple[str, ...]


def replay_histories(session: Session, rules: Rulebook) -> Replayed:
    """Lead every proposal, and every partner's case on it, through its events; say where that is not where it stands.

    Compared are the stage, since when, from where it was closed, when it was published, the number of its
    version, and the state of each case.
    """
    found: list[str] = []
    rows = session.scalars(select(Proposal).order_by(Proposal.id)).all()
    moves, versions, cases = _told(session)
    numbers = {row.id: row.number for row in session.execute(select(ProposalVersion.id, ProposalVersion.number))}
    for row in rows:
        led = lead(rules.workflow((row.workflow, row.workflow_version)), moves.get(row.id, ()))
        if led.misfit:
            found.append(f"{row.reference}: {led.misfit}")
        stands = (row.stage, row.closed_from, row.published_at, numbers.get(row.current_version_id or 0))
        told = (led.stage, led.closed_from, led.public_since, versions.get(row.id))
        if stands != told or (led.since is not None and led.since != row.stage_since):
            found.append(f"{row.reference}: stands at {_words(*stands)}, its events lead to {_words(*told)}")
    found += [
        f"case {row.id}: stands at {row.state}, its events lead to {cases.get(row.id)}"
        for row in session.execute(select(Endorsement.id, Endorsement.state).order_by(Endorsement.id))
        if cases.get(row.id) != row.state
    ]
    return Replayed(len(rows), tuple(found))


def _words(stage: str, closed_from: str | None, public_since: datetime | None, version: int | None) -> str:
    parts = (stage, f"version {version}", closed_from and f"closed from {closed_from}", public_since and "public")
    return ", ".join(part for part in parts if part)


def _told(session: Session) -> tuple[dict[int, list[Step]], dict[int, int], dict[int, str]]:
    """By proposal its moves and the version made last, by case where it was led last; in one reading of the events."""
    moves: dict[int, list[Step]] = {}
    versions: dict[int, int] = {}
    cases: dict[int, str] = {}
    rows = session.execute(
        select(EventRow.subject_id, EventRow.at, EventRow.payload)
        .where(EventRow.subject_kind == "proposal")
        .order_by(EventRow.subject_id, EventRow.number)
        .execution_options(yield_per=1000)
    )
    for row in rows:
        told = row.payload
        if "move" in told:
            step = Step(row.at, told["move"], told["from"], told["to"], bool(told.get("reason")))
            moves.setdefault(row.subject_id, []).append(step)
        if isinstance(told.get("version"), int) and "endorsement_id" not in told:
            versions[row.subject_id] = told["version"]
        if "endorsement_id" in told and "to" in told:
            cases[told["endorsement_id"]] = told["to"]
    return moves, versions, cases
