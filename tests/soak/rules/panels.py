"""Review and decision: nobody in conflict, reviews within their assignment, quorum, four eyes, conditions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from tests.soak.judging import Look, rule
from webapp.domain.people import Role

LIVE = ("proposed", "invited", "accepted", "submitted")
DECIDED = {"approved", "approved_with_conditions", "revise", "declined"}


@rule("R37", "R38")
def no_reviewer_is_in_conflict(look: Look) -> Iterator[str]:
    """Who is on a panel that reviews has no conflict on record, works not on the proposal, and was seated once."""
    for proposal in look.seen.proposals:
        rows = look.seen.panel.get(proposal.id, [])
        live = [row for row in rows if row.state in LIVE and row.version_id == proposal.current_version_id]
        for person, count in Counter(row.reviewer_id for row in live).items():
            if count > 1:
                yield f"{proposal.reference} asks {person} {count} times"
        if not look.seen.is_reviewing(proposal):
            continue
        for row in live:
            if row.reviewer_id in look.seen.conflicted.get(proposal.id, set()):
                yield f"assignment {row.id} is {row.state}, its reviewer in conflict"
            if row.reviewer_id in look.seen.team(proposal):
                yield f"assignment {row.id} is {row.state}, its reviewer works on the proposal"
            seated = {one.person_id for one in look.seen.seats if one.role == Role.REVIEWER}
            if row.reviewer_id not in seated:
                yield f"assignment {row.id}: {row.reviewer_id} never was a reviewer"


@rule("R42", "R43")
def reviews_stand_within_assignments(look: Look) -> Iterator[str]:
    """A review was sent exactly where its assignment says so, and belongs to a version of that proposal."""
    for proposal in look.seen.proposals:
        versions = {one.id for one in look.seen.versions.get(proposal.id, [])}
        for row in look.seen.panel.get(proposal.id, []):
            review = look.seen.reviews.get(row.id)
            sent = review is not None and review.submitted_at is not None
            if row.state == "submitted" and not sent:
                yield f"assignment {row.id} is submitted without a review"
            if sent and row.state not in ("submitted", "recused"):
                yield f"assignment {row.id} is {row.state}, its review was sent"
            if row.version_id not in versions:
                yield f"assignment {row.id} is for a version of another proposal"


@rule("R44")
def rounds_close_with_their_quorum(look: Look) -> Iterator[str]:
    """When a round has just closed, as many reviews of the version are in as the call's quorum says."""
    for event in look.events:
        if not event.name.startswith("ReviewRoundClosed"):
            continue
        proposal = next(one for one in look.seen.proposals if one.id == event.subject_id)
        if look.act and _in(look, proposal.id, event.version_id) < look.seen.calls[proposal.call_id].quorum:
            yield f"{proposal.reference}: closed below its quorum"


@rule("R44", "R46")
def nothing_is_decided_below_the_quorum(look: Look) -> Iterator[str]:
    """When a decision has just taken effect, the quorum of reviews of that version is in."""
    for event in look.events:
        if event.payload.get("outcome") not in DECIDED or "move" not in event.payload:
            continue
        proposal = next(one for one in look.seen.proposals if one.id == event.subject_id)
        count, quorum = _in(look, proposal.id, event.version_id), look.seen.calls[proposal.call_id].quorum
        if count < quorum:
            yield f"{proposal.reference}: {event.payload['outcome']} by {count} reviews of {quorum}"


def _in(look: Look, proposal_id: int, version_id: int | None) -> int:
    rows = look.seen.panel.get(proposal_id, [])
    return sum(row.state == "submitted" and row.version_id == version_id for row in rows)


@rule("R46", "R29")
def decisions_are_made_by_two(look: Look) -> Iterator[str]:
    """Drafted by one, confirmed by another; after an appeal by two others; never two pending."""
    for proposal in look.seen.proposals:
        decisions = look.seen.decisions.get(proposal.id, [])
        if sum(one.state in ("drafted", "staged") for one in decisions) > 1:
            yield f"{proposal.reference} has two pending decisions"
        for one in decisions:
            if one.state in ("staged", "confirmed") and one.confirmed_by_id in (None, one.drafted_by_id):
                yield f"decision {one.id} is {one.state} by {one.drafted_by_id} alone"
        confirmed = [one for one in decisions if one.state == "confirmed"]
        for earlier, later in pairwise(confirmed):
            same = earlier.version_id == later.version_id
            people = {earlier.drafted_by_id, earlier.confirmed_by_id} & {later.drafted_by_id, later.confirmed_by_id}
            if same and people:
                yield f"decision {later.id}: an appeal decided by {people}, who decided before"


@rule("R48")
def conditions_are_open_where_awaited(look: Look) -> Iterator[str]:
    """In the stage of conditions one is unsettled; once approved, none is."""
    for proposal in look.seen.proposals:
        confirmed = [one for one in look.seen.decisions.get(proposal.id, []) if one.state == "confirmed"]
        rows = [row for one in confirmed[-1:] for row in look.seen.conditions.get(one.id, [])]
        open_now = [row for row in rows if row.state in ("open", "evidence_submitted")]
        if proposal.stage == "conditions" and not open_now:
            yield f"{proposal.reference} waits for conditions, and none is open"
        is_approved = bool(confirmed) and confirmed[-1].outcome in ("approved", "approved_with_conditions")
        if proposal.stage in ("approved", "published", "completed") and (open_now or not is_approved):
            yield f"{proposal.reference} is {proposal.stage} with {len(open_now)} conditions open"


@rule("R49")
def nothing_is_published_before_its_time(look: Look) -> Iterator[str]:
    """Published exactly from the stage on, after the embargo of the call."""
    for proposal in look.seen.proposals:
        public = look.seen.stage(proposal).is_public
        if public != (proposal.published_at is not None):
            yield f"{proposal.reference} is {proposal.stage}, published {proposal.published_at}"


@rule("R85")
def questions_are_open_while_it_is_live(look: Look) -> Iterator[str]:
    """A question to the applicant is open only at a live stage after submission."""
    for proposal in look.seen.proposals:
        for one in look.seen.questions.get(proposal.id, []):
            if one.state == "open" and not (look.seen.stage(proposal).is_live and proposal.submitted_at):
                yield f"question {one.id} is open, {proposal.reference} is {proposal.stage}"
