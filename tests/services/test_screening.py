"""The secretariat passes, returns and closes; closed proposals are reopened; of many who act at once one wins."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories import actor_of, make_call, make_person, make_proposal, make_seat, make_secretary
from tests.post import run_outbox
from webapp.adapters.clocks import SetClock
from webapp.domain.errors import Invalid, NotAllowed, NotFound, NotNow, Refusal, Stale
from webapp.domain.people import Actor, Role
from webapp.models.audit import EventRow
from webapp.models.deadlines import TimerRow
from webapp.models.notices import OutboxRow
from webapp.models.partners import Partner
from webapp.models.people import Person
from webapp.models.proposals import Proposal, ProposalPartner
from webapp.models.routing import Conflict
from webapp.services.proposals.save import save_section
from webapp.services.screening import find_ineligible, make_desk_move, pass_screening, return_for_changes
from webapp.wiring import Wiring


@pytest.fixture
def secretary(wired: Wiring) -> Actor:
    return actor_of(wired, make_secretary(wired))


@pytest.fixture
def owner(wired: Wiring) -> Person:
    return make_person(wired, email="owner@demo.example")


@pytest.fixture
def proposal(wired: Wiring, owner: Person, clock: SetClock) -> Proposal:
    return screened(wired, owner, clock)


def screened(wired: Wiring, owner: Person, clock: SetClock) -> Proposal:
    return make_proposal(
        wired, owner, make_call(wired), ("KE", "CN"), stage="screening", submitted_at=clock.at, due_at=clock.at
    )


def now(wired: Wiring, proposal: Proposal) -> Proposal:
    with wired.open_reading() as session:
        found = session.get_one(Proposal, proposal.id)
        session.expunge_all()
    return found


def recorded(wired: Wiring, proposal: Proposal) -> list[EventRow]:
    with wired.open_reading() as session:
        found = list(session.scalars(select(EventRow).where(EventRow.subject_id == proposal.id).order_by(EventRow.id)))
        session.expunge_all()
    return found


def send_back(wired: Wiring, actor: Actor, proposal: Proposal, revision: int = 1, reason: str = "Say more.") -> None:
    with wired.open_work(actor) as work:
        return_for_changes(work, proposal.reference, revision=revision, reason=reason, sections={"budget": "Add up."})


@pytest.mark.rule("R22", "R24")
def test_passing_writes_stage_event_and_task_together(wired: Wiring, secretary: Actor, proposal: Proposal) -> None:
    with wired.open_work(secretary) as work:
        pass_screening(work, proposal.reference, revision=1, note=" All is there. ")
    after = now(wired, proposal)
    assert (after.stage, after.revision, after.closed_from) == ("endorsement", 2, None)
    (event,) = recorded(wired, proposal)
    assert (event.name, event.actor_id) == ("ScreeningPassed", secretary.person_id)
    assert event.payload == {
        "move": "pass_screening",
        "from": "screening",
        "to": "endorsement",
        "note": "All is there.",
    }
    with wired.open_reading() as session:
        tasks = [row.payload for row in session.scalars(select(OutboxRow).where(OutboxRow.kind == "task"))]
    assert tasks == [{"task": "endorsement_requests", "proposal_id": proposal.id}]


@pytest.mark.rule("R5", "R70")
def test_lists_show_what_was_sent_until_it_is_sent_anew(
    wired: Wiring, secretary: Actor, proposal: Proposal, owner: Person
) -> None:
    send_back(wired, secretary, proposal)
    before = now(wired, proposal)
    with wired.open_work(actor_of(wired, owner)) as work:
        save_section(work, proposal.reference, "basics", {"title": "Not sent yet"}, base_version=0)
        save_section(work, proposal.reference, "partners", {"lead_partner": "MY", "participants": []}, base_version=0)
    after = now(wired, proposal)
    assert (after.title, after.summary, after.sector) == (before.title, before.summary, before.sector)
    with wired.open_reading() as session:
        joined = session.scalars(
            select(Partner.code)
            .join(ProposalPartner, ProposalPartner.partner_id == Partner.id)
            .where(ProposalPartner.proposal_id == proposal.id)
        ).all()
    assert sorted(joined) == ["CN", "KE"]


@pytest.mark.rule("R26", "R27")
def test_returning_needs_a_reason_and_keeps_it(
    wired: Wiring, secretary: Actor, proposal: Proposal, owner: Person, clock: SetClock
) -> None:
    with pytest.raises(Invalid) as refused:
        send_back(wired, secretary, proposal, reason="  ")
    assert [one.code for one in refused.value.problems] == ["reason_missing"]
    assert now(wired, proposal).stage == "screening"
    send_back(wired, secretary, proposal)
    after = now(wired, proposal)
    assert (after.stage, after.stage_since) == ("returned", clock.at)
    assert after.due_at is not None
    assert after.due_at.isoformat() == "2026-12-22T17:00:00+00:00"  # 20 working days in the call's zone
    (event,) = recorded(wired, proposal)
    assert (event.payload["reason"], event.payload["sections"]) == ("Say more.", {"budget": "Add up."})
    (mail,) = run_outbox(wired)
    assert mail.to == owner.email
    assert "Say more" not in mail.text  # R55: reasons stand on the page


def test_what_is_sent_is_looked_at(wired: Wiring, secretary: Actor, proposal: Proposal) -> None:
    for reason, sections, codes in (
        ("x" * 4001, {}, ["too_long"]),
        ("Fine.", {"money": "What?"}, ["section_unknown"]),
        ("Fine.", {"budget": "x" * 4001}, ["too_long"]),
    ):
        with pytest.raises(Invalid) as refused, wired.open_work(secretary) as work:
            return_for_changes(work, proposal.reference, revision=1, reason=reason, sections=sections)
        assert [one.code for one in refused.value.problems] == codes


@pytest.mark.rule("R24", "R25")
def test_the_second_is_told(wired: Wiring, secretary: Actor, proposal: Proposal) -> None:
    send_back(wired, secretary, proposal)
    other = actor_of(wired, make_secretary(wired))
    with pytest.raises(Stale), wired.open_work(other) as work:
        pass_screening(work, proposal.reference, revision=1)
    with pytest.raises(NotNow) as refused, wired.open_work(other) as work:
        pass_screening(work, proposal.reference, revision=2)
    assert refused.value.code == "move_not_in_stage"
    assert len(recorded(wired, proposal)) == 1


@pytest.mark.rule("R1", "R2", "R38")
def test_who_may_screen(wired: Wiring, secretary: Actor, proposal: Proposal, owner: Person, clock: SetClock) -> None:
    auditor, stranger, focal = make_person(wired), make_person(wired), make_person(wired)
    make_seat(wired, auditor, Role.AUDITOR)
    make_seat(wired, focal, Role.FOCAL_POINT, partner="KE")
    make_seat(wired, owner, Role.SECRETARIAT)
    for person, refusal in ((auditor, NotAllowed), (focal, NotAllowed), (owner, NotAllowed), (stranger, NotFound)):
        with pytest.raises(refusal), wired.open_work(actor_of(wired, person)) as work:
            pass_screening(work, proposal.reference, revision=1)
    with wired.open_work(secretary) as work:
        conflict = {"kind": "declared", "evidence": "A cousin.", "recorded_at": clock.at}
        work.session.add(Conflict(proposal_id=proposal.id, person_id=secretary.person_id, **conflict))
    with pytest.raises(NotFound), wired.open_work(secretary) as work:
        pass_screening(work, proposal.reference, revision=1)
    assert recorded(wired, proposal) == []


@pytest.mark.rule("R28")
def test_reopened_within_thirty_days_to_where_it_was(
    wired: Wiring, secretary: Actor, proposal: Proposal, clock: SetClock
) -> None:
    with wired.open_work(secretary) as work:
        find_ineligible(work, proposal.reference, revision=1, reason="No second partner.")
    closed = now(wired, proposal)
    assert (closed.stage, closed.closed_from, closed.due_at) == ("ineligible", "screening", None)
    with pytest.raises(Invalid), wired.open_work(secretary) as work:
        make_desk_move(work, proposal.reference, "reopen", revision=2)
    clock.at += timedelta(days=30, seconds=1)
    with pytest.raises(NotNow) as refused, wired.open_work(secretary) as work:
        make_desk_move(work, proposal.reference, "reopen", revision=2, reason="It has one.")
    assert refused.value.code == "open_time_over"
    clock.at -= timedelta(seconds=1)
    with wired.open_work(secretary) as work:
        make_desk_move(work, proposal.reference, "reopen", revision=2, reason="It has one.")
    assert now(wired, proposal).stage == "screening"
    with wired.open_reading() as session:
        timers = session.execute(select(TimerRow.kind, TimerRow.due_at).where(TimerRow.subject_id == proposal.id)).all()
    assert timers == [("stage_late", now(wired, proposal).due_at)]


@pytest.mark.rule("R44")
def test_a_round_closes_early_only_with_the_quorum_and_a_reason(
    wired: Wiring, secretary: Actor, owner: Person, clock: SetClock
) -> None:
    proposal = make_proposal(wired, owner, make_call(wired), stage="review", submitted_at=clock.at)
    with pytest.raises(NotNow) as refused, wired.open_work(secretary) as work:
        make_desk_move(work, proposal.reference, "close_round_early", revision=1, reason="Time.")
    assert (refused.value.code, refused.value.params["missing"]) == ("quorum_not_met", 3)
    with pytest.raises(NotAllowed), wired.open_work(secretary) as work:
        make_desk_move(work, proposal.reference, "close_round", revision=1, reason="Time.")
    assert recorded(wired, proposal) == []


@pytest.mark.rule("R24")
def test_twenty_at_one_transition_make_one_event(committed: Wiring, clock: SetClock) -> None:
    proposal = screened(committed, make_person(committed), clock)
    actors = [actor_of(committed, make_secretary(committed)) for _ in range(20)]

    def act(actor: Actor) -> str:
        try:
            with committed.open_work(actor) as work:
                pass_screening(work, proposal.reference, revision=1)
        except Refusal as refusal:
            return type(refusal).__name__
        return "done"

    with ThreadPoolExecutor(20) as pool:
        outcomes = Counter(pool.map(act, actors))
    assert outcomes == {"done": 1, "Stale": 19}
    assert [event.name for event in recorded(committed, proposal)] == ["ScreeningPassed"]
