"""The secretariat's hand on a panel: add, exchange, remove, note a conflict, route again, release (R36, R38)."""

from __future__ import annotations

from sqlalchemy import Select, select

from webapp.domain.errors import Invalid, NotFound, NotNow
from webapp.domain.events import Event
from webapp.domain.policy import Action
from webapp.domain.problems import Problem
from webapp.domain.reviews import COMMENT_AT_MOST, LIVE_ASSIGNMENTS
from webapp.domain.routing import LIMITS, explain_by_hand, hindrances
from webapp.models.people import Person
from webapp.models.routing import Assignment
from webapp.queries.routing import find_routing
from webapp.services.access import Held, hold_proposal
from webapp.services.routing.conflicts import record_conflict, record_found
from webapp.services.routing.invite import invite_proposed
from webapp.services.routing.rounds import end_assignment, is_reviewing, oblige_routing, record, take_off
from webapp.services.routing.route import lock_loads, propose
from webapp.services.work import UnitOfWork

SECTION = "panel"


def add_reviewer(
    work: UnitOfWork, reference: str, person_id: int, *, revision: int, reason: str = "", in_place_of: str = ""
) -> str:
    """Put somebody on the panel, in place of somebody proposed if so said; returns the assignment's public id.

    A conflict refuses (`person_conflicted`). A limit (load, absence, language, expertise) can be
    overridden with a reason, which is kept; without one Invalid asks for it.
    """
    held = _hold(work, reference, revision)
    lock_loads(work, held.row, person_id)
    facts = find_routing(work.session, work.rules, held.row.id, work.now)
    known = facts.known(person_id)
    if known is None:
        raise NotFound
    if person_id in facts.live:
        raise NotNow("person_on_panel")
    found = hindrances(known.candidate, facts.need, facts.policy)
    _check_hindrances(found, reason)
    if in_place_of:
        _remove(work, held, in_place_of, "", only=("proposed",))
    reasons = explain_by_hand(known.candidate, facts.need, facts.candidates, facts.policy).facts()
    row = propose(work, held.row, person_id, {**reasons, "note": reason.strip(), "overridden": list(found)}, None)
    record(work, held.row, "ReviewerAdded", row, {"reviewer_id": person_id, "overridden": list(found)})
    held.row.revision += 1
    return row.public_id


def remove_reviewer(work: UnitOfWork, reference: str, public_id: str, *, revision: int, reason: str = "") -> None:
    """Take somebody off the panel who has not sent a review; a reason is needed once they were invited (R26)."""
    held = _hold(work, reference, revision)
    _remove(work, held, public_id, reason, only=("proposed", "invited", "accepted"))
    held.row.revision += 1


def note_conflict(work: UnitOfWork, reference: str, person_id: int, *, revision: int, reason: str) -> None:
    """Say that somebody has a conflict of interest: they see nothing of the proposal, and leave its panel (R38)."""
    _check_reason(reason)
    held = _hold(work, reference, revision, in_review=False)
    if work.session.get(Person, person_id) is None:
        raise NotFound
    record_conflict(work, held.row.id, person_id, "secretariat", reason.strip(), recorded_by=work.actor.person_id)
    payload = {"person_id": person_id, "reason": reason.strip()}
    work.record(Event("ConflictNoted", "proposal", held.row.id, payload, version_id=held.row.current_version_id))
    live = select(Assignment).where(
        Assignment.proposal_id == held.row.id,
        Assignment.reviewer_id == person_id,
        Assignment.state.in_(LIVE_ASSIGNMENTS),
    )
    for row in work.session.scalars(live.order_by(Assignment.id)):
        take_off(work, held, row, "conflict_noted")
    held.row.revision += 1


def route_again(work: UnitOfWork, reference: str, *, revision: int) -> None:
    """Set aside those who are only proposed, and have the panel proposed anew; nobody was told of them."""
    held = _hold(work, reference, revision)
    for row in work.session.scalars(_of_version(held).where(Assignment.state == "proposed")):
        work.session.delete(row)
    held.row.revision += 1
    work.session.flush()
    oblige_routing(work, held.row, f"again:{held.row.revision}")


def release_panel(work: UnitOfWork, reference: str, *, revision: int, form_key: str = "") -> int:
    """Invite everybody who is proposed; returns how many. Refused while one of them has a conflict.

    The same form sent twice invites once.
    """
    if (answer := work.first_answer(form_key)) is not None:
        return int(answer or 0)
    held = _hold(work, reference, revision)
    facts = find_routing(work.session, work.rules, held.row.id, work.now)
    record_found(work, held.row, facts)
    if any(live.state == "proposed" and person in (facts.found | facts.told) for person, live in facts.live.items()):
        raise NotNow("panel_has_conflict")
    invited = invite_proposed(work, held.row)
    if not invited:
        raise NotNow("panel_empty")
    held.row.revision += 1
    work.remember_answer(form_key, str(len(invited)))
    return len(invited)


def _hold(work: UnitOfWork, reference: str, revision: int, *, in_review: bool = True) -> Held:
    held = hold_proposal(work, reference, Action.ROUTE_PROPOSAL, seen_revision=revision)
    if in_review and not is_reviewing(work, held.row):
        raise NotNow("not_in_review")
    return held


def _remove(work: UnitOfWork, held: Held, public_id: str, reason: str, *, only: tuple[str, ...]) -> None:
    row = work.session.scalars(_of_version(held).where(Assignment.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound
    if row.state not in only:
        raise NotNow("assignment_not_removable", {"state": row.state})
    if row.state == "proposed":
        # Nobody was told of it: the same person may be proposed again.
        work.session.delete(row)
        work.session.flush()
        return
    _check_reason(reason)
    row.decline_reason = reason.strip()
    end_assignment(work, held, row, state="removed", event="ReviewerRemoved", payload={"reason": reason.strip()})


def _of_version(held: Held) -> Select[Assignment]:
    return select(Assignment).where(
        Assignment.proposal_id == held.row.id, Assignment.version_id == held.row.current_version_id
    )


def _check_hindrances(found: tuple[str, ...], reason: str) -> None:
    if "conflict" in found:
        raise NotNow("person_conflicted")
    if found and not reason.strip():
        overridable = [word for word in found if word in LIMITS]
        raise Invalid(
            [Problem(SECTION, "reason", "override_reason_missing", {"limits": ", ".join(overridable or found)})]
        )


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid([Problem(SECTION, "reason", "panel_reason_missing")])
    if len(reason) > COMMENT_AT_MOST:
        raise Invalid([Problem(SECTION, "reason", "too_long", {"most": COMMENT_AT_MOST})])
