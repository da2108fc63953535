"""Time: what waits has its timer, what has come was done once, due times fall at the end of working days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from tests.soak.judging import Look, rule
from webapp.domain.calendars import Calendar, day_ends
from webapp.domain.deadlines import STAND_STILL, Timer, TimerKind, read_timer
from webapp.domain.endorsements import Around, read_case, read_rule, timers_of
from webapp.domain.people import SYSTEM
from webapp.models.deadlines import TimerRow
from webapp.models.endorsements import Endorsement
from webapp.models.partners import Partner, PartnerPath
from webapp.models.proposals import Proposal
from webapp.services.calendars import call_calendar, partner_calendar

LASTING = (TimerKind.ENDORSEMENT_WITHDRAWAL_EFFECTIVE, TimerKind.ENDORSEMENT_VALIDITY_OVER)
AWAITED = ("invited", "accepted")
SAID_ONCE = {
    "StageDueSoon": ("stage", "due_at", "days"),
    "StageOverdue": ("stage", "due_at"),
    "CallClosesSoon": ("due_at", "days"),
    "ReviewReminder": ("assignment_id", "state", "due_at", "days"),
    "ClarificationDueSoon": ("clarification_id", "due_at", "days"),
    "EndorsementNoticeSent": ("endorsement_id", "due_at", "days"),
    "EndorsementDueToday": ("endorsement_id", "due_at", "days"),
    "EndorsementOverdue": ("endorsement_id", "due_at", "days"),
    "RoundExtended": ("due_at",),
}
"""Events of timers, and what makes two of them the same."""

Wanted = tuple[str, int, Timer]


@rule("R51")
def what_waits_has_its_timer(look: Look) -> Iterator[str]:
    """Stages, assignments, conditions, questions, sealed calls: a timer at the due time, to come or fired."""
    rows = _rows(look)
    for subject, subject_id, timer in _wanted(look):
        row = rows.get((timer.kind, subject, subject_id, timer.due_at))
        if row is None:
            yield f"no {timer.kind} of {subject} {subject_id} at {timer.due_at}"
        elif read_timer(row.kind, row.due_at, row.facts) != timer and row.done_at is None:
            yield f"{timer.kind} of {subject} {subject_id} at {timer.due_at} is for {row.facts}"
        elif row.done_at is not None and timer.due_at > look.world.latest:
            yield f"{timer.kind} of {subject} {subject_id} at {timer.due_at} was done before: {row.outcome}"


@rule("R51", "R30")
def cases_have_their_timers(look: Look) -> Iterator[str]:
    """What a case wants by its state and path is set; what has come was done, and is wanted no more."""
    if look.seen.waiting_rows:
        return  # what follows from a change of days or people is still to be done
    rows = _rows(look)
    for proposal in look.seen.proposals:
        for case in look.seen.cases.get(proposal.id, []):
            for timer in _wanted_by(look, proposal, case):
                row = rows.get((timer.kind, "endorsement", case.id, timer.due_at))
                come = timer.due_at <= look.seen.now
                if timer.kind is TimerKind.ENDORSEMENT_NOTICE and timer.due_at <= look.world.latest:
                    continue  # a morning that is over is not made up for
                if row is None or (row.done_at is not None and not come and timer.due_at > look.world.latest):
                    yield f"case {case.id} ({case.state}) has no {timer.kind} at {timer.due_at}"
                elif come and "timers" in look.swept and timer.kind is not TimerKind.ENDORSEMENT_VALIDITY_OVER:
                    yield f"case {case.id} ({case.state}) still waits for {timer.kind} of {timer.due_at}: {row.outcome}"


@rule("R51")
def what_has_come_was_done(look: Look) -> Iterator[str]:
    """After a sweep no timer is due, but those whose clock stands; and none of a stage that is late came to nothing."""
    if "timers" not in look.swept:
        return
    rows = _rows(look)
    for one in rows.values():
        stands = one.kind in STAND_STILL and _stands(look, one.proposal_id)
        if one.done_at is None and one.due_at <= look.seen.now and not stands:
            yield f"{one.kind} of {one.subject_kind} {one.subject_id} at {one.due_at} did not fire"
    for subject, subject_id, timer in _wanted(look):
        row = rows.get((timer.kind, subject, subject_id, timer.due_at))
        late = timer.due_at <= look.seen.now and not _stands(look, row.proposal_id if row else None)
        if late and row is not None and (row.outcome or "").startswith(("moved_on", "passed_over")):
            yield f"{timer.kind} of {subject} {subject_id} at {timer.due_at} is awaited and did nothing: {row.outcome}"


@rule("R51", "R52")
def nothing_is_said_twice(look: Look) -> Iterator[str]:
    """One reminder, one notice, one escalation for each due time, however many sweeps there are."""
    said = look.world.memory.said
    for event in look.events:
        names = SAID_ONCE.get(event.name)
        if names is None:
            continue
        key = (event.name, event.subject_id, *(event.payload.get(name) for name in names))
        if key in said:
            yield f"{key} was told by event {said[key]} and by event {event.id}"
        said[key] = event.id


@rule("R50")
def due_times_are_ends_of_working_days(look: Look) -> Iterator[str]:
    """17:00 of a working day of the call for stages and reviews, of the partner for its case, in their time zones."""
    for proposal in look.seen.proposals:
        call = look.seen.calls[proposal.call_id]
        stage = look.seen.stage(proposal)
        if stage.due_from == "stage" and proposal.due_at is not None:
            yield from _no_end(call.time_zone, proposal.due_at, f"{proposal.reference} in {proposal.stage}")
        for row in look.seen.panel.get(proposal.id, []):
            if row.state in AWAITED and row.due_at is not None:
                yield from _no_end(call.time_zone, row.due_at, f"assignment {row.id}")
        for case in look.seen.cases.get(proposal.id, []):
            if case.due_at is not None and case.state not in ("to_request", "withdrawal_notified"):
                zone = look.seen.partners[case.partner_id].time_zone
                yield from _no_end(zone, case.due_at, f"case {case.id} ({case.state})")


def _no_end(zone: str, moment: datetime, what: str) -> Iterator[str]:
    there = moment.astimezone(ZoneInfo(zone))
    if there.weekday() > 4 or (there.hour, there.minute, there.second) != (17, 0, 0):
        yield f"{what} is due at {there}"


def _rows(look: Look) -> dict[tuple[str, str, int, datetime], TimerRow]:
    found = look.session.scalars(select(TimerRow))
    return {(row.kind, row.subject_kind, row.subject_id, row.due_at): row for row in found}


def _stands(look: Look, proposal_id: int | None) -> bool:
    return any(one.state == "open" for one in look.seen.questions.get(proposal_id or 0, []))


def _wanted(look: Look) -> Iterator[Wanted]:
    """The timers of everything but cases that waits, by what stands in its row."""
    seen = look.seen
    for proposal in seen.proposals:
        stage = seen.stage(proposal)
        due = proposal.due_at
        if due is not None and stage.when_late and stage.when_late != "parts" and stage.kind in ("live", "settled"):
            yield "proposal", proposal.id, Timer(TimerKind.STAGE_LATE, due, stage.id, due)
        if due is not None and seen.is_reviewing(proposal) and not seen.waiting_rows:
            at = due + timedelta(minutes=1)
            yield "proposal", proposal.id, Timer(TimerKind.ROUND_LATE, at, stage.id, due)
        yield from _parts(look, proposal)
    for call in seen.calls.values():
        sealed = call.publication.get("sealed") and not call.publication.get("unsealed_at")
        under_seal = any(one.is_sealed for one in seen.proposals if one.call_id == call.id)
        if sealed and under_seal and call.closes_at:
            at = call.closes_at + timedelta(minutes=call.grace_minutes)
            yield "call", call.id, Timer(TimerKind.CALL_UNSEAL, at, "sealed", at)


def _parts(look: Look, proposal: Proposal) -> Iterator[Wanted]:
    seen = look.seen
    if seen.is_reviewing(proposal) and not seen.waiting_rows:
        for row in seen.panel.get(proposal.id, []):
            if row.state in AWAITED and row.version_id == proposal.current_version_id and row.due_at:
                yield "assignment", row.id, Timer(TimerKind.ASSIGNMENT_LATE, row.due_at, row.state, row.due_at)
    if proposal.stage == "conditions" and not seen.waiting_rows:
        calendar = call_calendar(seen.calls[proposal.call_id])
        confirmed = [one for one in seen.decisions.get(proposal.id, []) if one.state == "confirmed"]
        for condition in (row for one in confirmed[-1:] for row in seen.conditions.get(one.id, [])):
            if condition.state == "open" and condition.due_on:
                at = day_ends(calendar, condition.due_on)
                yield "condition", condition.id, Timer(TimerKind.CONDITION_LATE, at, "open", at)
    for question in seen.questions.get(proposal.id, []):
        if question.state == "open":
            at = question.due_at
            yield "clarification", question.id, Timer(TimerKind.CLARIFICATION_LATE, at, "open", at)


def _wanted_by(look: Look, proposal: Proposal, case: Endorsement) -> Iterator[Timer]:
    """What a case wants now, reckoned from its content by the path it has pinned and the partner's calendar."""
    path = look.session.get_one(PartnerPath, case.path_id)
    path_rule = read_rule(path.version, path.rule)
    partner = look.seen.partners[case.partner_id]
    stage, table = look.seen.stage(proposal), look.seen.workflow(proposal)
    play = stage.is_live and "applicant" not in stage.waits_for
    alive = not stage.is_closed and any(proposal.stage in move.sources for move in table.moves)
    calendar = _calendar(look, partner, path_rule.weekend)
    for timer in timers_of(read_case(case.content, Around()), path_rule, calendar):
        if play or (alive and timer.kind in LASTING):
            yield timer


def _calendar(look: Look, partner: Partner, weekend: tuple[int, ...]) -> Calendar:
    own = tuple((day.day, day.is_working) for day in look.seen.days if day.partner_id == partner.id)
    key = (partner.code, weekend, look.seen.now.year, own)
    if key not in _calendars:
        with look.world.wired.open_work(SYSTEM) as work:
            _calendars[key] = partner_calendar(work, partner, weekend)
    return _calendars[key]


_calendars: dict[tuple[object, ...], Calendar] = {}
