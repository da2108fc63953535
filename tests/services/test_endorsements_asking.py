"""What a partner asks back: ministries, questions at fields, changes of named fields (rows 6 to 10, R31, R32, R68)."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from sqlalchemy import select

from tests.adjusted import make_with_sections, owner_of, points, save
from tests.asked import Asked, at, make_asked, to
from tests.factories import actor_of, make_person
from tests.post import run_outbox
from webapp.adapters.clocks import SetClock
from webapp.domain.endorsements import WHOLE, Ministry, PartnerRule
from webapp.domain.errors import Invalid, NotAllowed, NotFound, NotNow
from webapp.domain.people import PUBLIC
from webapp.models.endorsements import Consultation
from webapp.models.proposals import Collaborator, ProposalVersion
from webapp.queries.access import find_head
from webapp.services.endorsements.asking import ask, request_adjustments
from webapp.services.endorsements.consulting import advise, consult, see_consultation
from webapp.services.endorsements.replying import answer_questions, send_adjusted
from webapp.services.proposals.documents import add_document, remove_document
from webapp.wiring import Wiring

ICT = Ministry("Ministry of ICT", "ict@ke.demo.example", (10,))
TRADE = Ministry("Ministry of Trade", "trade@ke.demo.example", (9,))
TITLE = "A telemedicine link for the Tana river"


@pytest.fixture
def asked(wired: Wiring, clock: SetClock) -> Asked:
    return make_asked(wired, clock)


def ask_fields(made: Asked, code: str, **texts: str) -> None:
    with made.wired.open_work(made.actor(code)) as work:
        request_adjustments(work, made.reference, code, {key.replace("__", "."): one for key, one in texts.items()})


def send(made: Asked, **answers: str) -> ProposalVersion | None:
    """Send the new version; answers by field, for all partners that asked."""
    texts = {
        point.id: answers.get(field.replace(".", "__"), "")
        for code in made.points
        for field, point in points(made, code).items()
    }
    with made.wired.open_work(owner_of(made)) as work:
        return send_adjusted(work, made.reference, texts)


# Row 6


@pytest.mark.rule("R32", "R35")
def test_a_ministry_advises_by_its_mails_link_and_only_the_partner_is_told(wired: Wiring, clock: SetClock) -> None:
    made = make_asked(wired, clock, rules={"KE": PartnerRule(ministries=(ICT, TRADE))})
    with wired.open_work(made.actor("KE")) as work:
        consult(work, made.reference, "KE", [ICT.name], question="Are the data safe?")
    assert made.row("KE").state == "in_consultation"
    mails = run_outbox(wired)
    letter = next(mail for mail in mails if mail.to == ICT.email)
    assert letter.subject == f"[{made.reference}] Kenya asks for your advice on a proposal"
    assert "Are the data safe?" not in letter.text
    assert not [mail for mail in mails if mail.to == TRADE.email]
    token = letter.links[0].rsplit("/", 1)[1]
    with wired.open_work(PUBLIC) as work:
        seen = see_consultation(work, token)
        assert (seen.ministry, seen.question, seen.advice) == (ICT.name, "Are the data safe?", "")
    with pytest.raises(Invalid), wired.open_work(PUBLIC) as work:
        advise(work, token, text="", name="")
    with wired.open_work(PUBLIC) as work:
        advise(work, token, text="Keep them in Nairobi.", name="A. Mwangi")
    told = run_outbox(wired)
    assert to(told, made.points["KE"]) == [f"[{made.reference}] Ministry of ICT has advised"]
    assert {mail.to for mail in told} == {made.points["KE"].email}
    assert not any("Nairobi" in str(event.payload) for event in made.events())
    made.answer("KE", "endorse")
    with pytest.raises(NotNow, match="consultation_over"), wired.open_work(PUBLIC) as work:
        advise(work, token, text="Too late.", name="A. Mwangi")
    with wired.open_reading() as session:
        assert session.scalars(select(Consultation.advice)).all() == ["Keep them in Nairobi."]


def test_whom_the_path_does_not_name_is_named_with_an_address(wired: Wiring, clock: SetClock) -> None:
    made = make_asked(wired, clock, rules={"KE": PartnerRule(ministries=(ICT, TRADE))})
    wrong: list[tuple[list[str], list[Ministry]]] = [
        ([], []),
        ([TRADE.name], []),  # not on a mapped article
        ([ICT.name], [Ministry("The same", ICT.email)]),
        ([], [Ministry("", "x@demo.example")]),
    ]
    for names, others in wrong:
        with pytest.raises(Invalid), wired.open_work(made.actor("KE")) as work:
            consult(work, made.reference, "KE", names, others)
    with wired.open_work(made.actor("KE")) as work:
        consult(work, made.reference, "KE", [ICT.name], [Ministry("County of Tana River", "county@ke.demo.example")])
    assert {"ict@ke.demo.example", "county@ke.demo.example"} <= {mail.to for mail in run_outbox(wired)}


def test_a_false_link_asks_nothing(wired: Wiring) -> None:
    with pytest.raises(NotFound), wired.open_work(PUBLIC) as work:
        see_consultation(work, "1-abc")


# Rows 7 and 8


@pytest.mark.rule("R30", "R31")
def test_a_question_stops_the_clock_until_it_is_answered(asked: Asked, wired: Wiring, clock: SetClock) -> None:
    asked.answer("CN", "endorse")
    with wired.open_work(asked.actor("KE")) as work:
        ask(work, asked.reference, "KE", {"budget.lines": "Who pays for the links?", WHOLE: "Who runs it later?"})
    assert asked.row("KE").state == "waiting_applicant"
    # 10 working days of Kenya; 12 December is no working day.
    assert asked.row("KE").due_at == at("2026-12-08", 14)
    assert f"[{asked.reference}] Kenya asks you a question, due by 8 December 2026" in to(
        run_outbox(wired), asked.owner
    )
    clock.at = at("2026-12-02")
    found = points(asked, "KE")
    with pytest.raises(Invalid) as refused, wired.open_work(owner_of(asked)) as work:
        answer_questions(work, asked.reference, "KE", {found[WHOLE].id: "The county."})
    assert [one.field for one in refused.value.problems] == [f"point-{found['budget.lines'].id}"]
    with wired.open_work(owner_of(asked)) as work:
        answer_questions(work, asked.reference, "KE", {point.id: "The county." for point in found.values()})
    row = asked.row("KE")
    assert row.state == "acknowledged"
    # 20 working days were left on 24 November; they go on from 2 December.
    assert row.due_at == at("2026-12-31", 14)
    assert [point.state for point in points(asked, "KE").values()] == ["answered", "answered"]
    told = to(run_outbox(wired), asked.points["KE"])
    assert told == [f"[{asked.reference}] Your questions for Kenya are answered"]


@pytest.mark.rule("R30")
def test_without_an_answer_in_time_the_clock_goes_on_and_all_are_told(asked: Asked, wired: Wiring) -> None:
    with wired.open_work(asked.actor("KE")) as work:
        ask(work, asked.reference, "KE", {"plan.activities": "Who trains them?"})
    run_outbox(wired)
    mails = asked.go_to(at("2026-12-08", 15))
    assert asked.row("KE").state == "acknowledged"
    assert points(asked, "KE")["plan.activities"].state == "late"
    assert f"[{asked.reference}] The applicant has not answered Kenya" in to(mails, asked.secretary)
    assert f"[{asked.reference}] No reply came to what was asked for Kenya" in to(mails, asked.points["KE"])
    with pytest.raises(NotNow), wired.open_work(owner_of(asked)) as work:
        answer_questions(work, asked.reference, "KE", {})


def test_only_the_applicant_answers_and_only_the_partner_asks(asked: Asked, wired: Wiring) -> None:
    with pytest.raises(NotFound), wired.open_work(asked.actor("CN")) as work:
        ask(work, asked.reference, "KE", {WHOLE: "Why?"})
    with wired.open_work(asked.actor("KE")) as work:
        ask(work, asked.reference, "KE", {WHOLE: "Why?"})
    answers = {points(asked, "KE")[WHOLE].id: "Because."}
    with pytest.raises(NotAllowed), wired.open_work(asked.actor("KE")) as work:
        answer_questions(work, asked.reference, "KE", answers)


@pytest.mark.parametrize("texts", [{}, {"plan.objectives": " "}, {"declarations.accurate": "x"}, {WHOLE: "x" * 2001}])
def test_what_cannot_be_asked(asked: Asked, wired: Wiring, texts: dict[str, str]) -> None:
    with pytest.raises(Invalid), wired.open_work(asked.actor("KE")) as work:
        ask(work, asked.reference, "KE", texts)
    with pytest.raises(Invalid), wired.open_work(asked.actor("KE")) as work:
        request_adjustments(work, asked.reference, "KE", texts)


# Rows 9 and 10


@pytest.mark.rule("R11", "R31", "R68")
def test_just_the_named_fields_make_a_new_version_and_other_words_stand(wired: Wiring, clock: SetClock) -> None:
    made = make_with_sections(wired, clock)
    made.answer("CN", "endorse")
    first = made.version_id()
    ask_fields(made, "KE", plan__objectives="Name the counties.", basics__summary="Say who pays.")
    assert made.row("KE").state == "adjustment_requested"
    told = to(run_outbox(wired), made.owner)
    assert f"[{made.reference}] Kenya asks for changes by 8 December 2026" in told
    save(made, "plan", objectives="Tana River and Garissa get nurses. " * 5)
    clock.at = at("2026-11-26")
    with pytest.raises(Invalid) as refused:
        send(made)
    assert [one.code for one in refused.value.problems] == ["adjustment_not_answered"]
    assert made.version_id() == first
    version = send(made, basics__summary="It stands in the budget.")
    assert version is not None
    assert version.number == 2
    row = made.row("KE")
    assert (row.state, row.version_id) == ("acknowledged", version.id)
    # The clock stood from the 24th to the 26th of November: two days later than the 22nd of December.
    assert row.due_at == at("2026-12-24", 14)
    assert {field: point.state for field, point in points(made, "KE").items()} == {
        "plan.objectives": "changed",
        "basics.summary": "answered",
    }
    assert made.row("CN").state == "endorsed"  # nothing material to it has changed
    mails = run_outbox(wired)
    assert f"[{made.reference}] A new version replies to Kenya" in to(mails, made.points["KE"])
    receipt = next(mail for mail in mails if mail.to == made.owner.email)
    assert version.sha256 in receipt.text
    made.answer("KE", "endorse")
    assert made.stage() == "review"


@pytest.mark.rule("R31")
def test_a_change_that_is_material_to_another_partner_asks_it_again(wired: Wiring, clock: SetClock) -> None:
    made = make_with_sections(wired, clock)
    made.answer("CN", "endorse")
    ask_fields(made, "KE", basics__title="Name the river.")
    save(made, "basics", title=TITLE)
    send(made)
    assert made.row("CN").state == "revalidation_needed"
    assert made.row("KE").state == "acknowledged"
    assert f"[{made.reference}] Does the answer of China hold for the new version?" in to(
        run_outbox(wired), made.points["CN"]
    )
    made.answer("CN", "same_answer")
    made.answer("KE", "endorse")
    assert made.stage() == "review"


@pytest.mark.rule("R31", "R68")
def test_one_version_settles_what_several_partners_asked(wired: Wiring, clock: SetClock) -> None:
    made = make_with_sections(wired, clock, ("KE", "CN", "TH"))
    ask_fields(made, "KE", basics__title="Name the river.")
    ask_fields(made, "CN", plan__starts_on="Why so early?")
    save(made, "basics", title=TITLE)
    with pytest.raises(Invalid):
        send(made)
    send(made, plan__starts_on="The school year begins then.")
    assert [made.row(code).state for code in made.points] == ["acknowledged", "acknowledged", "delivered"]
    assert {made.row(code).version_id for code in made.points} == {made.version_id()}


@pytest.mark.rule("R31", "R68")
def test_nothing_but_the_named_fields_can_be_changed(wired: Wiring, clock: SetClock) -> None:
    made = make_with_sections(wired, clock)
    with pytest.raises(NotAllowed):
        save(made, "basics", title=TITLE)
    ask_fields(made, "KE", basics__title="Name the river.")
    with pytest.raises(NotNow, match="field_not_asked"):
        save(made, "basics", title=TITLE, sector="energy")
    with pytest.raises(NotNow, match="field_not_asked"):
        save(made, "plan", objectives="Other objectives.")
    save(made, "basics", title=TITLE)
    send(made)
    with pytest.raises(NotAllowed):
        save(made, "basics", title="And another")


@pytest.mark.rule("R31", "R68")
def test_what_was_typed_for_a_request_that_is_over_is_in_no_later_version(wired: Wiring, clock: SetClock) -> None:
    made = make_with_sections(wired, clock)
    ask_fields(made, "KE", basics__title="Name the river.")
    save(made, "basics", title=TITLE)
    made.go_to(at("2026-12-08", 15))
    assert made.row("KE").state == "acknowledged"
    ask_fields(made, "KE", plan__starts_on="Why so early?")
    version = send(made, plan__starts_on="The school year begins then.")
    assert version is not None
    assert version.content["basics"]["title"] == "A telemedicine link for river communities"


@pytest.mark.rule("R7", "R31")
def test_who_takes_part_cannot_change_by_an_adjustment(wired: Wiring, clock: SetClock) -> None:
    made = make_with_sections(wired, clock)
    ask_fields(made, "KE", partners__participants="Say what China does.")
    save(made, "partners", participants=[{"partner": "TH", "role": "Runs the clinics"}])
    with pytest.raises(Invalid) as refused:
        send(made)
    assert "partners_must_stay" in {one.code for one in refused.value.problems}


@pytest.mark.rule("R68")
def test_changes_are_not_asked_while_reviewers_read(wired: Wiring, clock: SetClock) -> None:
    made = make_asked(wired, clock, ("KE", "CN", "TH"), endorsement={"asks": "lead_and", "others": 1})
    made.answer("KE", "endorse")
    made.answer("CN", "endorse")
    assert made.stage() == "review"
    with pytest.raises(NotNow, match="adjusting_over"):
        ask_fields(made, "TH", plan__objectives="Name the counties.")


@pytest.mark.rule("R1", "R68")
def test_an_editor_may_change_the_named_fields_but_not_send_them(wired: Wiring, clock: SetClock) -> None:
    made = make_with_sections(wired, clock)
    editor = make_person(wired)
    with wired.open_work(made.staff) as work:
        work.session.add(
            Collaborator(proposal_id=made.proposal.id, person_id=editor.id, role="editor", added_at=work.now)
        )
    ask_fields(made, "KE", basics__title="Name the river.")
    save(replace(made, owner=editor), "basics", title=TITLE)
    with pytest.raises(NotAllowed), wired.open_work(actor_of(wired, editor)) as work:
        send_adjusted(work, made.reference, {})
    with wired.open_reading() as session:
        head = find_head(session, wired.rules, made.reference)
        assert head is not None
        assert head.facts.asked_fields == {"basics.title"}


@pytest.mark.rule("R9")
def test_a_form_that_is_sent_twice_acts_once(wired: Wiring, clock: SetClock) -> None:
    made = make_with_sections(wired, clock)
    for _ in range(2):
        with wired.open_work(made.actor("KE")) as work:
            request_adjustments(work, made.reference, "KE", {"basics.title": "Name the river."}, form_key="first")
    save(made, "basics", title=TITLE)
    numbers = []
    for _ in range(2):
        with wired.open_work(owner_of(made)) as work:
            version = send_adjusted(work, made.reference, {}, form_key="second")
            numbers.append(version.number if version else None)
    assert numbers == [2, None]
    assert len(made.events("ProposalAdjusted")) == 1


@pytest.mark.rule("R68")
def test_documents_are_changed_only_where_they_were_asked_for(wired: Wiring, clock: SetClock) -> None:
    made = make_with_sections(wired, clock)
    ask_fields(made, "KE", basics__title="Name the river.")
    with pytest.raises(NotNow, match="field_not_asked"), wired.open_work(owner_of(made)) as work:
        add_document(work, made.reference, "plan.pdf", BytesIO(b"%PDF-1.4"))
    with pytest.raises(NotNow, match="field_not_asked"), wired.open_work(owner_of(made)) as work:
        remove_document(work, made.reference, "unknown")
