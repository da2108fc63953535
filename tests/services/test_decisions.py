"""Decisions: four eyes, the move of each outcome, conditions, appeals, and the letter that goes out (R29, R46-R48)."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.browsing import Browser
from tests.deciding import confirm, decide, draft, newest, now, review_it
from tests.factories import actor_of, make_call, make_person, make_proposal, make_secretary, make_version
from tests.post import fire_timers, run_outbox
from webapp.adapters.clocks import SetClock
from webapp.domain.errors import Invalid, NotAllowed, NotNow
from webapp.domain.people import SYSTEM, Actor
from webapp.models.notices import OutboxRow
from webapp.models.people import Person
from webapp.models.proposals import Document, Proposal
from webapp.models.routing import Assignment
from webapp.queries.access import find_head_by_id
from webapp.queries.proposals.reading import read_proposal
from webapp.services.decisions.appeal import appeal
from webapp.services.decisions.conditions import settle_condition, submit_evidence
from webapp.services.routing.by_hand import note_conflict
from webapp.wiring import Wiring


@pytest.fixture
def owner(wired: Wiring) -> Person:
    return make_person(wired, email="owner@demo.example")


@pytest.fixture
def first(wired: Wiring) -> Actor:
    return actor_of(wired, make_secretary(wired))


@pytest.fixture
def second(wired: Wiring) -> Actor:
    return actor_of(wired, make_secretary(wired))


@pytest.fixture
def proposal(wired: Wiring, owner: Person, clock: SetClock) -> Proposal:
    made = make_proposal(
        wired, owner, make_call(wired), ("KE", "CN"), stage="deliberation", submitted_at=clock.at, due_at=clock.at
    )
    make_version(wired, made)
    review_it(wired, made)
    return made


@pytest.mark.rule("R41", "R44")
def test_a_review_lost_after_the_round_opens_it_again_and_nothing_is_decided_below_the_quorum(
    wired: Wiring, first: Actor, second: Actor, proposal: Proposal
) -> None:
    draft(wired, first, proposal, "approved")
    with wired.open_reading() as session:
        leaving = session.scalars(select(Assignment.reviewer_id).where(Assignment.proposal_id == proposal.id)).first()
    with wired.open_work(first) as work:
        revision = work.session.get_one(Proposal, proposal.id).revision
        note_conflict(work, proposal.reference, leaving or 0, revision=revision, reason="A paper with the lead.")
    assert now(wired, proposal).stage == "review"
    with wired.open_work(SYSTEM) as work:
        row = work.session.get_one(Proposal, proposal.id)
        assert row.due_at
        assert work.session.scalars(select(OutboxRow).where(OutboxRow.payload["task"].astext == "review_routing")).all()
        row.stage = "deliberation"
    with pytest.raises(NotNow, match="quorum_not_met"):
        confirm(wired, second, proposal)


@pytest.mark.rule("R46")
def test_nobody_confirms_their_own_draft(wired: Wiring, first: Actor, second: Actor, proposal: Proposal) -> None:
    draft(wired, first, proposal, "approved")
    with pytest.raises(NotAllowed) as refused:
        confirm(wired, first, proposal)
    assert refused.value.code == "another_than_drafter"
    assert now(wired, proposal).stage == "deliberation"
    confirm(wired, second, proposal)
    assert now(wired, proposal).stage == "approved"
    assert newest(wired, proposal).confirmed_by


@pytest.mark.rule("R46", "R55", "R73")
@pytest.mark.parametrize(
    "case",
    [
        ("approved", "approved", "Your proposal is approved"),
        ("approved_with_conditions", "conditions", "Your proposal is approved with conditions"),
        ("revise", "returned", "You are asked to revise your proposal"),
        ("declined", "declined", "Your proposal is not approved"),
    ],
)
def test_each_outcome_moves_and_sends_its_letter(
    wired: Wiring, first: Actor, second: Actor, proposal: Proposal, case: tuple[str, str, str]
) -> None:
    outcome, stage, subject = case
    decide(wired, first, second, proposal, outcome)
    assert now(wired, proposal).stage == stage
    (mail,) = [one for one in run_outbox(wired) if one.to == "owner@demo.example"]
    assert mail.subject.endswith(subject)
    assert "Dear applicant,\n\nwe have decided." in mail.text
    assert newest(wired, proposal).code in mail.text
    assert "This letter is voluntary and non-binding." in mail.text
    assert ("letter of the ministry" in mail.text) == (outcome == "approved_with_conditions")
    assert "The plan is sound" not in mail.text


@pytest.mark.rule("R48")
def test_the_last_condition_settled_approves(
    wired: Wiring, first: Actor, second: Actor, owner: Person, proposal: Proposal
) -> None:
    decide(wired, first, second, proposal, "approved_with_conditions")
    with wired.open_work(actor_of(wired, owner)) as work:
        submit_evidence(work, proposal.reference, 1, evidence="It is attached.")
    with wired.open_work(first) as work:
        revision = now(wired, proposal).revision
        settle_condition(work, proposal.reference, 1, outcome="met", revision=revision)
    assert now(wired, proposal).stage == "approved"
    subjects = {one.subject.split("] ")[-1] for one in run_outbox(wired)}
    assert {"Evidence for condition 1", "Condition 1 is met", "All conditions are met"} <= subjects


@pytest.mark.rule("R48", "R2")
def test_a_file_shows_how_a_condition_is_met_to_those_who_settle_it(
    wired: Wiring, browse: Browser, first: Actor, second: Actor, owner: Person, proposal: Proposal
) -> None:
    decide(wired, first, second, proposal, "approved_with_conditions")
    path = f"/proposals/{proposal.reference}/conditions/1"
    form = {"evidence": "The letter is signed.", "files": (io.BytesIO(b"MZ"), "run.exe")}
    answer = browse(owner).post(path, form)
    assert answer.status_code == 422 and "run.exe" in answer.text and "The letter is signed." in answer.text
    form["files"] = (io.BytesIO(b"%PDF-1.7 letter"), "letter.pdf")
    assert browse(owner).post(path, form).status_code == 303
    run_outbox(wired)
    # Said better, without a new file: the file stands.
    assert browse(owner).post(path, {"evidence": "The letter is signed by both."}).status_code == 303
    file = newest(wired, proposal).conditions[0].file
    assert file is not None and (file.name, file.state) == ("letter.pdf", "accepted")
    with wired.open_work(SYSTEM) as work:
        assert work.session.scalars(select(Document.purpose)).one() == "evidence"
        head = find_head_by_id(work.session, work.rules, proposal.id)
        assert head is not None and read_proposal(work.session, work.rules, head, draft=True).documents == ()
    for reader in (owner.id, first.person_id):
        opened = browse(reader).get(f"/documents/{file.public_id}")
        assert opened.data == b"%PDF-1.7 letter"
        opened.close()
    assert file.name in browse(first.person_id).get(f"/desk/proposals/{proposal.reference}/decision").text
    assert browse(make_person(wired)).get(f"/documents/{file.public_id}").status_code == 404


@pytest.mark.rule("R48", "R26")
def test_waiving_needs_a_reason(wired: Wiring, first: Actor, second: Actor, proposal: Proposal) -> None:
    decide(wired, first, second, proposal, "approved_with_conditions")
    revision = now(wired, proposal).revision
    with pytest.raises(Invalid), wired.open_work(first) as work:
        settle_condition(work, proposal.reference, 1, outcome="waived", reason=" ", revision=revision)
    assert now(wired, proposal).stage == "conditions"
    with wired.open_work(first) as work:
        settle_condition(work, proposal.reference, 1, outcome="waived", reason="Not needed.", revision=revision)
    assert newest(wired, proposal).conditions[0].settled_reason == "Not needed."


@pytest.mark.rule("R29")
def test_an_appeal_is_made_once_and_judged_by_others(
    wired: Wiring, first: Actor, second: Actor, owner: Person, proposal: Proposal
) -> None:
    decide(wired, first, second, proposal, "declined")
    own = actor_of(wired, owner)
    with wired.open_work(own) as work:
        appeal(work, proposal.reference, reason="It was misread.", revision=now(wired, proposal).revision)
    assert now(wired, proposal).stage == "deliberation"
    for involved in (first, second):
        with pytest.raises(NotAllowed) as refused:
            draft(wired, involved, proposal, "declined")
        assert refused.value.code == "decided_before"
    third, fourth = (actor_of(wired, make_secretary(wired)) for _ in range(2))
    decide(wired, third, fourth, proposal, "declined")
    with pytest.raises(NotNow), wired.open_work(own) as work:
        appeal(work, proposal.reference, reason="Again.", revision=now(wired, proposal).revision)


@pytest.mark.rule("R49")
def test_an_approved_proposal_enters_the_register(
    wired: Wiring, first: Actor, second: Actor, proposal: Proposal, clock: SetClock
) -> None:
    decide(wired, first, second, proposal, "approved")
    assert now(wired, proposal).published_at is None
    clock.at += timedelta(days=1)
    fire_timers(wired)
    after = now(wired, proposal)
    assert (after.stage, after.published_at) == ("published", clock.at)


@pytest.mark.rule("R46", "R47", "R73")
def test_the_pages_of_a_decision(
    browse: Browser, wired: Wiring, first: Actor, second: Actor, proposal: Proposal
) -> None:
    one, two = browse(first.person_id), browse(second.person_id)
    page = f"/desk/proposals/{proposal.reference}/decision"
    assert one.get(page).status_code == 200
    form = {"outcome": "approved_with_conditions", "reason": "", "letter": "", "revision": "1"}
    assert one.post(page, form).status_code == 422
    form |= {"condition": "Show a letter.", "condition_due": "soon"}
    assert "Show a letter." in one.post(page, form).get_data(as_text=True)
    assert one.post(page, form | {"condition_due": "2027-03-31"}).status_code == 303
    assert one.get(f"{page}/confirm").status_code == 403
    assert "Show a letter." in two.get(f"{page}/confirm").get_data(as_text=True)
    revision = {f"revision-{proposal.reference}": str(now(wired, proposal).revision)}
    chosen = {"reference": proposal.reference} | revision
    listed = two.post("/desk/decisions/confirm", chosen)
    assert "Confirm these decisions?" in listed.get_data(as_text=True)
    assert "Show a letter." in listed.get_data(as_text=True)
    sent = two.post("/desk/decisions/confirm", chosen | {"act": "send"})
    assert "Confirmed. The letter" in sent.get_data(as_text=True)
    own = browse(proposal.owner_id)
    assert "Show how it is met" in own.get(f"/proposals/{proposal.reference}/decision").get_data(as_text=True)
    evidence = f"/proposals/{proposal.reference}/conditions/1"
    assert own.post(evidence, {"evidence": ""}).status_code == 422
    assert own.post(evidence, {"evidence": "Here it is."}).status_code == 303
    assert own.get(f"/proposals/{proposal.reference}/conditions/9").status_code == 404
    assert "Here it is." in two.get(page).get_data(as_text=True)
    code = newest(wired, proposal).code
    checked = browse().get(f"/letters/{code}").get_data(as_text=True)
    assert proposal.reference in checked
    assert proposal.title not in checked
    assert browse().get("/letters/2222-2222-2222").status_code == 404
    assert browse().get("/letters?code=nonsense").status_code == 200
