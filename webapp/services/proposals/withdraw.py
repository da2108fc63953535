"""Withdraws a proposal at any live stage; deletes a draft that nobody else has seen."""

from __future__ import annotations

from sqlalchemy import delete

from webapp.domain.errors import Invalid
from webapp.domain.events import Event
from webapp.domain.policy import Action
from webapp.domain.problems import Problem
from webapp.models.people import MailedLink
from webapp.models.proposals import Document, Proposal
from webapp.services.access import hold_proposal
from webapp.services.transitions import make_move
from webapp.services.work import UnitOfWork

REASON_AT_MOST = 4000


def withdraw(work: UnitOfWork, reference: str, *, revision: int, reason: str = "", form_key: str = "") -> None:
    """Withdraw the proposal; those who are at work on it are told. The same form twice is once.

    What partners and reviewers were asked rests as it is: if the proposal is reopened, they go on (R28).
    """
    if len(reason) > REASON_AT_MOST:
        raise Invalid([Problem("move", "reason", "too_long", {"most": REASON_AT_MOST})])
    if work.first_answer(form_key) is not None:
        return
    held = hold_proposal(work, reference, Action.WITHDRAW_PROPOSAL, seen_revision=revision)
    make_move(work, held, "withdraw", reason=reason)
    work.remember_answer(form_key, "withdrawn")


def delete_draft(work: UnitOfWork, reference: str) -> None:
    """Delete a draft that was never submitted; its reference is not given again (R4)."""
    held = hold_proposal(work, reference, Action.DELETE_PROPOSAL)
    remove_draft(work, held.row)


def remove_draft(work: UnitOfWork, row: Proposal) -> None:
    """Take a draft away, once the verb that asks has judged the person."""
    work.record(Event("DraftDeleted", "person", row.owner_id, {"reference": row.reference}))
    for table in (MailedLink, Document):
        work.session.execute(delete(table).where(table.proposal_id == row.id))
    work.session.execute(delete(Proposal).where(Proposal.id == row.id))
