"""More time, silence broken, words withdrawn, ended, confirmed, given later, another signatory (rows 15, 17–24, 29)."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select, update

from tests.asked import Asked, at, make_asked, make_screened, to
from tests.factories import make_person, make_seat, make_secretary
from tests.post import run_outbox
from webapp.adapters.clocks import SetClock
from webapp.domain.endorsements import PartnerRule
from webapp.domain.errors import Invalid, NotAllowed, NotFound, NotNow, Stale
from webapp.domain.people import SYSTEM, Role
from webapp.models.decisions import Decision
from webapp.models.endorsements import EndorsementWord
from webapp.models.people import SeatRow
from webapp.models.proposals import Proposal
from webapp.services.decisions.draft import Draft, draft_decision
from webapp.services.endorsements.afterwards import extend, withdraw_word
from webapp.services.endorsements.answering import acknowledge
from webapp.services.endorsements.mending import replace_signatory
from webapp.services.people.seats import end_seat
from webapp.wiring import Wiring

SILENT = PartnerRule(silence_is_consent=True)


@pytest.fixture
def asked(wired: Wiring, clock: SetClock) -> Asked:
    return make_asked(wired, clock)


def acknowledged(made: Asked, code: str = "KE") -> None:
    with made.wired.open_work(made.actor(code)) as work:
        acknowledge(work, made.reference, code)
    run_outbox(made.wired)


def decide(made: Asked, *, lets_join: bool = True, stage: str = "approved") -> None:
    """The proposal is approved; the decision says if partners can still join."""
    with made.wired.open_work(SYSTEM) as work:
        other = make_secretary(made.wired)
        row = work.session.get_one(Proposal, made.proposal.id)
        work.session.add(
            Decision(
                proposal_id=row.id,
                version_id=row.current_version_id,
                outcome="approved",
                state="confirmed",
                reason="",
                letter="Approved.",
                code=f"code-{row.id}",
                drafted_by_id=made.secretary.id,
                drafted_at=work.now,
                confirmed_by_id=other.id,
                confirmed_at=work.now,
                lets_join=lets_join,
            )
        )
        work.session.execute(update(Proposal).where(Proposal.id == row.id).values(stage=stage))
        work.session.expire_all()


# Row 15


@pytest.mark.rule("R31")
def test_a_partner_extends_its_time_once_before_it_is_over(asked: Asked, wired: Wiring) -> None:
    acknowledged(asked)
    with wired.open_work(asked.actor("KE")) as work:
        extend(work, asked.reference, "KE")
    assert asked.row("KE").due_at == at("2027-01-07", 14)  # ten more days of Kenya
    assert f"[{asked.reference}] Kenya takes more time, until 7 January 2027" in to(run_outbox(wired), asked.owner)
    with pytest.raises(NotNow, match="extended_before"), wired.open_work(asked.actor("KE")) as work:
        extend(work, asked.reference, "KE")
    acknowledged(asked, "CN")
    asked.clock.at = at("2026-12-22", 9)
    with pytest.raises(NotNow, match="due_time_over"), wired.open_work(asked.actor("CN")) as work:
        extend(work, asked.reference, "CN")


# Rows 17 and 18


def let_silence_pass(wired: Wiring, clock: SetClock) -> Asked:
    """Kenya, whose silence is consent, acknowledged and said nothing; all notices arrived."""
    made = make_asked(wired, clock, rules={"KE": SILENT})
    acknowledged(made)
    made.answer("CN", "endorse")
    for day, hour in (("2026-12-08", 7), ("2026-12-17", 7), ("2026-12-22", 7), ("2026-12-23", 7)):
        made.go_to(at(day, hour))
    made.go_to(at("2026-12-23", 15))
    return made


@pytest.mark.rule("R32")
def test_declared_silence_counts_only_when_the_cooling_off_is_over(wired: Wiring, clock: SetClock) -> None:
    made = let_silence_pass(wired, clock)
    assert made.row("KE").state == "no_objection_tacit"
    assert made.stage() == "endorsement"
    made.go_to(at("2026-12-31", 15))
    assert made.stage() == "review"


@pytest.mark.rule("R32")
@pytest.mark.parametrize("missing", ["declared", "acknowledged", "notices"])
def test_silence_is_no_consent_without_each_of_its_guards(wired: Wiring, clock: SetClock, missing: str) -> None:
    made = make_asked(wired, clock, rules={"KE": PartnerRule() if missing == "declared" else SILENT})
    if missing != "acknowledged":
        acknowledged(made)
    days = (("2026-12-08", 7), ("2026-12-17", 7), ("2026-12-22", 7), ("2026-12-23", 7))
    for day, hour in days[-1:] if missing == "notices" else days:
        made.go_to(at(day, hour))
    made.go_to(at("2026-12-23", 15))
    assert made.row("KE").state == "lapsed"
    assert not made.events("PartnerSilenceTaken")


@pytest.mark.rule("R32")
def test_silence_can_be_broken_in_the_cooling_off_time_and_not_after(wired: Wiring, clock: SetClock) -> None:
    made = let_silence_pass(wired, clock)
    clock.at = at("2026-12-24")
    made.answer("KE", "break_silence")
    assert made.row("KE").state == "acknowledged"
    mails = run_outbox(wired)
    for person in (made.owner, made.secretary):
        assert f"[{made.reference}] Kenya answers anew" in to(mails, person)
    made.go_to(at("2027-03-01", 15))
    assert made.row("KE").state == "lapsed"  # silence counts no more


@pytest.mark.rule("R32")
def test_after_the_cooling_off_silence_stands(wired: Wiring, clock: SetClock) -> None:
    made = let_silence_pass(wired, clock)
    clock.at = at("2026-12-31", 15)
    for word in ("break_silence", "object"):
        with pytest.raises(NotNow):
            made.answer("KE", word, "Not in our plan.")


def test_an_objection_breaks_silence_too(wired: Wiring, clock: SetClock) -> None:
    made = let_silence_pass(wired, clock)
    made.answer("KE", "object", "Not in our plan.")
    assert made.row("KE").state == "objected"


# Row 13, mediated


@pytest.mark.rule("R33")
def test_where_the_call_mediates_the_partner_can_come_to_another_word(wired: Wiring, clock: SetClock) -> None:
    made = make_asked(wired, clock, endorsement={"on_objection": "mediate"})
    made.answer("KE", "object", "Not in our plan.")
    made.answer("CN", "endorse")
    assert made.stage() == "endorsement"
    run_outbox(wired)
    made.answer("KE", "another_answer")
    assert f"[{made.reference}] Kenya answers anew" in to(run_outbox(wired), made.secretary)
    made.answer("KE", "endorse")
    assert made.stage() == "review"


@pytest.mark.rule("R33")
def test_where_it_stops_an_objection_stays(asked: Asked) -> None:
    asked.answer("KE", "object", "Not in our plan.")
    with pytest.raises(NotNow, match="objection_not_mediated"):
        asked.answer("KE", "another_answer")


# Row 1: a partner that is not asked


@pytest.mark.rule("R33")
def test_where_the_leads_word_suffices_the_others_are_not_asked(wired: Wiring, clock: SetClock) -> None:
    made = make_asked(wired, clock, endorsement={"asks": "lead_and", "others": 0})
    assert (made.row("KE").state, made.row("CN").state) == ("delivered", "not_needed")
    made.answer("KE", "endorse")
    assert made.stage() == "review"


# Row 21


@pytest.mark.rule("R31")
def test_a_word_is_withdrawn_from_a_day_on_with_a_reason(asked: Asked, wired: Wiring) -> None:
    asked.answer("KE", "endorse")
    run_outbox(wired)
    for reason, day in (("", date(2026, 12, 1)), ("A new law.", None), ("A new law.", date(2026, 11, 23))):
        with pytest.raises(Invalid), wired.open_work(asked.actor("KE")) as work:
            withdraw_word(work, asked.reference, "KE", reason, day)
    with wired.open_work(asked.actor("KE")) as work:
        withdraw_word(work, asked.reference, "KE", "A new law.", date(2026, 12, 1))
    mails = run_outbox(wired)
    for person in (asked.owner, asked.secretary, asked.points["KE"]):
        assert f"[{asked.reference}] Kenya withdraws its word" in to(mails, person)
    assert not any("A new law" in mail.text for mail in mails)
    asked.answer("CN", "endorse")
    assert asked.stage() == "endorsement"  # an announced withdrawal is no positive word
    asked.go_to(at("2026-12-01", 13))
    assert asked.row("KE").state == "withdrawal_notified"
    asked.go_to(at("2026-12-01", 14))
    assert asked.row("KE").state == "withdrawn"
    assert asked.events("EndorsementBlocked")


@pytest.mark.rule("R31")
def test_a_word_can_be_withdrawn_after_the_decision(asked: Asked, wired: Wiring) -> None:
    asked.answer("KE", "endorse")
    asked.answer("CN", "endorse")
    decide(asked, stage="published")
    with wired.open_work(asked.actor("KE")) as work:
        withdraw_word(work, asked.reference, "KE", "A new law.", date(2026, 12, 1))
    asked.go_to(at("2026-12-01", 14))
    assert asked.row("KE").state == "withdrawn"
    assert asked.stage() == "published"
    assert not asked.events("EndorsementBlocked")
    decide_over = update(Proposal).where(Proposal.id == asked.proposal.id).values(stage="completed")
    with wired.open_work(SYSTEM) as work:
        work.session.execute(decide_over)
    with pytest.raises(NotNow, match="endorsement_over"), wired.open_work(asked.actor("CN")) as work:
        withdraw_word(work, asked.reference, "CN", "Too late.", date(2026, 12, 5))


# Rows 22 and 29


@pytest.mark.rule("R32")
def test_a_word_runs_out_and_one_press_confirms_it(wired: Wiring, clock: SetClock) -> None:
    made = make_asked(wired, clock, rules={"KE": PartnerRule(validity_months=3)})
    made.answer("KE", "endorse")
    mails = made.go_to(at("2027-02-24", 9))
    assert made.row("KE").state == "expired"
    told = to(mails, made.points["KE"])
    assert f"[{made.reference}] The word of Kenya is no longer valid: confirm it" in told
    made.answer("CN", "endorse")
    assert made.stage() == "endorsement"
    made.answer("KE", "confirm")
    assert made.row("KE").state == "endorsed"
    assert made.stage() == "review"
    with wired.open_reading() as session:
        numbers = session.scalars(
            select(EndorsementWord.number).where(EndorsementWord.endorsement_id == made.row("KE").id)
        ).all()
    assert sorted(numbers) == [1, 2]
    assert f"[{made.reference}] Kenya endorses your proposal" in to(run_outbox(wired), made.owner)


@pytest.mark.rule("R32")
@pytest.mark.parametrize(("day", "state"), [("2027-02-24", "expired"), ("2027-03-02", "endorsed")])
def test_a_word_does_not_run_out_under_a_project_that_runs(
    wired: Wiring, clock: SetClock, day: str, state: str
) -> None:
    made = make_asked(wired, clock, rules={"KE": PartnerRule(validity_months=3)})
    made.answer("KE", "endorse")
    made.answer("CN", "endorse")
    decide(made)
    made.go_to(at(day))  # the project begins on 1 March 2027
    assert made.row("KE").state == state


# Row 23


@pytest.mark.rule("R33")
def test_a_partner_that_stood_aside_joins_later_where_the_decision_lets_it(wired: Wiring, clock: SetClock) -> None:
    made = make_asked(wired, clock, ("KE", "CN", "TH"))
    made.answer("TH", "stand_aside")
    made.answer("KE", "endorse")
    made.answer("CN", "endorse")
    with pytest.raises(NotNow, match="accession_not_open"):
        made.answer("TH", "accede")
    decide(made)
    run_outbox(wired)
    with pytest.raises(Stale):
        made.answer("TH", "accede", version_id=1)
    made.answer("TH", "accede")
    assert (made.row("TH").state, made.stage()) == ("acceded_late", "approved")
    mails = run_outbox(wired)
    assert f"[{made.reference}] Thailand joins your project" in to(mails, made.owner)
    assert f"[{made.reference}] Thailand has joined" in to(mails, made.points["TH"])
    with wired.open_reading() as session:
        word = session.scalars(select(EndorsementWord).order_by(EndorsementWord.id.desc())).first()
        assert word is not None
        assert (word.outcome, word.version_id) == ("acceded_late", made.version_id())


def test_it_does_not_join_where_the_decision_does_not_say_so(wired: Wiring, clock: SetClock) -> None:
    made = make_asked(wired, clock, ("KE", "CN", "TH"))
    made.answer("TH", "stand_aside")
    decide(made, lets_join=False)
    with pytest.raises(NotNow, match="accession_not_open"):
        made.answer("TH", "accede")


# Row 24


@pytest.mark.rule("R34")
def test_another_person_signs_for_the_same_office(asked: Asked, wired: Wiring) -> None:
    second, stranger = make_person(wired), make_person(wired)
    make_seat(wired, second, Role.FOCAL_POINT, partner="KE")
    due = asked.row("KE").due_at
    with pytest.raises(Invalid), wired.open_work(asked.staff) as work:
        replace_signatory(work, asked.reference, "KE", person_id=stranger.id)
    with pytest.raises(NotAllowed), wired.open_work(asked.actor("KE")) as work:
        replace_signatory(work, asked.reference, "KE", person_id=second.id)
    with wired.open_work(asked.staff) as work:
        replace_signatory(work, asked.reference, "KE", person_id=second.id)
    row = asked.row("KE")
    assert (row.signatory_id, row.state, row.due_at) == (second.id, "delivered", due)
    assert to(run_outbox(wired), second) == [f"[{asked.reference}] You now sign for Kenya on a proposal"]


@pytest.mark.rule("R34")
def test_who_leaves_is_replaced_by_the_next_and_gets_no_more_letters(wired: Wiring, clock: SetClock) -> None:
    made = make_screened(wired, clock)
    second = make_person(wired)
    make_seat(wired, second, Role.FOCAL_POINT, partner="KE")
    made.pass_screening()
    run_outbox(wired)
    acknowledged(made)
    with wired.open_work(SYSTEM) as work:
        seat = work.session.scalars(select(SeatRow.id).where(SeatRow.person_id == made.points["KE"].id)).one()
        end_seat(work, seat)
    assert f"[{made.reference}] You now sign for Kenya on a proposal" in to(run_outbox(wired), second)
    assert made.row("KE").signatory_id == second.id
    mails = made.go_to(at("2026-12-08", 7))
    assert to(mails, made.points["KE"]) == []
    assert len(to(mails, second)) == 1
    with pytest.raises((NotFound, NotAllowed)):
        made.answer("KE", "endorse")


def test_a_step_that_is_sent_twice_acts_once(asked: Asked, wired: Wiring) -> None:
    acknowledged(asked)
    for _ in range(2):
        with wired.open_work(asked.actor("KE")) as work:
            extend(work, asked.reference, "KE", form_key="once")
    assert len(asked.events("EndorsementExtended")) == 1
    asked.answer("CN", "endorse")
    for _ in range(2):
        with wired.open_work(asked.actor("CN")) as work:
            withdraw_word(work, asked.reference, "CN", "A law.", date(2026, 12, 1), form_key="twice")
    assert len(asked.events("EndorsementWithdrawalNotified")) == 1


@pytest.mark.rule("R33", "R46")
@pytest.mark.parametrize(("outcome", "can"), [("approved", True), ("declined", False)])
def test_the_decision_is_drafted_with_whether_partners_can_join(
    asked: Asked, wired: Wiring, *, outcome: str, can: bool
) -> None:
    with wired.open_work(SYSTEM) as work:
        work.session.execute(update(Proposal).where(Proposal.id == asked.proposal.id).values(stage="deliberation"))
        work.session.expire_all()
    with wired.open_work(asked.staff) as work:
        revision = work.session.get_one(Proposal, asked.proposal.id).revision
        draft_decision(
            work, asked.reference, Draft(outcome, "Sound.", "Dear applicant.", lets_join=True), revision=revision
        )
    with wired.open_reading() as session:
        assert session.scalars(select(Decision.lets_join)).one() is can
