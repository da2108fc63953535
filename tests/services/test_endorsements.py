"""Partners' endorsements over real rows: each row of the machine that is in use, and what follows for the proposal."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.asked import Asked, ask_again, at, make_asked, make_screened, refuse, to
from tests.factories import actor_of, make_person, make_seat
from tests.post import fire_timers, run_outbox
from webapp.adapters.clocks import SetClock
from webapp.domain.errors import NotAllowed, NotFound, NotNow, Stale
from webapp.domain.people import SYSTEM, Role
from webapp.domain.policy import Action
from webapp.models.endorsements import Endorsement, EndorsementWord
from webapp.models.notices import OutboxRow
from webapp.models.partners import Partner, PartnerPath, Vacancy
from webapp.models.people import Organisation, Person
from webapp.models.proposals import Collaborator, Proposal, ProposalOrganisation
from webapp.models.routing import Conflict
from webapp.services.access import hold_proposal
from webapp.services.endorsements.answering import acknowledge
from webapp.services.endorsements.mails import hear_bounced
from webapp.services.endorsements.opening import request_endorsements
from webapp.services.outbox.hooks import Delivery
from webapp.services.people.seats import grant_seat
from webapp.services.screening import make_desk_move
from webapp.services.transitions import make_move
from webapp.wiring import Wiring


@pytest.fixture
def asked(wired: Wiring, clock: SetClock) -> Asked:
    return make_asked(wired, clock)


def vacancies(wired: Wiring) -> list[tuple[str, str, bool]]:
    with wired.open_reading() as session:
        rows = session.execute(
            select(Partner.code, Vacancy.reason, Vacancy.closed_at)
            .join(Partner, Partner.id == Vacancy.partner_id)
            .order_by(Vacancy.id)
        )
        return [(row.code, row.reason, row.closed_at is None) for row in rows]


# Rows 1, 2 and 3


@pytest.mark.rule("R30")
def test_passing_screening_asks_every_partner_once(wired: Wiring, clock: SetClock) -> None:
    made = make_screened(wired, clock)
    made.pass_screening()
    mails = run_outbox(wired)
    for code in ("KE", "CN"):
        assert to(mails, made.points[code]) == [f"[{made.reference}] Please endorse by 22 December 2026"]
        row = made.row(code)
        assert (row.state, row.is_lead, row.version_id) == ("delivered", code == "KE", made.version_id())
        assert row.signatory_id == made.points[code].id
    with wired.open_work(SYSTEM) as work:
        request_endorsements(work, {"proposal_id": made.proposal.id})
    assert to(run_outbox(wired), made.points["KE"]) == []
    assert len(made.events("EndorsementRequested")) == 2


@pytest.mark.rule("R73")
def test_the_letter_says_what_is_asked_of_which_version(wired: Wiring, clock: SetClock) -> None:
    made = make_screened(wired, clock)
    made.pass_screening()
    letter = next(mail for mail in run_outbox(wired) if mail.to == made.points["KE"].email)
    assert "voluntary and non-binding" in letter.text
    assert "for version 1 of the" in letter.text
    assert "USD 310,000 over 24 months" in letter.text
    assert "Acknowledge by: 1 December 2026, 17:00 in Nairobi" in letter.text
    assert f"http://localhost/endorsements/{made.reference}/KE" in letter.links
    assert "nurse with a doctor" not in letter.text  # the summary is not for a mail


@pytest.mark.rule("R34")
def test_nobody_who_is_part_of_the_proposal_is_asked(wired: Wiring, clock: SetClock) -> None:
    made = make_screened(wired, clock)
    others = [make_person(wired) for _ in range(4)]
    for other in others:
        make_seat(wired, other, Role.FOCAL_POINT, partner="KE")
    with wired.open_work(SYSTEM) as work:
        work.session.add(
            Collaborator(proposal_id=made.proposal.id, person_id=made.points["KE"].id, role="reader", added_at=work.now)
        )
        work.session.add(
            Conflict(
                proposal_id=made.proposal.id,
                person_id=others[0].id,
                kind="declared",
                evidence="",
                recorded_at=work.now,
            )
        )
        lead = work.session.scalars(select(Organisation.id)).first()
        work.session.add(
            ProposalOrganisation(
                proposal_id=made.proposal.id, organisation_id=lead, contact_email=others[1].email.upper()
            )
        )
        work.session.get_one(Person, others[2].id).undeliverable_at = work.now
    made.pass_screening()
    run_outbox(wired)
    assert made.row("KE").signatory_id == others[3].id


@pytest.mark.rule("R34")
def test_the_deputy_is_asked_while_the_focal_point_is_away(wired: Wiring, clock: SetClock) -> None:
    made = make_screened(wired, clock)
    deputy = make_person(wired, name="Deputy")
    day = clock.at.date()
    make_seat(wired, deputy, Role.DEPUTY, partner="KE", starts_on=day, ends_on=day + timedelta(days=3))
    made.pass_screening()
    mails = run_outbox(wired)
    assert made.row("KE").signatory_id == deputy.id
    assert to(mails, made.points["KE"]) == []
    # The focal point comes back and answers: it is on the event and on the letter for whom.
    made.answer("KE", "endorse")
    event = made.events("PartnerEndorsed")[0]
    assert (event.actor_id, event.acting_for_id) == (made.points["KE"].id, deputy.id)
    with wired.open_reading() as session:
        word = session.scalars(select(EndorsementWord)).one()
        assert (word.acting_as, word.acting_for_id, word.version_id) == ("focal_point", deputy.id, made.version_id())


@pytest.mark.rule("R34")
def test_a_deputy_whose_days_are_over_speaks_for_nobody(asked: Asked, wired: Wiring, clock: SetClock) -> None:
    deputy = make_person(wired)
    day = clock.at.date()
    make_seat(
        wired, deputy, Role.DEPUTY, partner="KE", starts_on=day - timedelta(days=9), ends_on=day - timedelta(days=1)
    )
    with pytest.raises((NotAllowed, NotFound)):
        asked.answer("KE", "endorse", by=deputy)
    assert asked.row("KE").state == "delivered"


@pytest.mark.rule("R34")
def test_a_partner_without_a_focal_point_waits_with_a_vacancy_until_somebody_is_seated(
    wired: Wiring, clock: SetClock
) -> None:
    made = make_screened(wired, clock, ("KE", "CN"))
    with wired.open_work(SYSTEM) as work:
        work.session.get_one(Person, made.points["CN"].id).disabled_at = work.now
    made.pass_screening()
    mails = run_outbox(wired)
    assert made.row("CN").state == "to_request"
    assert made.row("KE").state == "delivered"
    assert vacancies(wired) == [("CN", "no_focal_point", True)]
    assert "Nobody can sign for China" in to(mails, made.secretary)
    new = make_person(wired)
    with wired.open_work(SYSTEM) as work:
        partner = work.session.scalars(select(Partner).where(Partner.code == "CN")).one()
        grant_seat(
            work,
            work.session.get_one(Person, new.id),
            Role.FOCAL_POINT,
            partner_id=partner.id,
            initiative_id=partner.initiative_id,
        )
    assert to(run_outbox(wired), new) == [f"[{made.reference}] Please endorse by 22 December 2026"]
    assert made.row("CN").state == "delivered"
    assert vacancies(wired) == [("CN", "no_focal_point", False)]


@pytest.mark.rule("R34")
def test_a_bounce_tells_the_deputy_and_raises_the_vacancy(wired: Wiring, clock: SetClock) -> None:
    made = make_screened(wired, clock)
    deputy = make_person(wired)
    make_seat(wired, deputy, Role.DEPUTY, partner="KE")
    made.pass_screening()
    mails = run_outbox(wired, refuse(made.points["KE"].email))
    assert made.row("KE").state == "undeliverable"
    assert vacancies(wired) == [("KE", "bounced", True)]
    assert to(mails, deputy) == [f"[{made.reference}] A letter to the focal point of Kenya did not arrive"]
    assert f"[{made.reference}] The request to Kenya did not arrive" in to(mails, made.secretary)
    # Row 26: nobody is found in the days to acknowledge.
    made.go_to(at("2026-12-01", 15))
    assert made.row("KE").state == "lapsed"


def test_a_bounce_without_a_deputy_goes_to_the_office(wired: Wiring, clock: SetClock) -> None:
    made = make_screened(wired, clock)
    with wired.open_work(SYSTEM) as work:
        partner = work.session.scalars(select(Partner).where(Partner.code == "KE")).one()
        partner.office_email = "office@ke.demo.example"
    made.pass_screening()
    mails = run_outbox(wired, refuse(made.points["KE"].email))
    assert [mail.subject for mail in mails if mail.to == "office@ke.demo.example"] == [
        f"[{made.reference}] A letter to the focal point of Kenya did not arrive"
    ]


# Rows 5 and 11 to 13


@pytest.mark.rule("R30")
def test_the_clock_starts_with_the_acknowledgement_in_the_partners_days(asked: Asked, wired: Wiring) -> None:
    assert asked.row("KE").due_at == at("2026-12-01", 14)  # 5 working days; 17:00 in Nairobi
    with wired.open_work(asked.actor("KE")) as work:
        acknowledge(work, asked.reference, "KE")
    # 20 working days after 24 November; 25 December, the 26th and 12 December are holidays in Kenya.
    assert asked.row("KE").due_at == at("2026-12-22", 14)
    with wired.open_work(asked.actor("CN")) as work:
        acknowledge(work, asked.reference, "CN")
    assert asked.row("CN").due_at == at("2026-12-22", 9)
    with wired.open_reading() as session:
        assert session.get_one(Proposal, asked.proposal.id).due_at == at("2026-12-22", 14)


@pytest.mark.rule("R31", "R33", "R73")
@pytest.mark.parametrize(
    ("word", "text", "state", "event"),
    [
        ("endorse", "", "endorsed", "PartnerEndorsed"),
        ("endorse_with_conditions", "Data stay in Kenya.", "endorsed_with_conditions", "PartnerEndorsedWithConditions"),
        ("no_objection", "", "no_objection", "PartnerSaidNoObjection"),
    ],
)
def test_each_positive_word_counts_and_goes_out_as_a_letter(
    asked: Asked, wired: Wiring, *, word: str, text: str, state: str, event: str
) -> None:
    asked.answer("KE", word, text)
    assert asked.row("KE").state == state
    assert asked.stage() == "endorsement"
    mails = run_outbox(wired)
    with wired.open_reading() as session:
        kept = session.scalars(select(EndorsementWord)).one()
        assert (kept.outcome, kept.text, kept.version_id) == (state, text, asked.version_id())
        code = kept.code
    for person in (asked.points["KE"], asked.owner):
        letter = next(mail for mail in mails if mail.to == person.email)
        assert code in letter.text
        assert "Voluntary and non-binding" in letter.text
        assert "Data stay" not in letter.text
    asked.answer("CN", "endorse")
    assert asked.stage() == "review"
    names = asked.names()
    assert names[-1] == "EndorsementSufficed"
    move = asked.events("EndorsementSufficed")[0]
    assert (move.actor_id, move.payload["made_by"]) == (asked.points["CN"].id, "system")
    with wired.open_reading() as session:
        tasks = session.scalars(select(OutboxRow.payload).where(OutboxRow.kind == "task")).all()
        assert {"task": "review_routing", "proposal_id": asked.proposal.id} in tasks
    assert f"[{asked.reference}] Your proposal goes to review" in to(run_outbox(wired), asked.owner)
    assert event in names


@pytest.mark.rule("R33")
def test_a_partner_that_stands_aside_leaves_the_others_to_go_on(wired: Wiring, clock: SetClock) -> None:
    made = make_asked(wired, clock, ("KE", "CN", "TH"))
    made.answer("TH", "stand_aside")
    assert f"[{made.reference}] Thailand stands aside" in to(run_outbox(wired), made.secretary)
    made.answer("KE", "endorse")
    made.answer("CN", "endorse")
    assert made.stage() == "review"


@pytest.mark.rule("R33")
def test_below_two_partners_it_is_blocked_and_told_once(asked: Asked, wired: Wiring) -> None:
    asked.answer("CN", "stand_aside")
    mails = run_outbox(wired)
    assert len(asked.events("EndorsementBlocked")) == 1
    assert f"[{asked.reference}] Your proposal cannot go on as things stand" in to(mails, asked.owner)
    assert f"[{asked.reference}] A proposal is blocked by its endorsements" in to(mails, asked.secretary)
    asked.answer("KE", "endorse")
    assert len(asked.events("EndorsementBlocked")) == 1
    assert asked.stage() == "endorsement"
    with wired.open_work(asked.staff) as work:
        revision = work.session.get_one(Proposal, asked.proposal.id).revision
        make_desk_move(work, asked.reference, "endorsement_failed", revision=revision, reason="One partner is left.")
    assert asked.stage() == "ineligible"


@pytest.mark.rule("R26", "R33")
@pytest.mark.parametrize(("on_objection", "goes_on"), [("stop", False), ("mediate", False), ("drop", True)])
def test_the_call_says_what_follows_an_objection(
    wired: Wiring,
    clock: SetClock,
    on_objection: str,
    goes_on: bool,
) -> None:
    made = make_asked(wired, clock, ("KE", "CN", "TH"), endorsement={"on_objection": on_objection})
    made.answer("TH", "object", "Not in our plan.")
    mails = run_outbox(wired)
    assert f"[{made.reference}] Thailand objects" in to(mails, made.secretary)
    assert f"[{made.reference}] Thailand objects to your proposal" in to(mails, made.owner)
    assert not any("Not in our plan" in mail.text for mail in mails)
    assert bool(made.events("EndorsementBlocked")) is not goes_on
    made.answer("KE", "endorse")
    made.answer("CN", "endorse")
    assert made.stage() == ("review" if goes_on else "endorsement")


@pytest.mark.rule("R33")
def test_the_lead_and_one_more_suffice_where_the_call_says_so(wired: Wiring, clock: SetClock) -> None:
    made = make_asked(wired, clock, ("KE", "CN", "TH"), endorsement={"asks": "lead_and", "others": 1})
    made.answer("CN", "endorse")
    assert made.stage() == "endorsement"
    made.answer("KE", "endorse")
    assert made.stage() == "review"
    # Thailand can still give its word while the review runs; nothing moves by it.
    made.answer("TH", "endorse")
    assert (made.row("TH").state, made.stage()) == ("endorsed", "review")


@pytest.mark.rule("R32")
def test_two_different_people_sign_where_the_path_says_so(wired: Wiring, clock: SetClock) -> None:
    made = make_screened(wired, clock)
    set_path(wired, "KE", signatures_needed=2)
    second = make_person(wired)
    make_seat(wired, second, Role.FOCAL_POINT, partner="KE")
    made.pass_screening()
    run_outbox(wired)
    made.answer("KE", "endorse")
    assert made.row("KE").state == "acknowledged"
    assert f"[{made.reference}] One more signature of Kenya is needed" in to(run_outbox(wired), second)
    with pytest.raises(NotNow) as refused:
        made.answer("KE", "endorse")
    assert refused.value.code == "signed_before"
    made.answer("KE", "endorse", by=second)
    assert made.row("KE").state == "endorsed"
    with wired.open_reading() as session:
        assert session.scalar(select(func.count()).select_from(EndorsementWord)) == 1


def test_a_change_of_the_path_touches_no_case_in_flight(asked: Asked, wired: Wiring) -> None:
    set_path(wired, "KE", signatures_needed=2)
    asked.answer("KE", "endorse")
    assert asked.row("KE").state == "endorsed"


@pytest.mark.rule("R24")
def test_who_comes_second_is_told_who_was_first(asked: Asked, wired: Wiring) -> None:
    second = make_person(wired)
    make_seat(wired, second, Role.FOCAL_POINT, partner="KE")
    asked.answer("KE", "endorse")
    with pytest.raises(Stale) as refused:
        asked.answer("KE", "object", "No.", by=second)
    assert (refused.value.code, refused.value.event, refused.value.by) == (
        "endorsement_answered",
        "endorsed",
        asked.points["KE"].name,
    )


@pytest.mark.rule("R31")
def test_a_word_holds_for_the_version_that_was_shown(asked: Asked) -> None:
    with pytest.raises(Stale):
        asked.answer("KE", "endorse", version_id=asked.version_id() + 1)
    assert asked.row("KE").state == "delivered"
    assert not asked.events("EndorsementAcknowledged", "PartnerEndorsed")


# Rows 14, 16, 19, 25


@pytest.mark.rule("R52")
def test_notices_come_on_their_days_and_stop_with_the_answer(asked: Asked, wired: Wiring, clock: SetClock) -> None:
    other, deputy = make_person(wired), make_person(wired)
    make_seat(wired, other, Role.FOCAL_POINT, partner="KE")
    make_seat(wired, deputy, Role.DEPUTY, partner="KE")
    with wired.open_work(asked.actor("KE")) as work:
        acknowledge(work, asked.reference, "KE")
    run_outbox(wired)
    point = asked.points["KE"]
    told: dict[str, list[str]] = {}
    day = clock.at
    while asked.row("KE").state == "acknowledged":
        day += timedelta(days=1)
        mails = asked.go_to(day.replace(hour=14, minute=1))
        for who, person in (("point", point), ("other", other), ("deputy", deputy), ("desk", asked.secretary)):
            kenyas = [subject for subject in to(mails, person) if "Kenya" in subject]
            if kenyas:
                told.setdefault(who, []).append(day.date().isoformat())
    # Due on 22 December: ten and three working days before, on the day, and on the next one; then it lapses.
    assert told == {
        "point": ["2026-12-08", "2026-12-17", "2026-12-22", "2026-12-23"],
        "other": ["2026-12-22", "2026-12-23"],
        "deputy": ["2026-12-22", "2026-12-23"],
        "desk": ["2026-12-23"],
    }
    assert asked.row("KE").state == "lapsed"
    assert asked.row("KE").content["outcome_at"].startswith("2026-12-23T14")


@pytest.mark.rule("R32")
def test_silence_is_no_consent_unless_the_partner_declared_it(asked: Asked, wired: Wiring) -> None:
    with wired.open_work(asked.actor("KE")) as work:
        acknowledge(work, asked.reference, "KE")
    asked.go_to(at("2027-01-20"))
    row = asked.row("KE")
    assert row.state == "lapsed"
    with wired.open_reading() as session:
        assert session.scalar(select(func.count()).select_from(EndorsementWord)) == 0
    assert asked.events("EndorsementBlocked")


@pytest.mark.rule("R51")
def test_a_sweep_that_was_down_sends_one_notice_not_three(asked: Asked, wired: Wiring) -> None:
    with wired.open_work(asked.actor("KE")) as work:
        acknowledge(work, asked.reference, "KE")
    run_outbox(wired)
    mails = asked.go_to(at("2026-12-22", 12))
    assert len([subject for subject in to(mails, asked.points["KE"]) if "Kenya" in subject]) == 1
    assert asked.go_to(at("2026-12-22", 12)) == []


@pytest.mark.rule("R51")
def test_timers_of_an_answered_case_do_nothing(asked: Asked, wired: Wiring) -> None:
    asked.answer("KE", "endorse")
    run_outbox(wired)
    before = asked.row("KE")
    asked.go_to(at("2027-02-01"))
    assert asked.row("KE").content == before.content


def test_a_letter_that_nobody_acknowledges_goes_to_the_deputy_then_lapses(
    asked: Asked, wired: Wiring, clock: SetClock
) -> None:
    deputy = make_person(wired)
    make_seat(wired, deputy, Role.DEPUTY, partner="KE")
    mails = asked.go_to(at("2026-12-01", 15))
    assert len(to(mails, deputy)) == 1
    assert asked.row("KE").state == "delivered"
    assert asked.row("KE").due_at == at("2026-12-08", 14)
    mails = asked.go_to(at("2026-12-08", 15))
    assert asked.row("KE").state == "lapsed"
    assert ("KE", "silent", True) in vacancies(wired)
    assert f"[{asked.reference}] The request to Kenya has lapsed" in to(mails, asked.secretary)


def test_a_bounce_after_the_250_counts_before_the_acknowledgement_and_not_after(asked: Asked, wired: Wiring) -> None:
    def bounce(code: str) -> None:
        row, event = asked.row(code), asked.events("EndorsementRequested")
        sent = next(one for one in event if one.payload["partner"] == code)
        with wired.open_work(SYSTEM) as work:
            hear_bounced(
                work,
                Delivery(
                    notice="endorsement_request",
                    event_id=sent.id,
                    event=sent.name,
                    payload=sent.payload,
                    subject_kind="proposal",
                    subject_id=row.proposal_id,
                    person_id=row.signatory_id,
                    email="",
                    at=work.now,
                ),
            )

    with wired.open_work(asked.actor("KE")) as work:
        acknowledge(work, asked.reference, "KE")
    bounce("KE")
    bounce("CN")
    assert (asked.row("KE").state, asked.row("CN").state) == ("acknowledged", "undeliverable")
    assert {code for code, _, _ in vacancies(wired)} == {"KE", "CN"}


# New versions, closing and coming back


@pytest.mark.rule("R31")
def test_a_new_version_asks_again_where_material_changed_and_follows_where_none_spoke(
    wired: Wiring, clock: SetClock
) -> None:
    made = make_asked(wired, clock, ("KE", "CN", "TH"))
    made.answer("KE", "endorse")
    made.answer("CN", "endorse")
    set_path_of_case(wired, made, "CN", material=["sites"])
    old = made.version_id()
    ask_again(made, basics={"title": "Another title", "summary": "x", "language": "en"})
    new = made.version_id()
    assert (made.row("KE").state, made.row("KE").version_id) == ("revalidation_needed", new)
    assert (made.row("CN").state, made.row("CN").version_id) == ("endorsed", old)
    assert (made.row("TH").state, made.row("TH").version_id) == ("delivered", new)
    made.answer("TH", "endorse")
    assert made.stage() == "endorsement"
    made.answer("KE", "same_answer")
    assert made.stage() == "review"
    with wired.open_reading() as session:
        found = select(EndorsementWord.version_id).join(Endorsement, Endorsement.id == EndorsementWord.endorsement_id)
        words = session.scalars(found.where(Endorsement.id == made.row("KE").id).order_by(EndorsementWord.id))
        assert list(words) == [old, new]


@pytest.mark.rule("R28", "R51")
def test_a_proposal_that_was_withdrawn_and_reopened_goes_on_where_it_was(
    asked: Asked, wired: Wiring, clock: SetClock
) -> None:
    with wired.open_work(actor_of(wired, asked.owner)) as work:
        make_move(work, hold_proposal(work, asked.reference, Action.WITHDRAW_PROPOSAL), "withdraw")
    run_outbox(wired)
    with pytest.raises(NotNow) as refused:
        asked.answer("KE", "endorse")
    assert refused.value.code == "endorsement_over"
    asked.go_to(at("2026-12-03"))  # the days to acknowledge pass while it is closed
    assert asked.row("KE").state == "delivered"
    with wired.open_work(asked.staff) as work:
        revision = work.session.get_one(Proposal, asked.proposal.id).revision
        make_desk_move(work, asked.reference, "reopen", revision=revision, reason="Withdrawn by mistake.")
    run_outbox(wired)
    assert asked.stage() == "endorsement"
    fire_timers(wired)
    assert asked.row("KE").content["second_asked"] is True
    asked_again = to(run_outbox(wired), asked.points["KE"])
    assert len(asked_again) == 1
    asked.answer("KE", "endorse")


def set_path(wired: Wiring, code: str, **changed: object) -> None:
    """A new version of the partner's path."""
    with wired.open_work(SYSTEM) as work:
        partner = work.session.scalars(select(Partner.id).where(Partner.code == code)).one()
        last = work.session.scalars(
            select(PartnerPath).where(PartnerPath.partner_id == partner).order_by(PartnerPath.version.desc())
        ).first()
        assert last is not None
        rule = {**last.rule, **changed}
        work.session.add(PartnerPath(partner_id=partner, version=last.version + 1, rule=rule, created_at=work.now))


def set_path_of_case(wired: Wiring, made: Asked, code: str, **changed: object) -> None:
    """Another rule under the path that the case has pinned."""
    with wired.open_work(SYSTEM) as work:
        path = work.session.get_one(PartnerPath, made.row(code).path_id)
        path.rule = {**path.rule, **changed}
