"""Questions about decisions: the draft, the letters, conditions, what waits to be confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from webapp.domain.people import Actor
from webapp.domain.rulebook import Rulebook
from webapp.models.decisions import Condition, Decision
from webapp.models.endorsements import Endorsement, EndorsementWord
from webapp.models.partners import Partner
from webapp.models.people import Person
from webapp.models.proposals import Proposal, ProposalVersion
from webapp.queries.access import visible_to
from webapp.queries.notices.events import Told, adds


@dataclass(frozen=True, slots=True)
class ConditionLine:
    """One condition and what became of it."""

    number: int
    text: str
    due_on: date | None
    state: str
    evidence: str
    document_id: int | None
    settled_reason: str


@dataclass(frozen=True, slots=True)
class DecisionView:
    """One decision with its conditions, for the pages of those who may read it."""

    id: int
    outcome: str
    state: str
    reason: str
    letter: str
    code: str
    version: int
    drafted_by_id: int
    drafted_by: str
    drafted_at: datetime
    confirmed_by: str
    confirmed_at: datetime | None
    conditions: tuple[ConditionLine, ...]


def list_decisions(session: Session, proposal_id: int) -> list[DecisionView]:
    """All decisions of a proposal that were not discarded, the newest first."""
    drafter, confirmer = aliased(Person), aliased(Person)
    rows = session.execute(
        select(Decision, drafter.name, confirmer.name, ProposalVersion.number)
        .join(drafter, drafter.id == Decision.drafted_by_id)
        .outerjoin(confirmer, confirmer.id == Decision.confirmed_by_id)
        .join(ProposalVersion, ProposalVersion.id == Decision.version_id)
        .where(Decision.proposal_id == proposal_id, Decision.state != "discarded")
        .order_by(Decision.id.desc())
    ).all()
    conditions = _conditions(session, [row[0].id for row in rows])
    return [
        DecisionView(
            id=decision.id,
            outcome=decision.outcome,
            state=decision.state,
            reason=decision.reason,
            letter=decision.letter,
            code=decision.code,
            version=number,
            drafted_by_id=decision.drafted_by_id,
            drafted_by=drafted_by,
            drafted_at=decision.drafted_at,
            confirmed_by=confirmed_by or "",
            confirmed_at=decision.confirmed_at,
            conditions=tuple(conditions.get(decision.id, ())),
        )
        for decision, drafted_by, confirmed_by, number in rows
    ]


@dataclass(frozen=True, slots=True)
class DraftedLine:
    """A drafted decision in the list of those to confirm."""

    reference: str
    title: str
    outcome: str
    drafted_by: str
    drafted_by_id: int
    drafted_at: datetime
    revision: int


def list_drafted(session: Session, actor: Actor) -> list[DraftedLine]:
    """All drafted decisions on proposals that the actor may see, the oldest first (R47)."""
    rows = session.execute(
        select(Proposal, Decision, Person.name)
        .join(Decision, Decision.proposal_id == Proposal.id)
        .join(Person, Person.id == Decision.drafted_by_id)
        .where(Decision.state == "drafted", visible_to(actor))
        .order_by(Decision.drafted_at, Decision.id)
        .limit(200)
    )
    return [
        DraftedLine(
            reference=proposal.reference,
            title=proposal.title,
            outcome=decision.outcome,
            drafted_by=name,
            drafted_by_id=decision.drafted_by_id,
            drafted_at=decision.drafted_at,
            revision=proposal.revision,
        )
        for proposal, decision, name in rows
    ]


@dataclass(frozen=True, slots=True)
class CheckedLetter:
    """What anyone may know of a letter whose code they hold (R73): what it is, not what it says."""

    kind: str
    reference: str
    version: int
    outcome: str
    partner_code: str
    given_at: datetime
    is_for_current_version: bool


def find_letter(session: Session, code: str) -> CheckedLetter | None:
    """The formal word with this code: a confirmed decision, or a partner's endorsement."""
    decided = session.execute(
        select(Decision, Proposal, ProposalVersion.number)
        .join(Proposal, Proposal.id == Decision.proposal_id)
        .join(ProposalVersion, ProposalVersion.id == Decision.version_id)
        .where(Decision.code == code, Decision.state == "confirmed")
    ).one_or_none()
    if decided is not None and (given_at := decided[0].confirmed_at) is not None:
        decision, proposal, number = decided
        current = decision.version_id == proposal.current_version_id
        return CheckedLetter("decision", proposal.reference, number, decision.outcome, "", given_at, current)
    said = session.execute(
        select(EndorsementWord, Proposal, ProposalVersion.number, Partner.code)
        .join(Endorsement, Endorsement.id == EndorsementWord.endorsement_id)
        .join(Partner, Partner.id == Endorsement.partner_id)
        .join(Proposal, Proposal.id == Endorsement.proposal_id)
        .join(ProposalVersion, ProposalVersion.id == EndorsementWord.version_id)
        .where(EndorsementWord.code == code)
    ).one_or_none()
    if said is None:
        return None
    word, proposal, number, partner = said
    current = word.version_id == proposal.current_version_id
    return CheckedLetter("endorsement", proposal.reference, number, word.outcome, partner, word.given_at, current)


@adds("decision_approved", "decision_with_conditions", "decision_revise", "decision_declined")
def add_letter(session: Session, rules: Rulebook, told: Told) -> Mapping[str, object]:
    """The letter's own text, its conditions and its code, for the mail that carries the decision."""
    decision = session.get_one(Decision, told.event.payload["decision_id"])
    version = session.get_one(ProposalVersion, decision.version_id)
    return {
        "outcome": decision.outcome,
        "letter": decision.letter,
        "conditions": _conditions(session, [decision.id]).get(decision.id, []),
        "code": decision.code,
        "version": version.number,
        "check_link": f"{rules.limits.base_url}/letters/{decision.code}",
    }


@adds("condition_evidence", "condition_met", "condition_waived", "condition_due", "condition_overdue")
def add_condition(session: Session, rules: Rulebook, told: Told) -> Mapping[str, object]:
    """Which condition the letter is about, and by which day it is to be shown."""
    given = told.event.payload.get("due_on")
    return {
        "condition": told.event.payload["condition"],
        "condition_due": date.fromisoformat(given) if given else None,
    }


def _conditions(session: Session, decision_ids: list[int]) -> dict[int, list[ConditionLine]]:
    rows = session.scalars(
        select(Condition)
        .where(Condition.decision_id.in_(decision_ids))
        .order_by(Condition.decision_id, Condition.number)
    )
    found: dict[int, list[ConditionLine]] = {}
    for row in rows:
        found.setdefault(row.decision_id, []).append(
            ConditionLine(
                number=row.number,
                text=row.text,
                due_on=row.due_on,
                state=row.state,
                evidence=row.evidence,
                document_id=row.evidence_document_id,
                settled_reason=row.settled_reason,
            )
        )
    return found
