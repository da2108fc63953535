"""A question to the applicant: the stage stays, its clock stands, the answer is kept, silence is told (R85)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from tests.factories import actor_of, make_call, make_person, make_proposal, make_secretary, make_version
from tests.post import fire_timers, run_outbox
from tests.reviewing import accept, make_panel, route
from webapp.adapters.clocks import SetClock
from webapp.domain.clarifications import Ask, FieldQuestion
from webapp.domain.errors import Invalid, NotAllowed, NotFound, NotNow
from webapp.domain.people import PUBLIC, Actor
from webapp.models.audit import EventRow
from webapp.models.clarifications import Clarification
from webapp.models.people import Person
from webapp.models.proposals import Proposal
from webapp.queries.desk import count_stages
from webapp.services.clarifications.answer import answer_question
from webapp.services.clarifications.ask import ask_applicant
from webapp.services.clarifications.withdraw import withdraw_question
from webapp.services.screening import find_ineligible, pass_screening
from webapp.services.transitions import set_due
from webapp.wiring import Wiring

QUESTION = Ask("Who runs the link after 2028?", (FieldQuestion("plan.activities", "Which villages?"),))


@pytest.fixture
def owner(wired: Wiring) -> Person:
    return make_person(wired, email="owner@demo.example")


@pytest.fixture
def secretary(wired: Wiring) -> Actor:
    return actor_of(wired, make_secretary(wired))


@pytest.fixture
def screened(wired: Wiring, owner: Person, clock: SetClock) -> Proposal:
    """In screening since 24 November, due on 8 December at 17:00 UTC, the timer set."""
    proposal = make_proposal(wired, owner, make_call(wired), ("KE", "CN"), stage="draft", submitted_at=clock.at)
    make_version(wired, proposal, {"plan": {"activities": "Villages."}})
    with wired.open_work(actor_of(wired, owner)) as work:
        row = work.session.get_one(Proposal, proposal.id)
        row.stage = "screening"
        set_due(work, row, clock.at.replace(month=12, day=8, hour=17))
    return proposal


def ask(wired: Wiring, actor: Actor, proposal: Proposal, what: Ask = QUESTION, form_key: str = "") -> int:
    with wired.open_work(actor) as work:
        return ask_applicant(work, proposal.reference, what, form_key=form_key)


def answer(wired: Wiring, actor: Actor, proposal: Proposal, number: int, form_key: str = "") -> None:
    with wired.open_work(actor) as work:
        answers = {"plan.activities": "Kisumu and Siaya."}
        answer_question(work, proposal.reference, number, answer="The county.", answers=answers, form_key=form_key)


def stored(wired: Wiring, proposal: Proposal) -> Proposal:
    with wired.open_reading() as session:
        row = session.get_one(Proposal, proposal.id)
        session.expunge_all()
    return row


def names(wired: Wiring, proposal: Proposal) -> list[str]:
    with wired.open_reading() as session:
        found = select(EventRow.name).where(EventRow.subject_kind == "proposal", EventRow.subject_id == proposal.id)
        return list(session.scalars(found.order_by(EventRow.number)))


@pytest.mark.rule("R85")
def test_the_stage_stays_and_its_clock_stands(
    wired: Wiring, screened: Proposal, secretary: Actor, owner: Person, clock: SetClock
) -> None:
    number = ask(wired, secretary, screened)
    (mail,) = [one for one in run_outbox(wired) if one.to == owner.email]
    assert "8 December 2026" in mail.subject
    assert "Who runs" not in mail.text
    clock.at = clock.at.replace(month=12, day=8, hour=16)
    fire_timers(wired)
    run_outbox(wired)
    answer(wired, actor_of(wired, owner), screened, number)
    now = stored(wired, screened)
    assert now.stage == "screening"
    # Ten working days were left on 24 November, and ten are left on 8 December.
    assert now.due_at == datetime(2026, 12, 22, 17, tzinfo=clock.at.tzinfo)
    clock.at = clock.at.replace(day=10, hour=9)
    fire_timers(wired)
    assert names(wired, screened) == ["ClarificationAsked", "ClarificationDueSoon", "ClarificationAnswered"]
    clock.at = clock.at.replace(day=22, hour=17)
    fire_timers(wired)
    assert names(wired, screened)[-1] == "StageOverdue"


@pytest.mark.rule("R85", "R51")
def test_a_timer_that_came_due_while_the_clock_stood_does_nothing(
    wired: Wiring, screened: Proposal, secretary: Actor, owner: Person, clock: SetClock
) -> None:
    number = ask(wired, secretary, screened, Ask("Why?", days=30))
    clock.at = clock.at.replace(month=12, day=15)
    fire_timers(wired)
    assert "StageOverdue" not in names(wired, screened)
    answer(wired, actor_of(wired, owner), screened, number)
    fire_timers(wired)
    assert "StageOverdue" not in names(wired, screened)


@pytest.mark.rule("R85")
def test_the_answer_is_part_of_the_record(
    wired: Wiring, screened: Proposal, secretary: Actor, owner: Person, clock: SetClock
) -> None:
    number = ask(wired, secretary, screened, form_key="once")
    assert ask(wired, secretary, screened, form_key="once") == number
    answer(wired, actor_of(wired, owner), screened, number, form_key="answered")
    answer(wired, actor_of(wired, owner), screened, number, form_key="answered")
    with wired.open_reading() as session:
        row = session.scalars(select(Clarification)).one()
        assert (row.state, row.answer, row.answers) == (
            "answered",
            "The county.",
            {"plan.activities": "Kisumu and Siaya."},
        )
        asked = select(EventRow.payload).where(EventRow.name == "ClarificationAnswered")
        payload = session.scalars(asked).one()
    due = stored(wired, screened).due_at
    assert due is not None and payload["stage_due_at"] == due.isoformat()
    assert len(payload["words_hash"]) == 64
    told = {mail.to for mail in run_outbox(wired) if mail.subject.endswith("The applicant has answered")}
    assert told == {secretary.email}


@pytest.mark.rule("R85")
def test_no_answer_in_time_tells_the_asker_and_goes_on(
    wired: Wiring, screened: Proposal, secretary: Actor, owner: Person, clock: SetClock
) -> None:
    number = ask(wired, secretary, screened, Ask("Why?", days=3))
    run_outbox(wired)
    clock.at = clock.at.replace(day=27, hour=17)
    fire_timers(wired)
    mails = {(mail.to, mail.subject.split("] ")[1]) for mail in run_outbox(wired)}
    assert (secretary.email, "No answer came in time") in mails
    assert (owner.email, "The time for your answer is over") in mails
    assert stored(wired, screened).due_at == datetime(2026, 12, 11, 17, tzinfo=clock.at.tzinfo)
    with pytest.raises(NotNow) as refusal:
        answer(wired, actor_of(wired, owner), screened, number)
    assert refusal.value.code == "clarification_closed"


@pytest.mark.rule("R85")
def test_the_clock_goes_on_with_the_last_of_several_answers(
    wired: Wiring, screened: Proposal, secretary: Actor, owner: Person, clock: SetClock
) -> None:
    first, second = ask(wired, secretary, screened), ask(wired, secretary, screened)
    due = stored(wired, screened).due_at
    clock.at += timedelta(days=1)
    with wired.open_work(secretary) as work:
        withdraw_question(work, screened.reference, first)
    assert stored(wired, screened).due_at == due
    clock.at += timedelta(days=1)
    answer(wired, actor_of(wired, owner), screened, second)
    assert stored(wired, screened).due_at == due + timedelta(days=2)  # type: ignore[operator]


@pytest.mark.rule("R85", "R1", "R2")
def test_who_may_ask_and_answer(
    wired: Wiring, screened: Proposal, secretary: Actor, owner: Person, clock: SetClock
) -> None:
    number = ask(wired, secretary, screened)
    with pytest.raises(NotAllowed):
        ask(wired, actor_of(wired, owner), screened)
    for stranger in (PUBLIC, actor_of(wired, make_person(wired))):
        with pytest.raises(NotFound):
            ask(wired, stranger, screened)
    with pytest.raises(NotAllowed):
        answer(wired, secretary, screened, number)
    other = make_proposal(wired, owner, make_call(wired), stage="screening", submitted_at=clock.at)
    make_version(wired, other)
    with pytest.raises(NotFound):
        answer(wired, actor_of(wired, owner), other, number)
    draft = make_proposal(wired, make_person(wired), make_call(wired))
    with pytest.raises(NotFound):
        ask(wired, secretary, draft)
    with pytest.raises(Invalid):
        ask(wired, secretary, screened, Ask("  "))


@pytest.mark.rule("R85")
def test_only_live_stages_after_submission(
    wired: Wiring, screened: Proposal, secretary: Actor, owner: Person, clock: SetClock
) -> None:
    ask(wired, secretary, screened)
    with wired.open_work(secretary) as work:
        find_ineligible(work, screened.reference, revision=1, reason="Not in the call.")
    with wired.open_reading() as session:
        assert session.scalars(select(Clarification.state)).all() == ["overtaken"]
    with pytest.raises(NotNow):
        ask(wired, secretary, screened)
    clock.at = clock.at.replace(month=12, day=24)
    fire_timers(wired)
    assert "ClarificationUnanswered" not in names(wired, screened)


@pytest.mark.rule("R85")
def test_a_question_goes_with_the_proposal_into_the_next_stage(
    wired: Wiring, screened: Proposal, secretary: Actor, owner: Person, clock: SetClock
) -> None:
    number = ask(wired, secretary, screened)
    with wired.open_work(secretary) as work:
        pass_screening(work, screened.reference, revision=1)
    answer(wired, actor_of(wired, owner), screened, number)
    assert stored(wired, screened).stage == "endorsement"


@pytest.mark.rule("R85", "R42")
def test_the_panel_asks_and_its_reviews_wait(wired: Wiring, clock: SetClock) -> None:
    panel = make_panel(wired)
    route(wired, panel.proposal)
    run_outbox(wired)
    for one in panel.assignments("invited"):
        accept(panel, one)
    first = panel.assignments("accepted")[0]
    due, round_due = first.due_at, panel.now().due_at
    number = ask(wired, panel.actor(first.reviewer_id), panel.proposal, Ask("How many clinics?"))
    run_outbox(wired)
    clock.at += timedelta(days=7)
    with wired.open_work(actor_of(wired, panel.owner)) as work:
        answer_question(work, panel.proposal.reference, number, answer="Twelve.")
    assert due is not None and round_due is not None
    assert panel.assignments("accepted")[0].due_at == due + timedelta(days=7)
    assert panel.now().due_at == round_due + timedelta(days=7)
    told = {mail.to for mail in run_outbox(wired) if "answered" in mail.subject}
    reviewers = {panel.actor(one.reviewer_id).email for one in panel.assignments("accepted")}
    assert told == reviewers | {panel.secretariat.email}
    # The reviews are late seven days later than they would have been, and not before.
    clock.at = due
    fire_timers(wired)
    assert len(panel.assignments("accepted")) == len(reviewers)


@pytest.mark.rule("R85")
def test_nothing_is_overdue_while_its_clock_stands(
    wired: Wiring, screened: Proposal, secretary: Actor, clock: SetClock
) -> None:
    def overdue() -> int:
        with wired.open_reading() as session:
            return sum(one.overdue for one in count_stages(session, secretary, clock.at))

    number = ask(wired, secretary, screened, Ask("Why?", days=30))
    clock.at = clock.at.replace(month=12, day=20)
    assert overdue() == 0
    with wired.open_work(secretary) as work:
        row = work.session.get_one(Clarification, number)
        row.state, row.closed_at = "withdrawn", work.now
    assert overdue() == 1


@pytest.mark.rule("R9", "R85")
def test_the_key_of_another_form_asks_nothing(wired: Wiring, secretary: Actor, screened: Proposal) -> None:
    with wired.open_work(secretary) as work:
        work.first_answer("another")
        work.remember_answer("another", "done")
    with pytest.raises(NotNow) as refused:
        ask(wired, secretary, screened, form_key="another")
    assert refused.value.code == "form_expired"
