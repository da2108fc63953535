"""A proposal handed over, invitations taken back, and what a copy of an earlier proposal carries (R13)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.browsing import Browser, Visitor
from tests.drafting import make_draft
from tests.factories import actor_of, make_call, make_person
from tests.pages.filling import example
from tests.post import run_outbox
from webapp.domain.people import SYSTEM
from webapp.models.people import Person
from webapp.models.proposals import Collaborator, Document, Proposal, ProposalSection
from webapp.models.routing import Assignment
from webapp.services.proposals.submit import submit
from webapp.wiring import Wiring

pytestmark = pytest.mark.rule("R13")


@pytest.fixture
def owner(wired: Wiring) -> Person:
    return make_person(wired)


@pytest.fixture
def colleague(wired: Wiring) -> Person:
    return make_person(wired)


@pytest.fixture
def reference(wired: Wiring, owner: Person) -> str:
    return make_draft(wired, actor_of(wired, owner), make_call(wired).code)


def link(wired: Wiring, to: Person) -> str:
    """The link in the newest mail to this person."""
    return [mail for mail in run_outbox(wired) if mail.to == to.email][-1].links[0].removeprefix("http://localhost")


def join(wired: Wiring, visitor: Visitor, reference: str, colleague: Person, browse: Browser) -> None:
    visitor.post(f"/proposals/{reference}/collaborators", {"email": colleague.email, "role": "reader"})
    assert browse(colleague).post(link(wired, colleague)).status_code == 303


def roles(wired: Wiring, reference: str) -> dict[int, str]:
    with wired.open_reading() as session:
        proposal = session.scalars(select(Proposal).where(Proposal.reference == reference)).one()
        rows = session.scalars(select(Collaborator).where(Collaborator.proposal_id == proposal.id))
        return {proposal.owner_id: "owner", **{row.person_id: row.role for row in rows}}


def test_the_new_owner_accepts_and_the_former_works_on(
    wired: Wiring, browse: Browser, owner: Person, colleague: Person, reference: str
) -> None:
    mine = browse(owner)
    join(wired, mine, reference, colleague, browse)
    path = f"/proposals/{reference}/collaborators/{colleague.id}/hand-over"
    assert mine.get(path).status_code == 200
    assert browse(colleague).post(path).status_code == 403
    assert mine.post(path).status_code == 303
    assert roles(wired, reference)[owner.id] == "owner"  # an offer changes nothing
    offer = link(wired, colleague)
    assert mine.post(offer).status_code == 403
    assert "take a proposal over" in browse(colleague).get(offer).text
    assert browse(colleague).post(offer).status_code == 303
    assert roles(wired, reference) == {colleague.id: "owner", owner.id: "editor"}
    assert any(mail.to == owner.email and "new owner" in mail.subject for mail in run_outbox(wired))
    with pytest.raises(Exception, match="owner_only"), wired.open_work(actor_of(wired, owner)) as work:
        submit(work, reference)
    with wired.open_work(actor_of(wired, colleague)) as work:
        submit(work, reference)


def test_an_offer_of_a_former_owner_is_none(
    wired: Wiring, browse: Browser, owner: Person, colleague: Person, reference: str
) -> None:
    mine, third = browse(owner), make_person(wired)
    offers = []
    for person in (colleague, third):
        join(wired, mine, reference, person, browse)
        mine.post(f"/proposals/{reference}/collaborators/{person.id}/hand-over")
        offers.append(link(wired, person))
    assert browse(colleague).post(offers[0]).status_code == 303
    answer = browse(third).post(offers[1])
    assert answer.status_code == 409 and "new owner since this offer" in answer.text
    assert roles(wired, reference)[colleague.id] == "owner"


def test_an_invitation_is_listed_and_taken_back(
    wired: Wiring, browse: Browser, owner: Person, colleague: Person, reference: str
) -> None:
    mine, path = browse(owner), f"/proposals/{reference}/collaborators"
    mine.post(path, {"email": colleague.email, "role": "editor"})
    offer = link(wired, colleague)
    page = mine.get(path).text
    assert colleague.email in page
    back = page.split(f'action="{path}/invitations/', 1)[1].split('"', 1)[0]
    assert browse(colleague).post(f"{path}/invitations/{back}").status_code == 404
    assert mine.post(f"{path}/invitations/{back}").status_code == 303
    assert colleague.email not in mine.get(path).text
    assert browse(colleague).post(offer).status_code == 409


@pytest.mark.rule("R38")
def test_who_reviews_a_proposal_does_not_join_it(
    wired: Wiring, browse: Browser, owner: Person, colleague: Person, reference: str
) -> None:
    with wired.open_work(actor_of(wired, owner)) as work:
        submit(work, reference)
    with wired.open_work(SYSTEM) as work:
        proposal = work.session.scalars(select(Proposal)).one()
        values = {"proposal_id": proposal.id, "version_id": proposal.current_version_id, "state": "accepted"}
        work.session.add(Assignment(public_id="one", reviewer_id=colleague.id, **values))
    browse(owner).post(f"/proposals/{reference}/collaborators", {"email": colleague.email, "role": "editor"})
    answer = browse(colleague).post(link(wired, colleague))
    assert answer.status_code == 403 and "You review this proposal" in answer.text
    assert colleague.id not in roles(wired, reference)


def test_a_copy_carries_texts_but_no_documents_declarations_and_past_days(
    wired: Wiring, browse: Browser, owner: Person
) -> None:
    sections = example()
    sections["plan"] = {**sections["plan"], "starts_on": "2026-11-01", "ends_on": "2028-11-01"}
    sections["plan"]["milestones"] = [
        {"title": "Over", "due_on": "2026-11-23", "deliverable": "A"},
        {"title": "Today", "due_on": "2026-11-24", "deliverable": "B"},
    ]
    actor = actor_of(wired, owner)
    reference = make_draft(wired, actor, make_call(wired).code, sections)
    other = make_call(wired)
    copied = browse(owner).post("/proposals/new", {"call": other.code, "copy_of": reference})
    assert copied.status_code == 303
    with wired.open_reading() as session:
        made = session.scalars(select(Proposal).where(Proposal.call_id == other.id)).one()
        rows = session.scalars(select(ProposalSection).where(ProposalSection.proposal_id == made.id))
        contents = {row.section: row.content for row in rows}
        documents = session.scalars(select(Document.id).where(Document.proposal_id == made.id)).all()
    assert contents["basics"] == sections["basics"]
    assert "declarations" not in contents and documents == []
    plan = contents["plan"]
    assert "starts_on" not in plan and plan["ends_on"] == "2028-11-01"
    assert [entry.get("due_on") for entry in plan["milestones"]] == [None, "2026-11-24"]
    assert (
        browse(make_person(wired)).post("/proposals/new", {"call": other.code, "copy_of": reference}).status_code == 404
    )


def test_an_offer_ends_when_its_person_is_removed(
    wired: Wiring, browse: Browser, owner: Person, colleague: Person, reference: str
) -> None:
    mine, path = browse(owner), f"/proposals/{reference}/collaborators"
    join(wired, mine, reference, colleague, browse)
    mine.post(f"{path}/{colleague.id}/hand-over")
    offer = link(wired, colleague)
    assert mine.post(f"{path}/{colleague.id}/remove").status_code == 303
    assert browse(colleague).post(offer).status_code == 409
    assert roles(wired, reference) == {owner.id: "owner"}
    assert colleague.email not in mine.get(path).text
