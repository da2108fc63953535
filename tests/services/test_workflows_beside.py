"""Workflows side by side: review beside endorsement, a new version while proposals are under the old one (R22, R44)."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from config import workflows
from tests.asked import Asked, make_screened
from tests.browsing import Browser
from tests.deciding import now
from tests.drafting import make_draft
from tests.factories import actor_of, make_call, make_person
from tests.post import fire_timers, run_outbox
from tests.reviewing import make_reviewer
from webapp.adapters.clocks import SetClock
from webapp.domain.errors import NotFound, NotNow
from webapp.domain.events import Event
from webapp.domain.people import SYSTEM, Actor
from webapp.domain.reviews import Sheet
from webapp.models.calls import Call
from webapp.models.people import Person
from webapp.models.proposals import Proposal
from webapp.models.routing import Assignment
from webapp.queries.reviews import find_own
from webapp.queries.workflow import Rehearsal, rehearse_workflow
from webapp.services.proposals.submit import submit
from webapp.services.reviews.answer import accept_invitation
from webapp.services.reviews.write import save_review, submit_review
from webapp.services.routing.rounds import watch_round
from webapp.services.screening import make_desk_move
from webapp.services.transitions import set_due
from webapp.wiring import Wiring


@pytest.fixture
def beside(wired: Wiring, clock: SetClock) -> Asked:
    """A proposal under the parallel workflow that has just passed screening, with its panel invited."""
    made = make_screened(
        wired,
        clock,
        workflow="parallel",
        workflow_version=1,
        routing={"release": "at_once"},
        reviews_wanted=2,
        quorum=2,
    )
    with wired.open_work(SYSTEM) as work:
        row = work.session.get_one(Proposal, made.proposal.id)
        row.workflow, row.workflow_version = "parallel", 1
        call = work.session.get_one(Call, row.call_id)
        work.session.expunge(call)
    for _ in range(3):
        make_reviewer(wired, call, {5: 2, 1: 1, 10: 1})
    made.pass_screening()
    run_outbox(wired)
    return made


def whole(sheet: Sheet) -> dict[str, object]:
    return {
        "scores": {asked.key: asked.criterion.highest for asked in sheet.criteria},
        "alignment": {str(article): "strong" for article in sheet.articles},
        "recommendation": "approve",
        "for_applicant": "A sound plan.",
    }


def review_all(made: Asked) -> None:
    with made.wired.open_reading() as session:
        found = select(Assignment.public_id, Assignment.reviewer_id).where(Assignment.state == "invited")
        invited = [tuple(row) for row in session.execute(found.where(Assignment.proposal_id == made.proposal.id))]
    for public_id, reviewer_id in invited:
        with made.wired.open_reading() as session:
            person = session.get_one(Person, reviewer_id)
            session.expunge_all()
        actor = actor_of(made.wired, person)
        with made.wired.open_work(actor) as work:
            accept_invitation(work, public_id, no_conflict=True)
        with made.wired.open_reading() as session:
            raw = whole(find_own(session, made.wired.rules, actor, public_id).sheet)
        with made.wired.open_work(actor) as work:
            save_review(work, public_id, raw, base_version=0)
        with made.wired.open_work(actor) as work:
            submit_review(work, public_id)


def desk_move(made: Asked, move: str) -> None:
    with made.wired.open_work(made.staff) as work:
        revision = work.session.get_one(Proposal, made.proposal.id).revision
        make_desk_move(work, made.reference, move, revision=revision, reason="Talk to each other first.")


@pytest.mark.rule("R22")
def test_partners_and_reviewers_are_asked_at_once(beside: Asked) -> None:
    assert beside.stage() == "review"
    assert {beside.row(code).state for code in ("KE", "CN")} == {"delivered"}
    assert len(beside.events("ReviewerInvited")) == 2


@pytest.mark.rule("R22", "R33", "R44")
@pytest.mark.parametrize("partners_first", [True, False])
def test_the_round_closes_with_the_last_of_both(beside: Asked, partners_first: bool) -> None:
    if partners_first:
        beside.answer("KE", "endorse")
        beside.answer("CN", "endorse")
        assert beside.stage() == "review"
        review_all(beside)
    else:
        review_all(beside)
        beside.answer("KE", "endorse")
        assert beside.stage() == "review"
        beside.answer("CN", "endorse")
    assert beside.stage() == "deliberation"


@pytest.mark.rule("R22", "R44")
def test_neither_lets_the_other_close_early(beside: Asked) -> None:
    review_all(beside)
    with pytest.raises(NotNow) as refused:
        desk_move(beside, "close_round_early")
    assert refused.value.code == "endorsement_waiting"


@pytest.mark.rule("R22", "R51")
def test_the_stage_is_due_when_the_last_of_both_is_and_waits_for_partners_in_peace(
    beside: Asked, clock: SetClock
) -> None:
    due = now(beside.wired, beside.proposal).due_at
    assert due is not None
    partners = max(beside.row(code).due_at for code in ("KE", "CN") if beside.row(code).due_at)  # type: ignore[type-var]
    assert due >= partners
    review_all(beside)
    with beside.wired.open_work(SYSTEM) as work:
        row = work.session.get_one(Proposal, beside.proposal.id)
        set_due(work, row, clock.at + timedelta(days=1))
        watch_round(work, row)
    clock.at += timedelta(days=1, minutes=5)
    fire_timers(beside.wired)
    run_outbox(beside.wired)
    # The reviews are in: nobody is sought to replace anybody, and no round is extended.
    assert beside.events("RoundExtended") == []
    assert len(beside.events("ReviewerInvited")) == 2


@pytest.mark.rule("R22")
def test_a_proposal_finishes_on_the_version_it_was_submitted_under(wired: Wiring, clock: SetClock) -> None:
    old = make_screened(wired, clock)
    with wired.open_work(SYSTEM) as work:
        call = work.session.get_one(Call, old.proposal.call_id)
        call.workflow_version = 2
    old.pass_screening()
    run_outbox(wired)
    assert old.stage() == "endorsement"
    assert (now(wired, old.proposal).workflow, now(wired, old.proposal).workflow_version) == ("standard", 1)
    old.answer("KE", "object", "It harms the river.")
    with pytest.raises(NotFound, match="move_unknown"):
        desk_move(old, "return_blocked")


@pytest.mark.rule("R22")
def test_a_draft_is_submitted_under_the_workflow_that_the_call_names_then(wired: Wiring) -> None:
    call = make_call(wired)
    actor = actor_of(wired, make_person(wired))
    reference = make_draft(wired, actor, call.code)
    with wired.open_work(SYSTEM) as work:
        row = work.session.get_one(Call, call.id)
        row.workflow, row.workflow_version = "parallel", 1
    with wired.open_work(actor) as work:
        submit(work, reference)
    with wired.open_work(SYSTEM) as work:
        found = work.session.scalars(select(Proposal).where(Proposal.reference == reference)).one()
        assert (found.workflow, found.workflow_version) == ("parallel", 1)
        # A later change of the call is for later proposals.
        work.session.get_one(Call, call.id).workflow = "standard"
        work.session.flush()
        work.session.refresh(found)
        assert found.workflow == "parallel"


@pytest.mark.rule("R22")
def test_under_the_new_version_a_blocked_proposal_goes_back_to_its_applicant(wired: Wiring, clock: SetClock) -> None:
    made = make_screened(wired, clock)
    with wired.open_work(SYSTEM) as work:
        work.session.get_one(Proposal, made.proposal.id).workflow_version = 2
    made.pass_screening()
    run_outbox(wired)
    with pytest.raises(NotNow):
        desk_move(made, "return_blocked")
    made.answer("KE", "object", "It harms the river.")
    desk_move(made, "return_blocked")
    assert made.stage() == "returned"


def submitted(made: Asked) -> Asked:
    """The same, with the event that its submission recorded, passed on by the secretariat."""
    details = {"move": "submit", "from": "draft", "to": "screening"}
    with made.wired.open_work(SYSTEM) as work:
        work.session.execute(select(Proposal).where(Proposal.id == made.proposal.id).with_for_update())
        work.record(Event("ProposalSubmitted", "proposal", made.proposal.id, details))
    made.pass_screening()
    return made


@pytest.mark.rule("R22", "R70")
def test_a_rehearsal_tells_which_proposals_would_have_gone_elsewhere(wired: Wiring, clock: SetClock) -> None:
    made = submitted(make_screened(wired, clock))
    stranger = actor_of(wired, make_person(wired))

    def told(actor: Actor, key: tuple[str, int]) -> Rehearsal:
        with wired.open_reading() as session:
            return rehearse_workflow(session, wired.rules, actor, wired.rules.workflow(key), clock.at)

    found = told(made.staff, ("parallel", 1))
    assert (found.lives, found.same, found.kinds) == (1, 0, (("elsewhere", 1),))
    (line,) = found.lines
    assert (line.reference, line.divergence.was, line.divergence.would) == (made.reference, "endorsement", "review")
    assert told(made.staff, ("standard", 1)).same == 1
    assert told(made.staff, ("standard", 2)).same == 1
    assert told(stranger, ("parallel", 1)).lives == 0


@pytest.mark.rule("R22")
def test_the_page_rehearses_what_is_there_and_a_file(wired: Wiring, clock: SetClock, browse: Browser) -> None:
    made = submitted(make_screened(wired, clock))
    desk = browse(made.secretary)
    assert "Rehearse a workflow" in desk.get("/desk/workflow").text
    assert made.reference in desk.get("/desk/workflow/rehearsal?name=parallel-1").text
    shipped = (Path(workflows.__file__).parent / "standard-1.toml").read_bytes()
    form = {"file": (io.BytesIO(shipped), "mine.toml")}
    assert desk.post("/desk/workflow/rehearsal", form).status_code == 200
    for broken in (b"[workflow", b"[workflow]\nid = 5", shipped.replace(b'to = "review"', b'to = "nowhere"'), b"\xff"):
        answer = desk.post("/desk/workflow/rehearsal", {"file": (io.BytesIO(broken), "mine.toml")})
        assert answer.status_code == 422
        assert "Mend it" in answer.text
    assert desk.post("/desk/workflow/rehearsal", {}).status_code == 422
