"""Conditions: their reminders and lateness, evidence that is not enough, and what a withdrawal stops (R48, R52)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.browsing import Browser
from tests.deciding import confirm, now, review_it
from tests.factories import actor_of, make_call, make_person, make_proposal, make_secretary, make_version
from tests.post import fire_timers, run_outbox
from webapp.adapters.clocks import SetClock
from webapp.domain.decisions import ConditionText
from webapp.domain.errors import Invalid, NotNow
from webapp.domain.people import Actor
from webapp.models.people import Person
from webapp.models.proposals import Proposal
from webapp.queries.decisions import list_decisions
from webapp.services.decisions.conditions import ask_more, settle_condition, submit_evidence
from webapp.services.decisions.draft import Draft, draft_decision
from webapp.services.proposals.withdraw import withdraw
from webapp.services.screening import make_desk_move
from webapp.wiring import Wiring

DUE = date(2027, 3, 31)


@pytest.fixture
def owner(wired: Wiring) -> Person:
    return make_person(wired, email="owner@demo.example")


@pytest.fixture
def first(wired: Wiring) -> Actor:
    return actor_of(wired, make_secretary(wired))


@pytest.fixture
def proposal(wired: Wiring, owner: Person, first: Actor, clock: SetClock) -> Proposal:
    """Approved with two conditions: one with a day, one without."""
    made = make_proposal(wired, owner, make_call(wired), ("KE", "CN"), stage="deliberation", submitted_at=clock.at)
    make_version(wired, made)
    review_it(wired, made)
    conditions = [ConditionText("Show a letter.", DUE), ConditionText("Name a contact.")]
    with wired.open_work(first) as work:
        given = Draft("approved_with_conditions", "", "Dear applicant", conditions)
        draft_decision(work, made.reference, given, revision=now(wired, made).revision)
    confirm(wired, actor_of(wired, make_secretary(wired)), made)
    return made


def states(wired: Wiring, proposal: Proposal) -> list[str]:
    with wired.open_reading() as session:
        return [one.state for one in list_decisions(session, proposal.id)[0].conditions]


def show(wired: Wiring, owner: Person, proposal: Proposal, number: int) -> None:
    with wired.open_work(actor_of(wired, owner)) as work:
        submit_evidence(work, proposal.reference, number, evidence="Here it is.")


def subjects_to(wired: Wiring, email: str) -> list[str]:
    return [mail.subject.split("] ")[-1] for mail in run_outbox(wired) if mail.to == email]


@pytest.mark.rule("R48", "R52")
def test_the_applicant_is_reminded_of_each_condition_and_the_secretariat_told_when_it_is_late(
    wired: Wiring, owner: Person, first: Actor, proposal: Proposal, clock: SetClock
) -> None:
    run_outbox(wired)
    show(wired, owner, proposal, 2)
    run_outbox(wired)
    reminded = []
    while clock.at < datetime(2027, 3, 30, tzinfo=UTC):
        clock.at += timedelta(days=1)
        fire_timers(wired)
        reminded += [clock.at.date() for text in subjects_to(wired, "owner@demo.example") if "ondition 1" in text]
    assert reminded == [DUE - timedelta(days=days) for days in (7, 2)]
    clock.at = datetime(2027, 3, 31, 18, tzinfo=UTC)
    fire_timers(wired)
    with wired.open_reading() as session:
        email = session.get_one(Person, first.person_id).email
    assert any("ondition 1" in text for text in subjects_to(wired, email))


@pytest.mark.rule("R48", "R51")
def test_what_is_shown_settled_or_withdrawn_is_not_reminded_of(
    wired: Wiring, owner: Person, proposal: Proposal, clock: SetClock
) -> None:
    run_outbox(wired)
    show(wired, owner, proposal, 1)
    with wired.open_work(actor_of(wired, owner)) as work:
        withdraw(work, proposal.reference, revision=now(wired, proposal).revision)
    run_outbox(wired)
    clock.at = datetime(2027, 3, 31, 18, tzinfo=UTC)
    fire_timers(wired)
    assert [mail.subject for mail in run_outbox(wired) if "ondition" in mail.subject] == []


@pytest.mark.rule("R26", "R48")
def test_evidence_that_is_not_enough_opens_the_condition_again_with_a_reason(
    wired: Wiring, owner: Person, first: Actor, proposal: Proposal
) -> None:
    def ask(reason: str) -> None:
        with wired.open_work(first) as work:
            ask_more(work, proposal.reference, 1, reason=reason, revision=now(wired, proposal).revision)

    with pytest.raises(NotNow) as refused:
        ask("Nothing is in.")
    assert refused.value.code == "condition_without_evidence"
    show(wired, owner, proposal, 1)
    with pytest.raises(Invalid):
        ask(" ")
    run_outbox(wired)
    ask("The letter is not signed.")
    assert states(wired, proposal) == ["open", "open"]
    assert subjects_to(wired, "owner@demo.example") == ["More evidence is needed for condition 1"]
    show(wired, owner, proposal, 1)
    with wired.open_work(first) as work:
        settle_condition(work, proposal.reference, 1, outcome="met", revision=now(wired, proposal).revision)
    with pytest.raises(NotNow):
        ask("Too late.")
    assert now(wired, proposal).stage == "conditions"


@pytest.mark.rule("R28", "R48")
def test_conditions_have_time_again_after_reopening(
    wired: Wiring, owner: Person, first: Actor, proposal: Proposal, clock: SetClock
) -> None:
    clock.at = datetime(2027, 3, 20, 9, tzinfo=UTC)
    with wired.open_work(actor_of(wired, owner)) as work:
        withdraw(work, proposal.reference, revision=now(wired, proposal).revision)
    clock.at = datetime(2027, 4, 10, 9, tzinfo=UTC)
    with wired.open_work(first) as work:
        revision = now(wired, proposal).revision
        make_desk_move(work, proposal.reference, "reopen", revision=revision, reason="It was a slip.")
    run_outbox(wired)
    after = now(wired, proposal)
    assert after.stage == "conditions"
    assert after.due_at is not None and after.due_at > clock.at
    clock.at = after.due_at
    fire_timers(wired)
    assert any("ondition" in text for text in [mail.subject for mail in run_outbox(wired)])


@pytest.mark.rule("R48")
def test_the_secretariat_asks_for_more_on_its_page(
    browse: Browser, wired: Wiring, owner: Person, first: Actor, proposal: Proposal
) -> None:
    show(wired, owner, proposal, 1)
    desk = browse(first.person_id)
    page = f"/desk/proposals/{proposal.reference}"
    assert "Ask for more evidence" in desk.get(f"{page}/decision").get_data(as_text=True)
    form = {"outcome": "ask_more", "reason": "Not signed.", "revision": str(now(wired, proposal).revision)}
    assert desk.post(f"{page}/conditions/1", form).status_code == 303
    own = browse(owner).get(f"/proposals/{proposal.reference}/conditions/1").get_data(as_text=True)
    assert "Not signed." in own


@pytest.mark.rule("R9", "R48")
def test_settling_loses_nothing_and_acts_once(
    browse: Browser, wired: Wiring, owner: Person, proposal: Proposal
) -> None:
    show(wired, owner, proposal, 1)
    secretary = browse(make_secretary(wired))
    path = f"/desk/proposals/{proposal.reference}/conditions/1"
    form = {"outcome": "ask_more", "form_key": "once", "revision": str(now(wired, proposal).revision)}
    for reason, words in (("x" * 5000, "Shorten this text"), ("", "Enter the reason")):
        refused = secretary.post(path, {**form, "reason": reason})
        assert refused.status_code == 422
        assert refused.text.count(words) == 2, "in the summary and at the field"
        assert f">{reason}</textarea>" in refused.text
    assert states(wired, proposal)[0] == "evidence_submitted"
    for _press in range(2):
        assert secretary.post(path, {**form, "reason": "Which bank?"}).status_code == 303
    assert states(wired, proposal)[0] == "open"
