"""While the applicant owes an answer, partners' clocks and those of conditions stand too (R85, R30, R48)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.asked import Asked, make_asked
from tests.browsing import Browser
from tests.factories import actor_of
from tests.post import fire_timers, run_outbox
from tests.services import test_conditions
from tests.services.test_conditions import subjects_to
from webapp.adapters.clocks import SetClock
from webapp.domain.clarifications import Ask
from webapp.domain.endorsements import PartnerRule
from webapp.domain.people import Actor
from webapp.models.people import Person
from webapp.models.proposals import Proposal
from webapp.queries.decisions import list_decisions
from webapp.queries.endorsements.points import list_points
from webapp.services.clarifications.answer import answer_question
from webapp.services.clarifications.ask import ask_applicant
from webapp.services.endorsements.answering import acknowledge
from webapp.services.endorsements.asking import ask as ask_as_partner
from webapp.services.endorsements.replying import answer_questions
from webapp.services.partners.rehearsing import rehearse_path
from webapp.wiring import Wiring

owner, first, proposal = test_conditions.owner, test_conditions.first, test_conditions.proposal


def question(made: Asked, days: int = 10) -> int:
    with made.wired.open_work(made.staff) as work:
        return ask_applicant(work, made.reference, Ask("Who pays?", days=days))


def reply(made: Asked, number: int) -> None:
    with made.wired.open_work(actor_of(made.wired, made.owner)) as work:
        answer_question(work, made.reference, number, answer="The county.", answers={})


def told(made: Asked, code: str = "KE") -> list[str]:
    return [
        event.name
        for event in made.events("EndorsementNoticeSent", "EndorsementDueToday", "EndorsementOverdue")
        if event.payload["partner"] == code
    ]


@pytest.fixture
def asked(wired: Wiring, clock: SetClock) -> Asked:
    """Acknowledged by Kenya on 24 November; 20 working days (without 12 and 25 December) end on 23 December."""
    made = make_asked(wired, clock)
    with wired.open_work(made.actor("KE")) as work:
        acknowledge(work, made.reference, "KE")
    return made


@pytest.mark.rule("R85", "R30")
def test_a_partner_has_the_days_again_in_which_the_applicant_owed_an_answer(asked: Asked) -> None:
    before = asked.row("KE").due_at
    assert before is not None
    number = question(asked, days=30)
    assert asked.row("KE").due_at is None
    # A month later nothing has come of it: no notice, no lapse, no word read into silence.
    asked.go_to(before + timedelta(days=10))
    assert (asked.row("KE").state, told(asked)) == ("acknowledged", [])
    reply(asked, number)
    asked.go_to(asked.clock.at + timedelta(hours=1))
    after = asked.row("KE").due_at
    assert after is not None and after > asked.clock.at + timedelta(days=27)  # 20 working days are four weeks
    assert asked.row("KE").state == "acknowledged"
    asked.go_to(after - timedelta(hours=1))
    assert told(asked) != []
    asked.go_to(after + timedelta(days=5))
    assert asked.row("KE").state == "lapsed"


@pytest.mark.rule("R85", "R51")
def test_a_question_answered_on_the_day_it_was_asked_costs_and_gives_nothing(asked: Asked) -> None:
    before = asked.row("KE").due_at
    reply(asked, question(asked))
    assert asked.row("KE").due_at == before
    asked.go_to(before or asked.clock.at)
    assert told(asked) != []


@pytest.mark.rule("R85", "R30")
def test_a_clock_that_stands_for_two_goes_on_with_the_last_of_them(asked: Asked) -> None:
    with asked.wired.open_work(asked.actor("KE")) as work:
        ask_as_partner(work, asked.reference, "KE", {"budget.lines": "Who pays?"})
    number = question(asked, days=30)
    asked.days_later(3)
    with asked.wired.open_work(actor_of(asked.wired, asked.owner)) as work:
        (point,) = list_points(work.session, asked.row("KE").id)
        answer_questions(work, asked.reference, "KE", {point.id: "The county."})
    assert (asked.row("KE").state, asked.row("KE").due_at) == ("acknowledged", None)
    asked.days_later(4)
    reply(asked, number)
    due = asked.row("KE").due_at
    # 20 working days from 1 December, where Kenya rests on 12 December (a Saturday) and at Christmas.
    assert due is not None and due.date() >= date(2026, 12, 29)


@pytest.mark.rule("R85")
def test_who_acknowledges_while_the_clock_stands_loses_no_day(asked: Asked) -> None:
    number = question(asked, days=30)
    with asked.wired.open_work(asked.actor("CN")) as work:
        acknowledge(work, asked.reference, "CN")
    assert asked.row("CN").due_at is None
    asked.days_later(7)
    reply(asked, number)
    due = asked.row("CN").due_at
    assert due is not None and due > asked.clock.at + timedelta(days=25)


@pytest.mark.rule("R85", "R32")
def test_a_dry_run_of_a_path_knows_that_the_clock_stands(asked: Asked) -> None:
    question(asked)
    with asked.wired.open_work(asked.actor("KE")) as work:
        (case,) = rehearse_path(work, "KE", PartnerRule(answer_days=40))
    assert case.comes_to.expected == (None, None)


@pytest.mark.rule("R85", "R27")
def test_the_partner_reads_that_its_time_stands_still(asked: Asked, browse: Browser) -> None:
    path = f"/endorsements/{asked.reference}/KE"
    assert "Your time stands still until it comes; you can" not in browse(asked.points["KE"]).get(path).text
    number = question(asked)
    page = browse(asked.points["KE"]).get(path).text
    assert "Your time stands still until it comes; you can" in page
    assert f"{path}/extend" in page  # it can still take more time, once
    assert "Take 10 more working days" in browse(asked.points["KE"]).get(f"{path}/extend").text
    reply(asked, number)
    assert "Your time stands still until it comes; you can" not in browse(asked.points["KE"]).get(path).text


@pytest.mark.rule("R85", "R48")
def test_a_condition_has_the_days_again_in_which_the_applicant_was_asked(
    wired: Wiring, owner: Person, first: Actor, proposal: Proposal, clock: SetClock
) -> None:
    """One condition is due on 31 March, the other forty working days after 24 November, on 19 January."""
    run_outbox(wired)
    clock.at = datetime(2027, 1, 15, 9, tzinfo=UTC)
    with wired.open_work(first) as work:
        number = ask_applicant(work, proposal.reference, Ask("Which letter?", days=30))
    fire_timers(wired)
    run_outbox(wired)
    clock.at = datetime(2027, 1, 29, 9, tzinfo=UTC)
    fire_timers(wired)
    assert not any("condition" in subject.lower() for subject in subjects_to(wired, first_email(wired, first)))
    with wired.open_work(actor_of(wired, owner)) as work:
        answer_question(work, proposal.reference, number, answer="The county's.", answers={})
    with wired.open_reading() as session:
        days = [one.due_on for one in list_decisions(session, proposal.id)[0].conditions]
        due_at = session.get_one(Proposal, proposal.id).due_at
    # Ten working days later each: 15 to 29 January.
    assert days == [date(2027, 4, 14), date(2027, 2, 2)]
    assert due_at == datetime(2027, 2, 2, 17, tzinfo=UTC)
    fire_timers(wired)
    assert not any("Condition 2 is late" in one for one in subjects_to(wired, first_email(wired, first)))
    clock.at = datetime(2027, 2, 2, 18, tzinfo=UTC)
    fire_timers(wired)
    assert any("condition" in one.lower() for one in subjects_to(wired, first_email(wired, first)))


def first_email(wired: Wiring, actor: Actor) -> str:
    with wired.open_reading() as session:
        return str(session.get_one(Person, actor.person_id).email)
