"""Begins a draft under an open call, with its reference (R4), or as a copy of an old proposal (R13)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from webapp.domain.drafts import without_past_days
from webapp.domain.errors import NotFound, NotNow
from webapp.domain.events import Event
from webapp.domain.policy import Action
from webapp.domain.references import make_reference
from webapp.models.calls import Call
from webapp.models.proposals import Proposal, ProposalSection, ReferenceCounter
from webapp.queries.access import find_proposal
from webapp.queries.proposals.around import find_contents
from webapp.queries.proposals.steps import first_steps, is_invited
from webapp.queries.workflow import is_open
from webapp.services.access import allow
from webapp.services.proposals.closing import set_draft_reminders
from webapp.services.proposals.derived import write_derived
from webapp.services.work import UnitOfWork

# Declarations are made for each proposal anew; documents are attached to one.
NEVER_COPIED = ("declarations", "documents")


def create_draft(work: UnitOfWork, call_code: str, *, form_key: str = "", copy_of: str = "") -> str:
    """Begin a draft; returns its reference. The same form sent twice begins one (R9).

    Raises NotFound for an unknown call, NotNow when it takes no proposals.
    """
    allow(work, Action.CREATE_PROPOSAL)
    if (answer := work.first_answer(form_key)) is not None:
        return answer
    call = work.session.scalars(select(Call).where(Call.code == call_code)).one_or_none()
    if call is None:
        raise NotFound("call_unknown")
    if not is_open(call, work.now):
        raise NotNow("call_closed")
    followed = _followed(work, call, copy_of)
    contents = _contents_of(work, copy_of) if copy_of else {}
    proposal = Proposal(
        reference=_next_reference(work),
        follows_id=followed,
        call_id=call.id,
        owner_id=work.actor.person_id,
        workflow=call.workflow,
        workflow_version=call.workflow_version,
        stage_since=work.now,
        created_at=work.now,
    )
    work.session.add(proposal)
    work.session.flush()
    by = work.actor.person_id
    work.session.add_all(
        ProposalSection(proposal_id=proposal.id, section=section, content=content, saved_by_id=by, saved_at=work.now)
        for section, content in contents.items()
    )
    work.session.flush()
    write_derived(work, proposal, contents)
    set_draft_reminders(work, proposal.id, call)
    details = {"reference": proposal.reference, "call": call.code}
    if copy_of:
        details["copy_of"] = copy_of
    work.record(Event("DraftCreated", "proposal", proposal.id, details))
    work.remember_answer(form_key, proposal.reference)
    return proposal.reference


def _followed(work: UnitOfWork, call: Call, copy_of: str) -> int | None:
    """The concept note that is carried forward, where the call is a second step; NotNow without an approved one."""
    first = first_steps(work.session, call.code)
    if not first:
        return None
    if not copy_of:
        raise NotNow("call_by_invitation")
    head = find_proposal(work.session, work.rules, work.actor, copy_of, Action.SUBMIT_PROPOSAL)
    if head.call_id not in first or not is_invited(work.session, work.rules, head):
        raise NotNow("call_by_invitation")
    note = select(Proposal.id).where(Proposal.id == head.id).with_for_update()
    work.session.scalars(note).one()
    if work.session.scalar(select(Proposal.id).where(Proposal.follows_id == head.id)) is not None:
        raise NotNow("full_proposal_begun")
    return head.id


def _next_reference(work: UnitOfWork) -> str:
    """The next number of this year; never given twice, since the counter's row is locked until the commit."""
    year = work.now.year
    number = work.session.execute(
        insert(ReferenceCounter)
        .values(year=year, last_number=1)
        .on_conflict_do_update(index_elements=["year"], set_={"last_number": ReferenceCounter.last_number + 1})
        .returning(ReferenceCounter.last_number)
    ).scalar_one()
    return make_reference(year, number)


def _contents_of(work: UnitOfWork, reference: str) -> dict[str, dict[str, Any]]:
    """What is carried into a copy; days that are over are left out, to be entered anew."""
    head = find_proposal(work.session, work.rules, work.actor, reference, Action.READ_OWN_WORK)
    contents = find_contents(work.session, head.id)
    carried = {section: content for section, content in contents.items() if section not in NEVER_COPIED}
    if "plan" in carried:
        carried["plan"] = without_past_days(carried["plan"], work.now.date())
    return carried
