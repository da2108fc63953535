"""What the secretariat does with suggestions: offers a mapping, links two proposals, sets one aside (R20, R71)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from webapp.domain.errors import Invalid, NotAllowed, NotFound, NotNow
from webapp.domain.events import Event
from webapp.domain.mapping import Mapping
from webapp.domain.policy import Action
from webapp.domain.problems import Problem
from webapp.domain.suggestions import LINK_KINDS, SECTION, mapping_problems, suggestion_problems, text_problems
from webapp.domain.texts import is_blank
from webapp.models.proposals import Proposal
from webapp.models.reviews import ProposalLink, Suggestion
from webapp.queries.reviews.suggestions import is_remappable, offered, open_articles, version_mapping
from webapp.services.access import Held, hold_proposal, hold_proposal_by_id
from webapp.services.work import UnitOfWork


def offer_mapping(work: UnitOfWork, reference: str, *, mapped: Mapping, reason: str, form_key: str = "") -> None:
    """Propose another mapping to the applicant, with a reason (R20). The same form twice is once.

    Raises Invalid with every problem; NotNow once it is decided, or while another is offered.
    """
    held = hold_proposal(work, reference, Action.SCREEN_PROPOSAL)
    if work.first_answer(form_key) is not None:
        return
    _check_remappable(work, held)
    before = version_mapping(work.session, held.row.current_version_id or 0)
    found = suggestion_problems("mapping", reason, mapped, "", held.row.reference)
    found += mapping_problems(mapped, before, open_articles(work.session, held.row.call_id))
    if found:
        raise Invalid(found)
    suggestion = Suggestion(
        proposal_id=held.row.id,
        version_id=held.row.current_version_id,
        kind="mapping",
        state="offered",
        made_by_id=work.actor.person_id,
        made_at=work.now,
        reason=reason.strip(),
        mapping=mapped.facts(),
    )
    work.session.add(suggestion)
    work.session.flush()
    _tell_offer(work, held, suggestion)
    work.remember_answer(form_key, str(suggestion.id))


def take_suggestion(work: UnitOfWork, reference: str, suggestion_id: int) -> None:
    """Take a reviewer's suggestion as it is: a mapping is offered to the applicant, two proposals are linked (R71).

    Raises NotNow when it was settled before; Invalid where there is no such other proposal.
    """
    found = work.session.get(Suggestion, suggestion_id)
    if found is not None and found.kind in LINK_KINDS:
        _lock_both(work, reference, found.other_reference)
    held = hold_proposal(work, reference, Action.SCREEN_PROPOSAL)
    suggestion = _hold(work, held, suggestion_id, "open")
    if suggestion.kind == "mapping":
        _check_remappable(work, held)
        if suggestion.version_id != held.row.current_version_id:
            raise NotNow("suggestion_of_earlier_version")
        suggestion.state = "offered"
        work.session.flush()
        _tell_offer(work, held, suggestion)
        return
    other = work.session.scalars(
        select(Proposal.id).where(Proposal.reference == suggestion.other_reference, Proposal.submitted_at.is_not(None))
    ).one_or_none()
    if other is None:
        raise Invalid([Problem(SECTION, "other_reference", "suggestion_other_unknown")])
    try:
        _link(work, held, suggestion, hold_proposal_by_id(work, other, Action.SCREEN_PROPOSAL))
    except (NotFound, NotAllowed):
        # Under seal, in conflict, or their own: as where there is none (R2).
        raise Invalid([Problem(SECTION, "other_reference", "suggestion_other_unknown")]) from None


def set_aside(work: UnitOfWork, reference: str, suggestion_id: int, *, reason: str) -> None:
    """Turn a suggestion down, or take an offer back, with a reason (R26)."""
    held = hold_proposal(work, reference, Action.SCREEN_PROPOSAL)
    suggestion = _hold(work, held, suggestion_id, "open", "offered")
    if is_blank(reason):
        raise Invalid([Problem(SECTION, "reason", "suggestion_reason_missing")])
    if long := text_problems("reason", reason):
        raise Invalid(long)
    was = suggestion.state
    suggestion.state, suggestion.answer = "set_aside", reason.strip()
    suggestion.settled_by_id, suggestion.settled_at = work.actor.person_id, work.now
    name = "MappingTakenBack" if was == "offered" else "SuggestionSetAside"
    details = {"suggestion_id": suggestion.id, "reason": reason.strip()}
    work.record(Event(name, "proposal", held.row.id, details, version_id=suggestion.version_id))


def _tell_offer(work: UnitOfWork, held: Held, suggestion: Suggestion) -> None:
    details = {"suggestion_id": suggestion.id, "mapping": suggestion.mapping, "reason": suggestion.reason}
    work.record(Event("MappingOffered", "proposal", held.row.id, details, version_id=suggestion.version_id))


def _check_remappable(work: UnitOfWork, held: Held) -> None:
    if not is_remappable(work.session, work.rules, held.head):
        raise NotNow("mapping_fixed")
    if offered(work.session, held.row.id) is not None:
        raise NotNow("mapping_offered")


def _hold(work: UnitOfWork, held: Held, suggestion_id: int, *states: str) -> Suggestion:
    suggestion = work.session.scalars(
        select(Suggestion)
        .where(Suggestion.id == suggestion_id, Suggestion.proposal_id == held.row.id)
        .with_for_update()
    ).one_or_none()
    if suggestion is None:
        raise NotFound
    work.session.refresh(suggestion)
    if suggestion.state not in states:
        raise NotNow("suggestion_settled")
    return suggestion


def _lock_both(work: UnitOfWork, *references: str) -> None:
    """Always in the same order, so that two links made from both ends do not wait for each other."""
    both = select(Proposal.id).where(Proposal.reference.in_(references)).order_by(Proposal.id)
    work.session.execute(both.with_for_update()).all()


def _link(work: UnitOfWork, held: Held, suggestion: Suggestion, other: Held) -> None:
    work.session.execute(
        insert(ProposalLink)
        .values(
            proposal_id=held.row.id,
            other_id=other.row.id,
            kind=suggestion.kind,
            suggestion_id=suggestion.id,
            made_by_id=work.actor.person_id,
            made_at=work.now,
        )
        .on_conflict_do_nothing()
    )
    suggestion.state, suggestion.other_id = "taken", other.row.id
    suggestion.settled_by_id, suggestion.settled_at = work.actor.person_id, work.now
    work.session.flush()
    for one, to in ((held, other), (other, held)):
        details = {"suggestion_id": suggestion.id, "kind": suggestion.kind, "other": to.row.reference}
        work.record(Event("ProposalsLinked", "proposal", one.row.id, details, version_id=one.row.current_version_id))
