"""Decisions for many at once, staged ones released together, letters that a later one overtakes (R47, R73, R75)."""

from __future__ import annotations

import pytest

from tests.browsing import Browser
from tests.deciding import confirm, decide, draft, newest, now, review_it
from tests.factories import actor_of, make_call, make_person, make_proposal, make_secretary, make_version
from tests.post import run_outbox
from webapp.adapters.clocks import SetClock
from webapp.domain.decisions import fill_letter, letter_problems
from webapp.domain.errors import NotAllowed, NotNow
from webapp.domain.people import Actor
from webapp.models.people import Person
from webapp.models.proposals import Proposal
from webapp.queries.decisions import count_waiting, find_letter, list_pending, list_to_decide
from webapp.services.decisions.appeal import appeal
from webapp.services.decisions.confirm import release_decision
from webapp.services.decisions.draft import discard_decision
from webapp.wiring import Wiring


@pytest.fixture
def owner(wired: Wiring) -> Person:
    return make_person(wired, email="owner@demo.example", name="Amina Otieno")


@pytest.fixture
def first(wired: Wiring) -> Actor:
    return actor_of(wired, make_secretary(wired))


@pytest.fixture
def second(wired: Wiring) -> Actor:
    return actor_of(wired, make_secretary(wired))


@pytest.fixture
def several(wired: Wiring, owner: Person, clock: SetClock) -> list[Proposal]:
    call = make_call(wired)
    made = [
        make_proposal(wired, owner, call, ("KE", "CN"), stage="deliberation", submitted_at=clock.at, title=title)
        for title in ("Clinics that write to each other", "Sensors for small farms", "One window for traders")
    ]
    for one in made:
        make_version(wired, one)
        review_it(wired, one)
    return made


def release(wired: Wiring, actor: Actor, proposal: Proposal) -> None:
    with wired.open_work(actor) as work:
        release_decision(work, proposal.reference, revision=now(wired, proposal).revision)


def chosen(wired: Wiring, proposals: list[Proposal], **more: object) -> dict[str, object]:
    revisions = {f"revision-{one.reference}": str(now(wired, one).revision) for one in proposals}
    return {"reference": [one.reference for one in proposals], **revisions, **more}


@pytest.mark.rule("R75")
def test_a_staged_decision_is_known_to_the_secretariat_alone(
    browse: Browser, wired: Wiring, first: Actor, second: Actor, several: list[Proposal]
) -> None:
    proposal = several[0]
    draft(wired, first, proposal, "approved")
    confirm(wired, second, proposal, hold=True)
    assert (now(wired, proposal).stage, newest(wired, proposal).state) == ("deliberation", "staged")
    assert run_outbox(wired) == []
    own = browse(proposal.owner_id).get(f"/proposals/{proposal.reference}/decision").get_data(as_text=True)
    assert "There is no decision yet" in own
    code = newest(wired, proposal).code
    assert browse().get(f"/letters/{code}").status_code == 404
    release(wired, first, proposal)
    assert now(wired, proposal).stage == "approved"
    (mail,) = [one for one in run_outbox(wired) if one.to == "owner@demo.example"]
    assert code in mail.text
    assert browse().get(f"/letters/{code}").status_code == 200


@pytest.mark.rule("R46", "R75")
def test_what_is_staged_is_confirmed_once_and_by_another(
    wired: Wiring, first: Actor, second: Actor, several: list[Proposal]
) -> None:
    proposal = several[0]
    draft(wired, first, proposal, "declined")
    with pytest.raises(NotAllowed):
        confirm(wired, first, proposal, hold=True)
    with pytest.raises(NotNow) as refused:
        release(wired, second, proposal)
    assert refused.value.code == "decision_not_staged"
    confirm(wired, second, proposal, hold=True)
    with pytest.raises(NotNow) as refused:
        confirm(wired, second, proposal)
    assert refused.value.code == "decision_staged"
    # Written anew it has to be confirmed anew; whoever wrote it now is its drafter.
    draft(wired, second, proposal, "approved")
    assert newest(wired, proposal).state == "drafted"
    with pytest.raises(NotAllowed):
        confirm(wired, second, proposal)
    confirm(wired, first, proposal, hold=True)
    with wired.open_work(first) as work:
        discard_decision(work, proposal.reference, revision=now(wired, proposal).revision)
    with wired.open_reading() as session:
        assert count_waiting(session, wired.rules, first).to_draft == len(several)


@pytest.mark.rule("R47")
def test_many_are_drafted_confirmed_and_released_each_with_its_letter(
    browse: Browser, wired: Wiring, first: Actor, second: Actor, several: list[Proposal]
) -> None:
    one, two = browse(first.person_id), browse(second.person_id)
    form = {
        "outcome": "approved_with_conditions",
        "reason": "",
        "letter": "Dear {name}, on {title}: yes.",
        "step": "check",
    }
    assert one.post("/desk/decisions/draft", chosen(wired, several)).status_code == 200
    assert one.post("/desk/decisions/draft", chosen(wired, several, **form)).status_code == 422
    form |= {"condition": "Show a letter.", "condition_due": "2027-03-31"}
    assert (
        one.post("/desk/decisions/draft", chosen(wired, several, **form | {"letter": "Dear {nane}"})).status_code == 422
    )
    preview = one.post("/desk/decisions/draft", chosen(wired, several, **form)).get_data(as_text=True)
    assert preview.count("Dear Amina Otieno, on ") == len(several)
    assert "Sensors for small farms: yes." in preview
    saved = one.post("/desk/decisions/draft", chosen(wired, several, **form | {"step": "save"})).get_data(as_text=True)
    assert saved.count("Another member of the secretariat confirms it.") == len(several)
    # Not by their drafter: nothing of the selection is left for them.
    assert one.post("/desk/decisions/confirm", chosen(wired, several)).status_code == 303
    page = two.post("/desk/decisions/confirm", chosen(wired, several)).get_data(as_text=True)
    assert page.count("The letter as it will be sent") == len(several)
    two.post("/desk/decisions/confirm", chosen(wired, several, act="hold"))
    assert {now(wired, proposal).stage for proposal in several} == {"deliberation"}
    stale = chosen(wired, several, act="release") | {f"revision-{several[0].reference}": "1"}
    report = one.post("/desk/decisions/release", stale).get_data(as_text=True)
    assert report.count("Released. The letter is on its way.") == len(several) - 1
    assert "Somebody else changed this" in report
    assert [now(wired, proposal).stage for proposal in several] == ["deliberation", "conditions", "conditions"]
    mails = [mail for mail in run_outbox(wired) if mail.to == "owner@demo.example"]
    assert len(mails) == 2
    assert "Dear Amina Otieno, on Sensors for small farms: yes." in mails[0].text
    assert newest(wired, several[1]).code != newest(wired, several[2]).code


@pytest.mark.rule("R46", "R47", "R75")
def test_the_lists_show_each_only_what_is_theirs(
    wired: Wiring, first: Actor, second: Actor, several: list[Proposal], owner: Person
) -> None:
    draft(wired, first, several[0], "declined")
    draft(wired, first, several[1], "approved")
    confirm(wired, second, several[1], hold=True)
    with wired.open_reading() as session:
        waiting = count_waiting(session, wired.rules, second)
        pending = {one.reference: one.state for one in list_pending(session, wired.rules, second)}
        to_decide = [one.reference for one in list_to_decide(session, wired.rules, second)]
        nobody = list_pending(session, wired.rules, actor_of(wired, make_person(wired)))
    assert (waiting.to_draft, waiting.drafted, waiting.staged) == (1, 1, 1)
    assert pending == {several[0].reference: "drafted", several[1].reference: "staged"}
    assert to_decide == [several[2].reference]
    assert nobody == []


@pytest.mark.rule("R29", "R73")
def test_a_later_letter_takes_the_place_of_the_earlier(
    browse: Browser, wired: Wiring, first: Actor, second: Actor, several: list[Proposal], owner: Person
) -> None:
    proposal = several[0]
    decide(wired, first, second, proposal, "declined")
    earlier = newest(wired, proposal).code
    with wired.open_work(actor_of(wired, owner)) as work:
        appeal(work, proposal.reference, reason="It was misread.", revision=now(wired, proposal).revision)
    uninvolved = [actor_of(wired, make_secretary(wired)) for _ in range(2)]
    with wired.open_reading() as session:
        assert not list_to_decide(session, wired.rules, first)[0].may_decide
        assert list_to_decide(session, wired.rules, uninvolved[0])[0].may_decide
    page = f"/desk/proposals/{proposal.reference}/decision"
    assert "It was misread." in browse(uninvolved[0].person_id).get(page).text
    involved = browse(first.person_id).get(page).text
    assert "another member of the secretariat decides" in involved
    assert "Draft the decision" not in involved
    decide(wired, uninvolved[0], uninvolved[1], proposal, "approved")
    with wired.open_reading() as session:
        first_letter, last = (find_letter(session, code) for code in (earlier, newest(wired, proposal).code))
    assert first_letter is not None and last is not None
    assert (first_letter.is_last, last.is_last) == (False, True)
    assert "A later letter has taken its place" in browse().get(f"/letters/{earlier}").get_data(as_text=True)


@pytest.mark.rule("R29")
def test_an_appeal_is_told_to_those_who_had_no_part(
    wired: Wiring, first: Actor, second: Actor, several: list[Proposal], owner: Person
) -> None:
    third = make_secretary(wired)
    decide(wired, first, second, several[0], "declined")
    with wired.open_work(actor_of(wired, owner)) as work:
        appeal(work, several[0].reference, reason="It was misread.", revision=now(wired, several[0]).revision)
    told = [mail.to for mail in run_outbox(wired) if "ppeal" in mail.subject]
    assert told == [third.email]


@pytest.mark.rule("R47")
def test_a_letter_for_many_fills_its_places_and_no_others() -> None:
    values = {"name": "Amina {title}", "title": "Clinics", "reference": "PD-1"}
    assert fill_letter("Dear {name}: {title}, {reference}, {x}", values) == "Dear Amina {title}: Clinics, PD-1, {x}"
    assert [one.params["place"] for one in letter_problems("{name} {nane} {other}")] == ["nane"]
    assert letter_problems("{name} {title} {reference} { } {}") == []
