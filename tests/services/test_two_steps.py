"""A concept note, once approved, is carried forward into the invited full proposal (R77)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from tests.browsing import Browser
from tests.drafting import make_draft
from tests.factories import actor_of, make_call, make_person, make_secretary
from tests.pages.filling import example
from webapp.domain.errors import Invalid, NotAllowed, NotFound, NotNow
from webapp.domain.people import SYSTEM, Actor
from webapp.models.calls import Call
from webapp.models.decisions import Decision
from webapp.models.people import Person
from webapp.models.proposals import Collaborator, Proposal, ProposalSection
from webapp.queries.calls import read_terms
from webapp.services.calls.change import change_call
from webapp.services.proposals.create import create_draft
from webapp.services.proposals.submit import submit
from webapp.services.proposals.withdraw import delete_draft
from webapp.wiring import Wiring

pytestmark = pytest.mark.rule("R77")


@pytest.fixture
def full(wired: Wiring) -> Call:
    return make_call(wired, title="Full proposals")


@pytest.fixture
def notes(wired: Wiring, full: Call) -> Call:
    """The call for concept notes, which names its second step."""
    made = make_call(wired, title="Concept notes")
    with wired.open_work(actor_of(wired, make_secretary(wired))) as work:
        row = work.session.get_one(Call, made.id)
        terms = replace(read_terms(row, range(1, 21)), next_call=full.code)
        assert change_call(work, made.code, terms, revision=1) == ("next_call",)
    return made


@pytest.fixture
def owner(wired: Wiring) -> Person:
    return make_person(wired)


@pytest.fixture
def note(wired: Wiring, owner: Person, notes: Call) -> str:
    """A note that was submitted and is not decided yet."""
    reference = make_draft(wired, actor_of(wired, owner), notes.code)
    with wired.open_work(actor_of(wired, owner)) as work:
        submit(work, reference)
    return reference


def approve(wired: Wiring, reference: str) -> None:
    with wired.open_work(SYSTEM) as work:
        row = work.session.scalars(select(Proposal).where(Proposal.reference == reference)).one()
        first, second = make_secretary(wired), make_secretary(wired)
        values = {"outcome": "approved", "state": "confirmed", "reason": "Sound", "letter": "Yes", "code": "C"}
        work.session.add(
            Decision(
                proposal_id=row.id,
                version_id=row.current_version_id,
                drafted_by_id=first.id,
                drafted_at=work.now,
                confirmed_by_id=second.id,
                confirmed_at=work.now,
                **values,
            )
        )
        setattr(row, "stage", "approved")  # noqa: B010 - rows of a test; moves are made by the workflow


def begin(wired: Wiring, actor: Actor, call: Call, copy_of: str = "") -> str:
    with wired.open_work(actor) as work:
        return create_draft(work, call.code, copy_of=copy_of)


def test_who_is_not_invited_begins_no_full_proposal(
    wired: Wiring, browse: Browser, owner: Person, full: Call, note: str
) -> None:
    actor = actor_of(wired, owner)
    elsewhere = make_draft(wired, actor, make_call(wired).code)
    for copy_of in ("", note, elsewhere):  # nothing, a note that is not decided, a proposal of another call
        with pytest.raises(NotNow) as refused:
            begin(wired, actor, full, copy_of)
        assert refused.value.code == "call_by_invitation"
    assert full.title not in browse(owner).get("/proposals/new").text
    assert "you are invited" not in browse(owner).get(f"/proposals/{note}").text


def test_an_approved_note_is_carried_forward_once(
    wired: Wiring, browse: Browser, owner: Person, full: Call, note: str
) -> None:
    approve(wired, note)
    visitor = browse(owner)
    page = visitor.get(f"/proposals/{note}").text
    assert "you are invited to write the full proposal" in page and full.title in page
    answer = visitor.post("/proposals/new", {"call": full.code, "copy_of": note, "form_key": "one"})
    assert answer.status_code == 303
    reference = answer.location.rsplit("/", 1)[1]
    with wired.open_reading() as session:
        made = session.execute(
            select(Proposal.id, Proposal.follows_id, Proposal.call_id).where(Proposal.reference == reference)
        ).one()
        origin = session.scalars(select(Proposal.id).where(Proposal.reference == note)).one()
        sections = dict(
            session.execute(
                select(ProposalSection.section, ProposalSection.content).where(ProposalSection.proposal_id == made.id)
            ).all()
        )
    assert (made.follows_id, made.call_id) == (origin, full.id)
    assert sections["basics"] == example()["basics"] and "declarations" not in sections
    assert reference in visitor.get(f"/proposals/{note}").text
    with pytest.raises(NotNow) as refused:
        begin(wired, actor_of(wired, owner), full, note)
    assert refused.value.code == "full_proposal_begun"
    with wired.open_work(actor_of(wired, owner)) as work:
        delete_draft(work, reference)
    assert begin(wired, actor_of(wired, owner), full, note) != reference


def test_the_owner_alone_carries_it_forward(wired: Wiring, full: Call, note: str) -> None:
    approve(wired, note)
    editor = make_person(wired)
    with wired.open_work(SYSTEM) as work:
        found = work.session.scalars(select(Proposal.id).where(Proposal.reference == note)).one()
        work.session.add(Collaborator(proposal_id=found, person_id=editor.id, role="editor", added_at=work.now))
    with pytest.raises(NotAllowed):
        begin(wired, actor_of(wired, editor), full, note)
    with pytest.raises(NotFound):
        begin(wired, actor_of(wired, make_person(wired)), full, note)


def test_a_second_step_is_another_call_that_there_is(wired: Wiring, notes: Call) -> None:
    with wired.open_work(actor_of(wired, make_secretary(wired))) as work:
        row = work.session.get_one(Call, notes.id)
        for code in (notes.code, "nowhere"):
            terms = replace(read_terms(row, range(1, 21)), next_call=code)
            with pytest.raises(Invalid):
                change_call(work, notes.code, terms, revision=row.revision)
