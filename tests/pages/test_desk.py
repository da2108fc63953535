"""The secretariat's desk: numbers, list, search, preview, one proposal, its moves, history and versions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.browsing import Browser, Visitor
from tests.counting import statements
from tests.deciding import review_it
from tests.factories import actor_of, make_call, make_person, make_proposal, make_seat, make_secretary
from webapp.adapters.clocks import SetClock
from webapp.domain.endorsements import EVENTS
from webapp.domain.events import Event
from webapp.domain.people import SYSTEM, Role
from webapp.models.calls import Call
from webapp.models.decisions import Decision
from webapp.models.initiative import ArticleRow
from webapp.models.partners import Partner
from webapp.models.people import Organisation, Person
from webapp.models.proposals import Document, Proposal, ProposalArticle, ProposalVersion
from webapp.models.routing import Assignment, Conflict
from webapp.pages.desk.event_words import WORDS, event_words
from webapp.services.screening import find_ineligible
from webapp.wiring import Wiring

CONTENT: dict[str, Any] = {
    "basics": {"title": "A telemedicine link", "summary": "Villages along the river.", "sector": "health"},
    "partners": {"lead_partner": "KE", "participants": [{"partner": "CN"}]},
    "articles": {"primary": 5, "secondary": [10], "justifications": {"5": "x" * 40, "10": "x" * 40}},
    "plan": {"milestones": [{"title": "First", "due_on": "2027-03-01"}]},
}
PREVIEW = {"X-Preview": "1"}


@pytest.fixture
def call(wired: Wiring) -> Call:
    return make_call(wired, title="The open call")


@pytest.fixture
def owner(wired: Wiring) -> Person:
    return make_person(wired, name="Mariama Sanneh")


@pytest.fixture
def secretary(browse: Browser, wired: Wiring) -> Visitor:
    return browse(make_secretary(wired))


def submit(wired: Wiring, owner: Person, call: Call, *articles: int, **given: Any) -> Proposal:
    """A proposal in screening unless said otherwise, on articles (5 and 10 if none), with one version."""
    at = wired.ports.clock.now()
    values = {"stage": "screening", "submitted_at": at, "due_at": at, "summary": "Villages along the river."}
    proposal = make_proposal(wired, owner, call, ("KE", "CN"), **{**values, **given})
    with wired.open_work(SYSTEM) as work:
        for place, number in enumerate(articles or (5, 10)):
            article = work.session.scalars(select(ArticleRow.id).where(ArticleRow.number == number)).one()
            row = ProposalArticle(proposal_id=proposal.id, article_id=article, is_primary=place == 0, place=place)
            work.session.add(row)
    add_version(wired, proposal, 1, CONTENT)
    with wired.open_work(SYSTEM) as work:
        work.record(Event("ProposalSubmitted", "proposal", proposal.id, {}))
    return proposal


def add_version(wired: Wiring, proposal: Proposal, number: int, content: dict[str, Any]) -> int:
    with wired.open_work(SYSTEM) as work:
        version = ProposalVersion(proposal_id=proposal.id, number=number, content=content, sha256="0" * 64)
        version.submitted_at = work.now
        work.session.add(version)
        work.session.flush()
        work.session.get_one(Proposal, proposal.id).current_version_id = version.id
        return version.id


@pytest.mark.rule("R27", "R70")
def test_the_overview_counts_what_may_be_seen(
    secretary: Visitor, wired: Wiring, owner: Person, call: Call, clock: SetClock
) -> None:
    assert "No proposal was submitted yet" in secretary.get("/desk").text
    make_proposal(wired, owner, call)
    submit(wired, owner, call, due_at=clock.at + timedelta(days=3))
    submit(wired, owner, call, due_at=clock.at - timedelta(days=1))
    submit(wired, owner, call, stage="published", due_at=None)
    page = secretary.get("/desk").text
    assert "2 proposals are open. 2 wait for the secretariat. 1 are overdue." in page
    assert "Due in 3 days" in page
    assert 'href="/desk/proposals?stage=screening&amp;overdue=1"' in page
    assert "Draft" not in page


@pytest.mark.rule("R1", "R2", "R3")
def test_who_comes_to_the_desk(browse: Browser, wired: Wiring, owner: Person, call: Call) -> None:
    proposal = submit(wired, owner, call)
    auditor = make_person(wired)
    make_seat(wired, auditor, Role.AUDITOR)
    administrator = make_person(wired)
    make_seat(wired, administrator, Role.ADMINISTRATOR)
    one = f"/desk/proposals/{proposal.reference}"
    reading = ("/desk", "/desk/proposals", "/desk/workflow", "/desk/audit", one, f"{one}/preview", f"{one}/history")
    acting = ("screening", "screening/pass", "screening/return", "screening/ineligible", "move/complete")
    for path in reading:
        assert browse(auditor).get(path, headers=PREVIEW).status_code == 200
        assert browse().get(path).status_code == 302
        assert browse(owner).get(path).status_code == 403
        assert browse(administrator).get(path).status_code == (200 if path == "/desk/audit" else 403)
    for path in acting:
        assert browse(auditor).get(f"{one}/{path}").status_code == 403
        assert browse(administrator).get(f"{one}/{path}").status_code == 404
        refused = browse(auditor).post(f"{one}/{path}", {"revision": "1", "reason": "So."})
        assert refused.status_code == (405 if path == "screening" else 403)
    assert "Pass screening" not in browse(auditor).get(one).text


@pytest.mark.rule("R2", "R38", "R70")
def test_a_conflicted_member_sees_nothing_of_it(browse: Browser, wired: Wiring, owner: Person, call: Call) -> None:
    proposal = submit(wired, owner, call, title="Hidden from one")
    person = make_secretary(wired)
    with wired.open_work(SYSTEM) as work:
        conflict = {"kind": "declared", "evidence": "A cousin.", "recorded_at": work.now}
        work.session.add(Conflict(proposal_id=proposal.id, person_id=person.id, **conflict))
    visitor = browse(person)
    assert "0 proposals are open" in visitor.get("/desk").text
    for path in ("/desk/proposals", "/desk/proposals?q=hidden", "/desk/proposals?stage=screening"):
        assert "Hidden from one" not in visitor.get(path).text
    one = f"/desk/proposals/{proposal.reference}"
    for path in ("", "/preview", "/history", "/screening", "/versions/1/1"):
        assert visitor.get(one + path, headers=PREVIEW).status_code == 404


def titles(page: str) -> list[str]:
    return [name for name in ("Alpha", "Beta", "Gamma", "Delta") if f">{name}" in page]


@pytest.mark.rule("R70")
def test_filters_and_search_stand_in_the_address(
    secretary: Visitor, wired: Wiring, owner: Person, call: Call, clock: SetClock
) -> None:
    late, soon = clock.at - timedelta(days=1), clock.at + timedelta(days=2)
    submit(wired, owner, call, 1, title="Alpha 100% river", due_at=soon)
    beta = submit(wired, owner, call, 5, 1, title="Beta", due_at=late, summary="Élan vital 河流远程医疗")
    submit(wired, owner, call, 7, title="Gamma", stage="published", due_at=None)
    make_proposal(wired, owner, call, title="Delta draft")
    for query, found in (
        ("", ["Beta", "Alpha", "Gamma"]),
        ("?stage=live", ["Beta", "Alpha"]),
        ("?stage=published", ["Gamma"]),
        ("?article=1", ["Beta", "Alpha"]),
        ("?article=7&partner=KE", ["Gamma"]),
        ("?partner=MM", []),
        ("?overdue=1", ["Beta"]),
        ("?q=RIVER+alpha", ["Alpha"]),
        ("?q=100%25", ["Alpha"]),
        ("?q=%25%25%25", []),
        ("?q=médecin", []),
        ("?q=élan", ["Beta"]),
        ("?q=远程", ["Beta"]),
        ("?q=delta", []),
        (f"?q={beta.reference}", ["Beta"]),
        ("?q=article:1+partner:ke+overdue:1", ["Beta"]),
        ("?q=stage:published", ["Gamma"]),
        ("?stage=nonsense&article=99&partner=ZZ&page=-3", ["Beta", "Alpha", "Gamma"]),
        ("?q=\x00river", ["Alpha", "Gamma"]),
    ):
        page = secretary.get("/desk/proposals" + query)
        assert page.status_code == 200
        assert titles(page.text) == sorted(found), query
        places = [page.text.index(f">{name}") for name in found]
        assert places == sorted(places), query
    page = secretary.get("/desk/proposals?q=zebra&article=1").text
    assert "No proposal fits “zebra”." in page
    assert 'href="/desk/proposals?article=1"' in page


def test_pages_of_fifty(secretary: Visitor, wired: Wiring, owner: Person, call: Call) -> None:
    for _ in range(51):
        make_proposal(wired, owner, call, stage="screening", submitted_at=call.opens_at)
    first = secretary.get("/desk/proposals?stage=screening").text
    assert first.count('class="row row--plain"') == 50
    assert 'href="/desk/proposals?stage=screening&amp;page=2"' in first
    second = secretary.get("/desk/proposals?stage=screening&page=2").text
    assert second.count('class="row row--plain"') == 1
    assert 'rel="prev" href="/desk/proposals?stage=screening"' in second
    assert "The list ends before this page" in secretary.get("/desk/proposals?page=7").text


def test_the_number_of_statements_does_not_grow(browse: Browser, wired: Wiring, owner: Person, call: Call) -> None:
    visitor = browse(make_secretary(wired))
    paths = ("/desk", "/desk/proposals", "/desk/proposals?q=river", "/desk/workflow", "/desk/audit")
    one_each = ("", "/preview", "/history", "/screening", "/screening/return")
    counts: list[list[int]] = []
    for more in (1, 2):
        for _ in range(more):
            proposal = submit(wired, owner, call)
        add_version(wired, proposal, 2, CONTENT)
        counts.append([])
        for path in (*paths, *(f"/desk/proposals/{proposal.reference}{tail}" for tail in one_each)):
            with statements(wired) as sent:
                assert visitor.get(path, headers=PREVIEW).status_code == 200
            counts[-1].append(len(sent))
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 14


@pytest.mark.rule("R22", "R27")
def test_a_proposal_says_whose_turn_it_is_and_offers_the_moves(
    secretary: Visitor, wired: Wiring, owner: Person, call: Call, clock: SetClock
) -> None:
    proposal = submit(wired, owner, call, due_at=clock.at + timedelta(days=9))
    one = f"/desk/proposals/{proposal.reference}"
    page = secretary.get(one).text
    assert "To screen" in page
    assert "The secretariat" in page
    assert "9 days left" in page
    assert "Mariama Sanneh" in page
    assert f'href="{one}/screening/pass"' in page
    assert f'href="{one}/endorsements"' in page
    assert secretary.get(f"{one}/preview").location == one
    assert f'href="{one}/screening/pass"' in secretary.get(f"{one}/preview", headers=PREVIEW).text
    waiting = submit(wired, owner, call, stage="review")
    assert (
        "Close the round early: not yet. Too few reviews are in."
        in secretary.get(f"/desk/proposals/{waiting.reference}").text
    )
    early = secretary.get(f"/desk/proposals/{waiting.reference}/move/close_round_early")
    assert early.status_code == 409


def test_a_stage_counts_its_parts(secretary: Visitor, wired: Wiring, owner: Person, call: Call) -> None:
    proposal = submit(wired, owner, call, stage="review")
    with wired.open_work(SYSTEM) as work:
        version = work.session.scalars(select(ProposalVersion.id)).one()
        for place, state in enumerate(("submitted", "accepted", "declined")):
            task = Assignment(public_id=f"a{place}", proposal_id=proposal.id, version_id=version, state=state)
            task.reviewer_id = make_person(wired).id
            work.session.add(task)
    assert "In review (1 of 2 in)" in secretary.get("/desk/proposals").text


def test_every_event_of_a_proposal_has_words(wired: Wiring) -> None:
    moves = {move.event for workflow in wired.rules.workflows.values() for move in workflow.moves}
    assert {name for name in (*moves, *EVENTS) if name not in WORDS} == set()
    assert event_words("SomethingNewHappened") == "Something new happened"


@pytest.mark.rule("R9", "R24", "R26", "R35")
def test_returning_asks_first_and_acts_once(secretary: Visitor, wired: Wiring, owner: Person, call: Call) -> None:
    proposal = submit(wired, owner, call)
    path = f"/desk/proposals/{proposal.reference}/screening/return"
    page = secretary.get(path).text
    assert "The proposal goes from “To screen” to “Returned”." in page
    assert "the applicant" in page
    assert stage_of(wired, proposal) == "screening"
    empty = secretary.post(path, {"revision": "1", "reason": " ", "budget": "Add up."})
    assert empty.status_code == 422
    assert "Say what has to change" in empty.text
    assert "Add up." in empty.text
    long = secretary.post(path, {"revision": "1", "reason": "x" * 4001})
    assert long.status_code == 422
    control = secretary.post(path, {"revision": "1", "reason": "a\x00b"})
    assert control.status_code == 422
    form = {"revision": "1", "reason": "Say <b>more</b>.", "budget": "Add up.", "form_key": "once"}
    for _ in range(2):  # the second press answers as the first
        assert secretary.post(path, form).location == f"/desk/proposals/{proposal.reference}"
    assert stage_of(wired, proposal) == "returned"
    history = secretary.get(f"/desk/proposals/{proposal.reference}/history").text
    assert "The secretariat returned it for changes (version 1)" in history
    assert "Say &lt;b&gt;more&lt;/b&gt;.\nBudget: Add up." in history
    assert history.count("timeline__e") == 2  # submitted, then returned
    later = secretary.post(path, {**form, "form_key": "another"})
    assert later.status_code == 409
    assert secretary.get(path).status_code == 404


def stage_of(wired: Wiring, proposal: Proposal) -> str:
    with wired.open_reading() as session:
        return session.scalars(select(Proposal.stage).where(Proposal.id == proposal.id)).one()


def test_passing_and_closing(secretary: Visitor, wired: Wiring, owner: Person, call: Call) -> None:
    first, second = submit(wired, owner, call), submit(wired, owner, call)
    path = f"/desk/proposals/{first.reference}/screening/pass"
    assert "The focal points of all partners that take part are asked" in secretary.get(path).text
    assert secretary.post(path, {"revision": "1", "note": "Good."}).status_code == 303
    assert stage_of(wired, first) == "endorsement"
    path = f"/desk/proposals/{second.reference}/screening/ineligible"
    assert "It can be reopened within 30 days." in secretary.get(path).text
    assert secretary.post(path, {"revision": "1", "reason": ""}).status_code == 422
    assert secretary.post(path, {"revision": "1", "reason": "One partner only."}).status_code == 303
    assert stage_of(wired, second) == "ineligible"


@pytest.mark.rule("R28")
def test_reopening_by_the_page_for_simple_moves(
    secretary: Visitor, wired: Wiring, owner: Person, call: Call, clock: SetClock
) -> None:
    proposal = submit(wired, owner, call)
    with wired.open_work(actor_of(wired, make_secretary(wired))) as work:
        find_ineligible(work, proposal.reference, revision=1, reason="One partner only.")
    one = f"/desk/proposals/{proposal.reference}"
    assert f'href="{one}/move/reopen"' in secretary.get(one).text
    page = secretary.get(f"{one}/move/reopen").text
    assert "The proposal goes from “Ineligible” to “To screen”." in page
    # What would begin in other stages does not begin here.
    assert "are asked to endorse it" not in page and "Reviewers are proposed" not in page
    answer = secretary.post(f"{one}/move/reopen", {"revision": "2", "reason": ""})
    assert answer.status_code == 422
    assert "Enter the reason" in answer.text
    for unknown in ("publish", "lapse", "confirm_decline", "nonsense", "complete"):
        assert secretary.get(f"{one}/move/{unknown}").status_code == 404
        refused = secretary.post(f"{one}/move/{unknown}", {"revision": "2", "reason": "So."})
        assert refused.status_code in (403, 404, 409)
    assert secretary.post(f"{one}/move/reopen", {"revision": "2", "reason": "It has two."}).location == one
    assert stage_of(wired, proposal) == "screening"


@pytest.mark.rule("R46")
def test_no_decision_is_confirmed_by_the_page_for_simple_moves(
    browse: Browser, wired: Wiring, owner: Person, call: Call
) -> None:
    proposal = submit(wired, owner, call, stage="deliberation")
    review_it(wired, proposal)
    drafter = make_secretary(wired)
    with wired.open_work(SYSTEM) as work:
        decision = Decision(proposal_id=proposal.id, outcome="approved", reason="Good.", letter="Dear", code="c1")
        version = work.session.scalars(select(ProposalVersion.id)).one()
        decision.version_id, decision.drafted_by_id, decision.drafted_at = version, drafter.id, work.now
        work.session.add(decision)
    other = browse(make_secretary(wired))
    one = f"/desk/proposals/{proposal.reference}"
    path = f"{one}/move/confirm_approve"
    assert f'href="{one}/decision"' in other.get(one).text
    assert other.get(path).status_code == 404
    assert other.post(path, {"revision": "1", "reason": "So."}).status_code == 403
    assert stage_of(wired, proposal) == "deliberation"


def test_moves_with_a_page_of_their_own_have_no_other(
    secretary: Visitor, wired: Wiring, owner: Person, call: Call
) -> None:
    proposal = submit(wired, owner, call)
    assert secretary.get(f"/desk/proposals/{proposal.reference}/move/pass_screening").status_code == 404


def test_the_screener_sees_what_is_thin(secretary: Visitor, wired: Wiring, owner: Person, call: Call) -> None:
    proposal = submit(wired, owner, call)
    with wired.open_work(SYSTEM) as work:
        partner = work.session.scalars(select(Partner.id).where(Partner.code == "KE")).one()
        body = Organisation(partner_id=partner, name="Turkana College", kind="university", claimed_at=work.now)
        file = Document(public_id="d1", proposal_id=proposal.id, name="a.pdf", media_type="application/pdf", size=9)
        file.sha256, file.state, file.uploaded_by_id, file.uploaded_at = "0" * 64, "refused", owner.id, work.now
        work.session.add_all((body, file))
        work.session.flush()
    thin = {**CONTENT, "partners": {"lead_partner": "KE", "lead_organisation": body.id}, "plan": {}}
    thin["articles"] = {"primary": 5, "secondary": [10], "justifications": {"5": "x" * 40, "10": "Short."}}
    add_version(wired, proposal, 2, {**thin, "documents": [{"id": "d1"}]})
    page = secretary.get(f"/desk/proposals/{proposal.reference}/screening").text
    for words in (
        "It names fewer than two partners",
        "Articles without a sufficient justification: 10",
        "Claimed, and not confirmed by their partner yet: Turkana College",
        "1 document was refused",
        "Sections without an answer: Plan",
    ):
        assert words in page
    assert "Confirm this organisation" in page


@pytest.mark.rule("R11")
def test_what_changed_between_versions(secretary: Visitor, wired: Wiring, owner: Person, call: Call) -> None:
    proposal = submit(wired, owner, call)
    after = {**CONTENT, "basics": {**CONTENT["basics"], "title": "A video link"}}
    after["plan"] = {"milestones": [{"title": "First", "due_on": "2027-04-01"}]}
    add_version(wired, proposal, 2, after)
    one = f"/desk/proposals/{proposal.reference}"
    assert f'href="{one}/versions/1/2"' in secretary.get(one).text
    page = secretary.get(f"{one}/versions/1/2").text
    assert "telemedicine</del>" in page
    assert "video</ins>" in page
    assert "Milestone 1: Day by which it is reached" in page
    assert "sections are unchanged" in page
    assert secretary.get(f"{one}/versions/1/3").status_code == 404


@pytest.mark.rule("R23")
def test_the_workflow_as_a_picture_with_numbers(secretary: Visitor, wired: Wiring, owner: Person, call: Call) -> None:
    submit(wired, owner, call)
    page = secretary.get("/desk/workflow").text
    assert "<svg" in page
    assert 'class="wf-count"' in page
    assert "Endorsement, then review, version 1" in page
    assert "style=" not in page


@pytest.mark.rule("R62")
def test_the_record_is_looked_at(secretary: Visitor, wired: Wiring, call: Call) -> None:
    with wired.open_work(SYSTEM) as work:
        work.record(Event("CallChanged", "call", call.id))
    page = secretary.get("/desk/audit").text
    assert "The record is whole." in page
