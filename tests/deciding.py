"""Builders for tests of decisions: a draft, its confirmation, a proposal as it stands after them."""

from __future__ import annotations

import secrets

from tests.factories import make_person
from webapp.domain.decisions import ConditionText
from webapp.domain.people import SYSTEM, Actor
from webapp.models.calls import Call
from webapp.models.proposals import Proposal
from webapp.models.routing import Assignment
from webapp.queries.decisions import DecisionView, list_decisions
from webapp.services.decisions.confirm import confirm_decision
from webapp.services.decisions.draft import Draft, draft_decision
from webapp.wiring import Wiring

CONDITION = ConditionText("Show a letter of the ministry.")


def now(wired: Wiring, proposal: Proposal) -> Proposal:
    """The proposal as stored now."""
    with wired.open_reading() as session:
        found = session.get_one(Proposal, proposal.id)
        session.refresh(found)
        session.expunge_all()
    return found


def review_it(wired: Wiring, proposal: Proposal) -> None:
    """As many reviews of its version are in as a decision needs."""
    with wired.open_work(SYSTEM) as work:
        row = work.session.get_one(Proposal, proposal.id)
        quorum = work.session.get_one(Call, row.call_id).quorum
    reviewers = [make_person(wired) for _ in range(quorum)]
    with wired.open_work(SYSTEM) as work:
        work.session.add_all(
            Assignment(
                public_id=secrets.token_urlsafe(9),
                proposal_id=proposal.id,
                version_id=row.current_version_id,
                reviewer_id=person.id,
                state="submitted",
            )
            for person in reviewers
        )


def newest(wired: Wiring, proposal: Proposal) -> DecisionView:
    """Its newest decision that was not discarded."""
    with wired.open_reading() as session:
        return list_decisions(session, proposal.id)[0]


def draft(wired: Wiring, actor: Actor, proposal: Proposal, outcome: str) -> None:
    """Draft a decision of this outcome, with one condition where it has some."""
    conditions = [CONDITION] if outcome == "approved_with_conditions" else []
    with wired.open_work(actor) as work:
        given = Draft(outcome, "The plan is sound.", "Dear applicant,\n\nwe have decided.", conditions)
        draft_decision(work, proposal.reference, given, revision=now(wired, proposal).revision)


def confirm(wired: Wiring, actor: Actor, proposal: Proposal, *, hold: bool = False) -> None:
    """Confirm the draft, at once or held."""
    with wired.open_work(actor) as work:
        confirm_decision(work, proposal.reference, revision=now(wired, proposal).revision, hold=hold)


def decide(wired: Wiring, first: Actor, second: Actor, proposal: Proposal, outcome: str) -> None:
    """Draft by the first, confirm by the second."""
    draft(wired, first, proposal, outcome)
    confirm(wired, second, proposal)
