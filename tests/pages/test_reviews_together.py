"""Several invitations answered on one page; every text of a review for those who may read it (R38, R42, R43)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.browsing import Browser
from tests.factories import make_call, make_person, make_seat, make_secretary
from tests.reviewing import Panel, accept, make_in_review, make_panel, make_reviewer, opinion, review, route
from webapp.domain.people import Role
from webapp.models.people import Person
from webapp.models.routing import Assignment, Conflict
from webapp.services.reviews.write import save_review, submit_review
from webapp.wiring import Wiring


@pytest.fixture
def invited(wired: Wiring) -> tuple[Person, dict[str, str]]:
    """One reviewer with three invitations: public ids by reference."""
    call = make_call(wired, routing={"release": "at_once"}, reviews_wanted=1, quorum=1)
    reviewer = make_reviewer(wired, call, {5: 2, 1: 1})
    for _ in range(3):
        route(wired, make_in_review(wired, call, make_person(wired)))
    with wired.open_reading() as session:
        ids = session.scalars(select(Assignment.public_id).order_by(Assignment.id)).all()
    return reviewer, dict(zip(("first", "second", "third"), ids, strict=True))


def states(wired: Wiring) -> list[str]:
    with wired.open_reading() as session:
        return list(session.scalars(select(Assignment.state).order_by(Assignment.id)))


@pytest.mark.rule("R42", "R38")
def test_several_invitations_are_answered_each_for_itself(
    browse: Browser, wired: Wiring, invited: tuple[Person, dict[str, str]]
) -> None:
    reviewer, ids = invited
    visitor = browse(reviewer)
    assert "Answer them" in visitor.get("/reviews").text
    page = visitor.post("/reviews/answer", {"assignment": list(ids.values())})
    assert page.status_code == 200
    assert "Answer 3 invitations" in page.text
    first, second, third = ids.values()
    form = {
        "assignment": list(ids.values()),
        "act": "answer",
        f"word-{first}": "accept",
        f"word-{second}": "accept",
        f"clear-{second}": "y",
        f"word-{third}": "decline",
        "reason": "",
    }
    answer = visitor.post("/reviews/answer", form)
    # No word on conflicts for the first, no reason for the third: only the second is answered.
    assert answer.status_code == 422
    assert states(wired) == ["invited", "accepted", "invited"]
    assert "Answer 2 invitations" in answer.text
    form |= {"assignment": [first, third], f"clear-{first}": "y", "reason": "I am away."}
    assert visitor.post("/reviews/answer", form).status_code == 303
    assert states(wired)[:3] == ["accepted", "accepted", "declined"]
    assert "2 invitations are answered" in visitor.get("/reviews").text


@pytest.mark.rule("R2", "R42")
def test_nobody_answers_for_another_and_later_is_an_answer_too(
    browse: Browser, wired: Wiring, invited: tuple[Person, dict[str, str]]
) -> None:
    reviewer, ids = invited
    first = next(iter(ids.values()))
    stranger = make_person(wired)
    make_seat(wired, stranger, Role.REVIEWER, call_id=make_call(wired).id)
    form = {"assignment": [first, "nonsense"], "act": "answer", f"word-{first}": "accept", f"clear-{first}": "y"}
    assert browse(stranger).post("/reviews/answer", form).status_code == 303
    assert browse(reviewer).post("/reviews/answer", form | {f"word-{first}": ""}).status_code == 303
    assert states(wired) == ["invited"] * 3


@pytest.fixture
def amended(wired: Wiring) -> Panel:
    """Two reviews in; the first was changed once."""
    panel = make_panel(wired, reviewers=2, reviews_wanted=2, quorum=2)
    route(wired, panel.proposal)
    for assignment in panel.assignments("invited"):
        accept(panel, assignment)
        review(panel, assignment)
    first = panel.assignments("submitted")[0]
    actor = panel.actor(first.reviewer_id)
    with wired.open_work(actor) as work:
        save_review(work, first.public_id, opinion(for_applicant="A sound plan with a doubt."), base_version=1)
    with wired.open_work(actor) as work:
        submit_review(work, first.public_id)
    return panel


@pytest.mark.rule("R43", "R42")
def test_every_text_is_kept_and_read_by_the_secretariat_and_its_author(
    browse: Browser, wired: Wiring, amended: Panel
) -> None:
    first, second = amended.assignments("submitted")
    pages = f"/proposals/{amended.proposal.reference}/reviews"
    desk = browse(amended.secretary)
    label = next(letter for letter in "AB" if "Text 2" in desk.get(f"{pages}/{letter}").text)
    assert f"{pages}/{label}" in desk.get(f"/desk/proposals/{amended.proposal.reference}/decision").text
    whole = desk.get(f"{pages}/{label}").text
    assert "Text 1" in whole
    assert "Watch the budget." in whole
    for old, new in (("clear benefit", "doubt"),):
        assert old in whole
        assert new in whole
    assert browse(first.reviewer_id).get(f"{pages}/{label}").status_code == 200
    # The others on the panel read the last text, with the word that it was changed; the applicant nothing yet.
    assert browse(second.reviewer_id).get(f"{pages}/{label}").status_code == 404
    assert "changed since it was first sent" in browse(second.reviewer_id).get(pages).text
    assert browse(amended.owner).get(f"{pages}/{label}").status_code == 403
    assert desk.get(f"{pages}/Z").status_code == 404


@pytest.mark.rule("R38", "R43")
def test_a_conflicted_member_of_the_secretariat_reads_no_text(browse: Browser, wired: Wiring, amended: Panel) -> None:
    other = make_secretary(wired)
    with wired.open_work(amended.secretariat) as work:
        work.session.add(
            Conflict(
                proposal_id=amended.proposal.id, person_id=other.id, kind="declared", evidence="", recorded_at=work.now
            )
        )
    assert browse(other).get(f"/proposals/{amended.proposal.reference}/reviews/A").status_code == 404
