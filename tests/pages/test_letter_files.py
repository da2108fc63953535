"""Files go with a decision's letter; until it takes effect the secretariat alone opens them (R75, R46)."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from tests.browsing import Browser
from tests.deciding import confirm, draft, newest, now, review_it
from tests.factories import actor_of, make_call, make_person, make_proposal, make_secretary, make_version
from tests.post import run_outbox
from webapp.adapters.clocks import SetClock
from webapp.domain.errors import NotAllowed, NotNow
from webapp.models.people import Person
from webapp.models.proposals import Document, Proposal
from webapp.services.decisions.confirm import release_decision
from webapp.wiring import Wiring

pytestmark = pytest.mark.rule("R75")
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"


@pytest.fixture
def owner(wired: Wiring) -> Person:
    return make_person(wired)


@pytest.fixture
def people(wired: Wiring) -> tuple[Person, Person]:
    return make_secretary(wired), make_secretary(wired)


@pytest.fixture
def proposal(wired: Wiring, owner: Person, clock: SetClock) -> Proposal:
    made = make_proposal(wired, owner, make_call(wired), ("KE", "CN"), stage="deliberation", submitted_at=clock.at)
    make_version(wired, made)
    review_it(wired, made)
    return made


def attach(browse: Browser, person: Person, wired: Wiring, proposal: Proposal, name: str = "annex.pdf") -> str:
    """Attach a file on the page; its address."""
    path = f"/desk/proposals/{proposal.reference}/decision"
    form = {"revision": str(now(wired, proposal).revision), "files": (io.BytesIO(PDF), name)}
    answer = browse(person).post(f"{path}/files", form)
    assert answer.status_code == 303, answer.text
    with wired.open_reading() as session:
        return "/documents/" + session.scalars(select(Document.public_id).order_by(Document.id.desc())).first()


def opened(browse: Browser, person: Person, path: str) -> bytes:
    """The file's bytes, its stream closed."""
    answer = browse(person).get(path)
    data = answer.data
    answer.close()
    return data


def test_a_file_goes_with_the_letter_and_not_before(
    wired: Wiring, browse: Browser, owner: Person, people: tuple[Person, Person], proposal: Proposal
) -> None:
    first, second = people
    draft(wired, actor_of(wired, first), proposal, "approved")
    path = attach(browse, first, wired, proposal)
    assert "annex.pdf" in browse(first).get(f"/desk/proposals/{proposal.reference}/decision").text
    with pytest.raises(NotNow, match="letter_file_waiting"):
        confirm(wired, actor_of(wired, second), proposal)
    run_outbox(wired)  # checks the file
    assert "annex.pdf" in browse(second).get(f"/desk/proposals/{proposal.reference}/decision/confirm").text
    confirm(wired, actor_of(wired, second), proposal, hold=True)
    assert browse(owner).get(path).status_code == 404
    assert opened(browse, first, path) == PDF
    assert "annex.pdf" not in browse(owner).get(f"/proposals/{proposal.reference}/decision").text
    with wired.open_work(actor_of(wired, first)) as work:
        release_decision(work, proposal.reference, revision=now(wired, proposal).revision)
    (mail,) = [one for one in run_outbox(wired) if one.to == owner.email]
    assert "annex" in mail.text
    assert "annex.pdf" in browse(owner).get(f"/proposals/{proposal.reference}/decision").text
    assert opened(browse, owner, path) == PDF
    assert browse(make_person(wired)).get(path).status_code == 404
    # It is no document of the proposal and of its versions.
    assert "annex.pdf" not in browse(owner).get(f"/proposals/{proposal.reference}/read").text


@pytest.mark.rule("R46")
def test_who_attaches_a_file_has_drafted_the_decision_and_it_is_confirmed_anew(
    wired: Wiring, browse: Browser, people: tuple[Person, Person], proposal: Proposal
) -> None:
    first, second = people
    draft(wired, actor_of(wired, first), proposal, "approved")
    confirm(wired, actor_of(wired, second), proposal, hold=True)
    attach(browse, second, wired, proposal)
    assert newest(wired, proposal).state == "drafted"
    run_outbox(wired)
    with pytest.raises(NotAllowed):
        confirm(wired, actor_of(wired, second), proposal)
    confirm(wired, actor_of(wired, first), proposal)
    assert now(wired, proposal).stage == "approved"


def test_a_refused_file_holds_the_letter_until_it_is_taken_off(
    wired: Wiring, browse: Browser, people: tuple[Person, Person], proposal: Proposal
) -> None:
    first, second = people
    draft(wired, actor_of(wired, first), proposal, "approved")
    path = attach(browse, first, wired, proposal, "picture.png")  # a PDF under another name
    run_outbox(wired)
    with pytest.raises(NotNow, match="letter_file_refused"):
        confirm(wired, actor_of(wired, second), proposal)
    page = f"/desk/proposals/{proposal.reference}/decision"
    public_id = path.rpartition("/")[2]
    browse(first).post(f"{page}/files/{public_id}/remove", {"revision": str(now(wired, proposal).revision)})
    assert "picture.png" not in browse(first).get(page).text
    confirm(wired, actor_of(wired, second), proposal)


def test_without_a_draft_and_without_a_file_nothing_is_attached(
    wired: Wiring, browse: Browser, people: tuple[Person, Person], proposal: Proposal
) -> None:
    first, _second = people
    page = f"/desk/proposals/{proposal.reference}/decision"
    given = {"revision": str(now(wired, proposal).revision), "files": (io.BytesIO(PDF), "annex.pdf")}
    assert browse(first).post(f"{page}/files", given).status_code == 404
    draft(wired, actor_of(wired, first), proposal, "approved")
    empty = browse(first).post(f"{page}/files", {"revision": str(now(wired, proposal).revision)})
    assert empty.status_code == 422 and "Choose a file" in empty.text
