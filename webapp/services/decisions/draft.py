"""Drafts a decision, changes the draft, discards it; nobody but the secretariat knows of it (R46, R75)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select

from webapp.domain.calendars import local_day
from webapp.domain.decisions import PENDING_DECISIONS, TURNS_DOWN, ConditionText, decides, draft_problems
from webapp.domain.errors import Invalid, NotFound, NotNow
from webapp.domain.events import Event
from webapp.domain.letters import make_code
from webapp.domain.policy import Action
from webapp.models.calls import Call
from webapp.models.decisions import Condition, Decision
from webapp.services.access import Held, hold_proposal
from webapp.services.calendars import call_calendar
from webapp.services.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Draft:
    """What a member of the secretariat writes of a decision."""

    outcome: str
    reason: str
    letter: str
    conditions: Sequence[ConditionText] = ()
    lets_join: bool = False


def draft_decision(work: UnitOfWork, reference: str, draft: Draft, *, revision: int) -> int:
    """Write the draft, or a new wording of the one there is; whoever wrote it last is its drafter.

    A staged decision that is written anew has to be confirmed anew. Returns the decision's id. Raises
    Invalid with all problems, NotNow outside deliberation.
    """
    held = hold_proposal(work, reference, Action.DRAFT_DECISION, seen_revision=revision)
    workflow = work.rules.workflow((held.row.workflow, held.row.workflow_version))
    if not decides(workflow, held.row.stage) or held.row.current_version_id is None:
        raise NotNow("not_to_decide_now")
    today = local_day(call_calendar(work.session.get_one(Call, held.row.call_id)), work.now)
    found = draft_problems(draft.outcome, draft.reason, draft.letter, draft.conditions, today)
    if found:
        raise Invalid(found)
    decision = _write(work, held, draft)
    _write_conditions(work, decision, draft.conditions)
    held.row.revision += 1
    details = {"decision_id": decision.id, "outcome": decision.outcome}
    work.record(Event("DecisionDrafted", "proposal", held.row.id, details, version_id=decision.version_id))
    return decision.id


def discard_decision(work: UnitOfWork, reference: str, *, revision: int) -> None:
    """Set the draft, or the staged decision, aside; it stays in the record."""
    held = hold_proposal(work, reference, Action.DRAFT_DECISION, seen_revision=revision)
    decision = find_pending(work, held.row.id)
    _unconfirm(decision, "discarded")
    held.row.revision += 1
    work.record(Event("DecisionDiscarded", "proposal", held.row.id, {"decision_id": decision.id}, decision.version_id))


def find_pending(work: UnitOfWork, proposal_id: int) -> Decision:
    """The decision that is drafted or staged for a proposal, locked; raises NotFound."""
    decision = _pending(work, proposal_id)
    if decision is None:
        raise NotFound("decision_not_drafted")
    return decision


def _pending(work: UnitOfWork, proposal_id: int) -> Decision | None:
    found = select(Decision).where(Decision.proposal_id == proposal_id, Decision.state.in_(PENDING_DECISIONS))
    return work.session.scalars(found.with_for_update()).one_or_none()


def _unconfirm(decision: Decision, state: str) -> None:
    decision.state, decision.confirmed_by_id, decision.confirmed_at = state, None, None


def _write(work: UnitOfWork, held: Held, draft: Draft) -> Decision:
    decision = _pending(work, held.row.id)
    if decision is None:
        decision = Decision(
            proposal_id=held.row.id, version_id=held.row.current_version_id, code=make_code(secrets.token_bytes(12))
        )
        work.session.add(decision)
    decision.outcome, decision.reason, decision.letter = draft.outcome, draft.reason.strip(), draft.letter.strip()
    decision.lets_join = draft.lets_join and draft.outcome not in TURNS_DOWN
    take_over(work, decision)
    work.session.flush()
    return decision


def take_over(work: UnitOfWork, decision: Decision) -> None:
    """Who changed it last is its drafter, and what was confirmed of it has to be confirmed anew (R46)."""
    if decision.id is not None:
        decision.revision += 1
        _unconfirm(decision, "drafted")
    decision.drafted_by_id, decision.drafted_at = work.actor.person_id or 0, work.now


def _write_conditions(work: UnitOfWork, decision: Decision, conditions: Sequence[ConditionText]) -> None:
    work.session.execute(delete(Condition).where(Condition.decision_id == decision.id))
    work.session.add_all(
        Condition(decision_id=decision.id, number=number, text=condition.text.strip(), due_on=condition.due_on)
        for number, condition in enumerate(conditions, 1)
    )
    work.session.flush()
