"""An organisation's signatory certifies a proposal before it is submitted, or sends it back, by a mailed link (R69)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from webapp.domain.completeness import find_problems
from webapp.domain.errors import Invalid, NotFound, NotNow, Stale
from webapp.domain.events import Event
from webapp.domain.policy import Action
from webapp.domain.proposals import SUBMITTING_GUARDS
from webapp.domain.sign_offs import certifying_problems, sending_back_problems
from webapp.domain.versions import content_hash
from webapp.domain.workflow import moves_from
from webapp.models.people import Organisation
from webapp.models.proposals import Proposal
from webapp.models.sign_offs import SignOff
from webapp.queries.proposals.around import find_around, find_contents, frozen_contents
from webapp.queries.proposals.sign_offs import list_sign_offs
from webapp.services.access import hold_proposal
from webapp.services.people.links import find_link, make_link
from webapp.services.work import UnitOfWork

LINK = "sign_off"


def ask_sign_off(work: UnitOfWork, reference: str, organisation_id: int) -> None:
    """Ask the organisation's signatory to certify the proposal as it stands; the link of an earlier time is over.

    Raises Invalid while the proposal is incomplete, NotNow where it is signed as it stands or cannot be submitted.
    """
    held = hold_proposal(work, reference, Action.SUBMIT_PROPOSAL)
    _require_submittable(work, held.row)
    contents = find_contents(work.session, held.row.id)
    around = find_around(work.session, work.rules, held.row.id, held.row.call_id, contents)
    if problems := find_problems(contents, around):
        raise Invalid(problems)
    wanted = list_sign_offs(work.session, held.row.id, contents)
    before = next((one for one in wanted if one.organisation_id == organisation_id), None)
    if before is None:
        raise NotFound
    sha256 = content_hash(frozen_contents(work.session, held.row.id, contents, around.sections_off))
    if before.standing(sha256) == "signed":
        raise NotNow("sign_off_given")
    organisation = work.session.get_one(Organisation, organisation_id)
    link = make_link(
        work,
        LINK,
        organisation.signatory_email,
        proposal_id=held.row.id,
        invited_by_id=work.actor.person_id,
    )
    row = SignOff(
        proposal_id=held.row.id,
        organisation_id=organisation_id,
        number=before.number + 1,
        link_id=link.id,
        asked_by_id=work.actor.person_id or 0,
        asked_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    _record(work, row, "SignOffAsked", link_id=link.id)


@dataclass(frozen=True, slots=True)
class AskedToSign:
    """What the page of a mailed link is about. `sha256` is the hash of the proposal as it stands now.

    `state` is that of the sign-off: asked, signed, sent_back, or over.
    """

    proposal_id: int
    organisation: str
    signatory: str
    state: str
    sha256: str


def see_sign_off(work: UnitOfWork, token: str) -> AskedToSign:
    """What the link asks; changes nothing. Raises NotFound for a false one, NotNow for one whose time is over."""
    row, proposal = _find(work, token)
    organisation = work.session.get_one(Organisation, row.organisation_id)
    is_over = not _is_last(work, row) or not _may_be_submitted(work, proposal)
    return AskedToSign(
        proposal_id=proposal.id,
        organisation=organisation.name,
        signatory=organisation.signatory_name,
        state="over" if row.state == "asked" and is_over else row.state,
        sha256=_hash(work, proposal),
    )


def certify(work: UnitOfWork, token: str, *, seen_sha256: str, name: str, certified: bool) -> None:
    """Certify the proposal in the organisation's name, as it was read: its hash is kept with the signature.

    Whoever holds the link certifies. Raises Stale when the proposal was changed since it was read, Invalid,
    NotNow `sign_off_over` when it is settled already.
    """
    row, proposal = _hold(work, token)
    if problems := certifying_problems(name, certified):
        raise Invalid(problems)
    if _hash(work, proposal) != seen_sha256:
        raise Stale(code="sign_off_changed")
    row.state, row.sha256, row.signed_by, row.settled_at = "signed", seen_sha256, " ".join(name.split()), work.now
    work.session.flush()
    _record(work, row, "SignOffGiven", sha256=seen_sha256)


def send_back(work: UnitOfWork, token: str, *, reason: str) -> None:
    """Not in the organisation's name as it stands: the applicant is told why (R26). Raises Invalid, NotNow."""
    row, _proposal = _hold(work, token)
    if problems := sending_back_problems(reason):
        raise Invalid(problems)
    row.state, row.reason, row.settled_at = "sent_back", reason.strip(), work.now
    work.session.flush()
    _record(work, row, "SignOffSentBack", reason=row.reason)


def _find(work: UnitOfWork, token: str) -> tuple[SignOff, Proposal]:
    link = find_link(work, token, LINK)
    row = work.session.scalars(select(SignOff).where(SignOff.link_id == link.id)).one_or_none()
    if row is None:
        raise NotFound("link_unknown")
    return row, work.session.get_one(Proposal, row.proposal_id)


def _hold(work: UnitOfWork, token: str) -> tuple[SignOff, Proposal]:
    """The sign-off that is still open, its proposal locked."""
    row, proposal = _find(work, token)
    work.session.refresh(proposal, with_for_update=True)
    work.session.refresh(row)
    if row.state != "asked" or not _is_last(work, row) or not _may_be_submitted(work, proposal):
        raise NotNow("sign_off_over")
    return row, proposal


def _is_last(work: UnitOfWork, row: SignOff) -> bool:
    later = select(SignOff.id).where(
        SignOff.proposal_id == row.proposal_id,
        SignOff.organisation_id == row.organisation_id,
        SignOff.number > row.number,
    )
    return work.session.scalars(later.limit(1)).first() is None


def _may_be_submitted(work: UnitOfWork, proposal: Proposal) -> bool:
    workflow = work.rules.workflow((proposal.workflow, proposal.workflow_version))
    return any(move.guard in SUBMITTING_GUARDS for move in moves_from(workflow, proposal.stage))


def _require_submittable(work: UnitOfWork, proposal: Proposal) -> None:
    if not _may_be_submitted(work, proposal):
        raise NotNow("nothing_to_submit")


def _hash(work: UnitOfWork, proposal: Proposal) -> str:
    contents = find_contents(work.session, proposal.id)
    around = find_around(work.session, work.rules, proposal.id, proposal.call_id, contents)
    return content_hash(frozen_contents(work.session, proposal.id, contents, around.sections_off))


def _record(work: UnitOfWork, row: SignOff, name: str, **details: str | int) -> None:
    payload = {"sign_off_id": row.id, "organisation_id": row.organisation_id, "number": row.number, **details}
    work.record(Event(name, "proposal", row.proposal_id, payload))
