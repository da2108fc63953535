"""Two steps: which concept note is invited to which call, and what carries it forward (R77)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from webapp.domain.rulebook import Rulebook
from webapp.domain.workflow import find_stage
from webapp.models.calls import Call
from webapp.models.decisions import Decision
from webapp.models.proposals import Proposal
from webapp.queries.access import ProposalHead

APPROVALS = ("approved", "approved_with_conditions")


@dataclass(frozen=True, slots=True)
class NextStep:
    """The call that a concept note is invited to; the full proposal's reference where there is one already."""

    call: str
    title: str
    full: str


def first_steps(session: Session, code: str) -> list[int]:
    """The ids of the calls whose approved notes are invited to this one; none where it is open to all."""
    return list(session.scalars(select(Call.id).where(Call.form["next_call"].astext == code)))


def second_steps(session: Session) -> frozenset[str]:
    """The codes of all calls that are by invitation."""
    named = select(Call.form["next_call"].astext).where(Call.form["next_call"].astext != "")
    return frozenset(session.scalars(named))


def is_invited(session: Session, rules: Rulebook, head: ProposalHead) -> bool:
    """Whether the proposal was approved, all its conditions met."""
    stage = find_stage(rules.workflow(head.workflow), head.stage)
    approved = exists().where(
        Decision.version_id == head.version_id, Decision.state == "confirmed", Decision.outcome.in_(APPROVALS)
    )
    return stage.kind in ("settled", "final") and bool(session.scalar(select(approved)))


def find_next(session: Session, rules: Rulebook, head: ProposalHead) -> NextStep | None:
    """What an approved concept note is invited to; None where nothing follows."""
    own = session.get_one(Call, head.call_id)
    code = str(own.form.get("next_call") or "")
    call = session.scalars(select(Call).where(Call.code == code)).one_or_none() if code else None
    if call is None or not is_invited(session, rules, head):
        return None
    full = session.scalar(select(Proposal.reference).where(Proposal.follows_id == head.id))
    return NextStep(call.code, call.title, full or "")
