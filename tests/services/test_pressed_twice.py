"""A form that is sent twice acts once, and what is withdrawn goes on where it was when it comes back (R9, R28)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.deciding import decide, now, review_it
from tests.factories import actor_of, make_call, make_person, make_proposal, make_secretary, make_version
from tests.post import fire_timers, run_outbox
from tests.reviewing import Panel, accept, make_panel, route
from webapp.adapters.clocks import SetClock
from webapp.domain.errors import NotFound, NotNow, Refusal
from webapp.domain.people import Actor
from webapp.models.audit import EventRow
from webapp.models.people import MailedLink, Person
from webapp.models.proposals import Proposal
from webapp.services.decisions.appeal import appeal
from webapp.services.decisions.conditions import settle_condition, submit_evidence
from webapp.services.proposals.collaborators import invite_collaborator
from webapp.services.proposals.withdraw import withdraw
from webapp.services.reviews.answer import declare_conflict, decline_invitation, recuse_oneself
from webapp.services.screening import make_desk_move
from webapp.wiring import Wiring


@pytest.fixture
def panel(wired: Wiring) -> Panel:
    made = make_panel(wired, reviewers=3)
    route(wired, made.proposal)
    run_outbox(wired)
    return made


def count(wired: Wiring, proposal: Proposal, name: str) -> int:
    with wired.open_reading() as session:
        found = select(EventRow.id).where(EventRow.subject_id == proposal.id, EventRow.name == name)
        return len(session.scalars(found).all())


def decided(wired: Wiring, clock: SetClock, outcome: str) -> tuple[Proposal, Person]:
    owner = make_person(wired)
    made = make_proposal(wired, owner, make_call(wired), ("KE", "CN"), stage="deliberation", submitted_at=clock.at)
    make_version(wired, made)
    review_it(wired, made)
    decide(wired, *(actor_of(wired, make_secretary(wired)) for _ in range(2)), made, outcome)
    return made, owner


@pytest.mark.rule("R9")
def test_a_withdrawal_and_an_appeal_act_once(wired: Wiring, clock: SetClock, panel: Panel) -> None:
    owner, revision = actor_of(wired, panel.owner), panel.now().revision
    for _ in range(2):
        with wired.open_work(owner) as work:
            withdraw(work, panel.proposal.reference, revision=revision, form_key="once")
    assert count(wired, panel.proposal, "ProposalWithdrawn") == 1
    declined, other = decided(wired, clock, "declined")
    revision = now(wired, declined).revision
    for _ in range(2):
        with wired.open_work(actor_of(wired, other)) as work:
            appeal(work, declined.reference, reason="A page was missing.", revision=revision, form_key="again")
    assert count(wired, declined, "DecisionAppealed") == 1


@pytest.mark.rule("R9", "R41")
@pytest.mark.parametrize(
    ("verb", "event", "takes_it_on"),
    [
        (decline_invitation, "ReviewerDeclined", False),
        (declare_conflict, "ConflictDeclared", False),
        (recuse_oneself, "ReviewerRecused", True),
    ],
)
def test_who_leaves_by_a_second_press_is_not_told_that_there_is_nothing(
    wired: Wiring, panel: Panel, verb: object, event: str, *, takes_it_on: bool
) -> None:
    row = panel.assignments("invited")[0]
    if takes_it_on:
        accept(panel, row)
    for _ in range(2):
        with wired.open_work(panel.actor(row.reviewer_id)) as work:
            verb(work, row.public_id, reason="I know them well.", form_key="once")  # type: ignore[operator]
    assert count(wired, panel.proposal, event) == 1
    with pytest.raises(NotFound), wired.open_work(panel.actor(row.reviewer_id)) as work:
        verb(work, row.public_id, reason="I know them well.", form_key="another")  # type: ignore[operator]


@pytest.mark.rule("R9", "R48")
def test_evidence_is_sent_once_and_seen_before_it_is_settled(wired: Wiring, clock: SetClock) -> None:
    proposal, owner = decided(wired, clock, "approved_with_conditions")
    seen = now(wired, proposal).revision
    for _ in range(2):
        with wired.open_work(actor_of(wired, owner)) as work:
            submit_evidence(work, proposal.reference, 1, evidence="Here it is.", form_key="once")
    assert count(wired, proposal, "EvidenceSubmitted") == 1
    staff = actor_of(wired, make_secretary(wired))
    with pytest.raises(Refusal) as refused, wired.open_work(staff) as work:
        settle_condition(work, proposal.reference, 1, outcome="met", revision=seen)
    assert refused.value.code == "changed_meanwhile"


@pytest.mark.rule("R25", "R48")
def test_a_condition_of_a_withdrawn_proposal_rests(wired: Wiring, clock: SetClock) -> None:
    proposal, owner = decided(wired, clock, "approved_with_conditions")
    with wired.open_work(actor_of(wired, owner)) as work:
        withdraw(work, proposal.reference, revision=now(wired, proposal).revision)
    due_at = now(wired, proposal).due_at
    with pytest.raises(NotNow) as refused, wired.open_work(actor_of(wired, owner)) as work:
        submit_evidence(work, proposal.reference, 1, evidence="Here it is.")
    assert refused.value.code == "conditions_over"
    with pytest.raises(NotNow), wired.open_work(actor_of(wired, make_secretary(wired))) as work:
        settle_condition(work, proposal.reference, 1, outcome="met", revision=now(wired, proposal).revision)
    assert now(wired, proposal).due_at == due_at


@pytest.mark.rule("R28", "R41")
def test_reviewers_of_a_withdrawn_proposal_are_told_and_go_on_when_it_is_reopened(
    wired: Wiring, clock: SetClock, panel: Panel
) -> None:
    taken = panel.assignments("invited")[0]
    accept(panel, taken)
    run_outbox(wired)
    before = {row.id: row.state for row in panel.assignments()}
    with wired.open_work(actor_of(wired, panel.owner)) as work:
        withdraw(work, panel.proposal.reference, revision=panel.now().revision)
    with wired.open_reading() as session:
        email = session.get_one(Person, taken.reviewer_id).email
    assert email in [mail.to for mail in run_outbox(wired)]
    clock.at += timedelta(days=29)
    fire_timers(wired)
    assert {row.id: row.state for row in panel.assignments()} == before, "nobody lapses meanwhile"
    reopen(wired, panel.secretariat, panel.now())
    run_outbox(wired)
    assert {row.id: row.state for row in panel.assignments()} == before
    assert all(row.due_at and row.due_at > clock.at for row in panel.assignments("invited", "accepted"))


def reopen(wired: Wiring, staff: Actor, proposal: Proposal) -> None:
    with wired.open_work(staff) as work:
        make_desk_move(
            work, proposal.reference, "reopen", revision=proposal.revision, reason="They want to go on after all."
        )


@pytest.mark.rule("R9", "R13")
def test_an_invitation_to_work_together_is_mailed_once(wired: Wiring, panel: Panel) -> None:
    for _ in range(2):
        with wired.open_work(actor_of(wired, panel.owner)) as work:
            invite_collaborator(work, panel.proposal.reference, "friend@demo.example", "editor", form_key="once")
    with wired.open_reading() as session:
        found = select(MailedLink.id).where(MailedLink.proposal_id == panel.proposal.id)
        assert len(session.scalars(found).all()) == 1
