"""Submits a proposal: checks it whole, freezes a version with its hash, makes the move (R9, R10, R12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from webapp.domain.completeness import find_problems
from webapp.domain.errors import NotNow
from webapp.domain.policy import Action
from webapp.domain.proposals import SUBMITTING_GUARDS
from webapp.domain.sign_offs import sign_off_problems
from webapp.domain.versions import content_hash
from webapp.domain.workflow import Move, moves_from
from webapp.models.calls import Call
from webapp.models.proposals import Proposal, ProposalVersion
from webapp.queries.proposals.around import find_around, find_contents, frozen_contents
from webapp.queries.proposals.sign_offs import list_sign_offs
from webapp.services.access import Held, hold_proposal
from webapp.services.proposals.derived import write_derived
from webapp.services.proposals.sealing import is_sealed, set_unsealing
from webapp.services.transitions import make_move
from webapp.services.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the applicant holds in hand: reference, version, when the server had it, and its hash."""

    reference: str
    version: int
    received_at: datetime
    sha256: str


def submit(work: UnitOfWork, reference: str, *, form_key: str = "") -> Receipt:
    """Submit a draft, or a returned proposal anew; a second press answers as the first did (R9).

    Judged by the time at which the server had it (R12). Raises Invalid with every problem of the whole
    proposal; NotNow when the call takes nothing any more, or there is nothing to submit now.
    """
    received_at = work.now
    held = hold_proposal(work, reference, Action.SUBMIT_PROPOSAL)
    if (answer := work.first_answer(form_key)) is not None:
        if not answer.isdecimal():
            raise NotNow("form_expired")  # the key of another form
        return _receipt(work, held.row, int(answer))
    if held.row.submitted_at is None:
        _take_from_call(work, held)
    move = _submitting_move(work, held)
    contents = find_contents(work.session, held.row.id)
    around = find_around(work.session, work.rules, held.row.id, held.row.call_id, contents)
    frozen = frozen_contents(work.session, held.row.id, contents, around.sections_off)
    signed = list_sign_offs(work.session, held.row.id, contents)
    problems = find_problems(contents, around) or tuple(sign_off_problems(signed, content_hash(frozen)))
    payload: dict[str, Any] = {}
    if not problems:
        write_derived(work, held.row, contents)
        version = write_version(work, held.row, frozen, received_at)
        held.row.current_version_id = version.id
        payload = {"version": version.number, "sha256": version.sha256}
    make_move(work, held, move.id, problems=problems, payload=payload)
    receipt = _receipt(work, held.row)
    work.remember_answer(form_key, str(receipt.version))
    return receipt


def _take_from_call(work: UnitOfWork, held: Held) -> None:
    """The workflow that the call names now is the one it is submitted under, and finishes on (R22).

    Under a sealed call it is under seal from its first version on (R77); the call is locked, so that it is
    not opened at the same moment.
    """
    found = select(Call).where(Call.id == held.row.call_id).with_for_update(read=True)
    call = work.session.scalars(found.execution_options(populate_existing=True)).one()
    held.row.workflow, held.row.workflow_version = call.workflow, call.workflow_version
    if is_sealed(call):
        held.row.is_sealed = True
        set_unsealing(work, call)


def _submitting_move(work: UnitOfWork, held: Held) -> Move:
    workflow = work.rules.workflow((held.row.workflow, held.row.workflow_version))
    for move in moves_from(workflow, held.row.stage):
        if move.guard in SUBMITTING_GUARDS:
            return move
    raise NotNow("nothing_to_submit")


def write_version(
    work: UnitOfWork, proposal: Proposal, frozen: dict[str, Any], received_at: datetime
) -> ProposalVersion:
    """The next version of the proposal, with its hash; the caller says what becomes of it (R10)."""
    last = select(func.max(ProposalVersion.number)).where(ProposalVersion.proposal_id == proposal.id)
    version = ProposalVersion(
        proposal_id=proposal.id,
        number=(work.session.scalars(last).one() or 0) + 1,
        content=frozen,
        sha256=content_hash(frozen),
        submitted_by_id=work.actor.person_id,
        submitted_at=received_at,
    )
    work.session.add(version)
    work.session.flush()
    return version


def _receipt(work: UnitOfWork, proposal: Proposal, number: int | None = None) -> Receipt:
    found = select(ProposalVersion).where(ProposalVersion.proposal_id == proposal.id)
    if number is None:
        found = found.where(ProposalVersion.id == proposal.current_version_id)
    else:
        found = found.where(ProposalVersion.number == number)
    version = work.session.scalars(found).one()
    return Receipt(proposal.reference, version.number, version.submitted_at, version.sha256)
