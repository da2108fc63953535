"""Invitations answered, reviews written and amended, rounds that close, the panel's thread (R20, R41–R45, R52)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.factories import actor_of, make_person, make_seat
from tests.post import fire_timers, run_outbox
from tests.reviewing import Panel, accept, add_version, enter_review, make_panel, opinion, review, route
from tests.services.test_routing import events, together
from webapp.adapters.clocks import SetClock
from webapp.domain.errors import Invalid, NotAllowed, NotFound, NotNow, Stale
from webapp.domain.people import SYSTEM, Role
from webapp.domain.policy import Action, decide
from webapp.domain.reviews import Opinion
from webapp.models.audit import EventRow
from webapp.models.decisions import Decision
from webapp.models.endorsements import Endorsement
from webapp.models.people import Person
from webapp.models.proposals import Proposal
from webapp.models.reviews import ReviewText
from webapp.models.routing import Assignment, Conflict
from webapp.queries.access import find_head
from webapp.queries.reviews import (
    PanelSummary,
    find_own,
    find_queue,
    list_messages,
    panel_summary,
    readable_versions,
)
from webapp.services.access import hold_proposal_by_id
from webapp.services.reviews.answer import accept_invitation, declare_conflict, decline_invitation, recuse_oneself
from webapp.services.reviews.thread import write_message
from webapp.services.reviews.write import save_review, submit_review
from webapp.services.transitions import make_move
from webapp.wiring import Wiring


@pytest.fixture
def panel(wired: Wiring) -> Panel:
    """Three invited, two in reserve; quorum 3."""
    made = make_panel(wired, reviewers=5)
    route(wired, made.proposal)
    return made


def summary_of(panel: Panel, **options: Any) -> PanelSummary:
    with panel.wired.open_reading() as session:
        return panel_summary(
            session, panel.wired.rules, panel.proposal.id, panel.now().current_version_id or 0, **options
        )


def decide_on(panel: Panel, outcome: str) -> None:
    """A confirmed decision on the current version, as rows; the moves are the decisions room's."""
    other = make_person(panel.wired)
    with panel.wired.open_work(SYSTEM) as work:
        row = work.session.get_one(Proposal, panel.proposal.id)
        work.session.add(
            Decision(
                proposal_id=row.id,
                version_id=row.current_version_id,
                outcome=outcome,
                state="confirmed",
                reason="r",
                letter="l",
                code=f"code-{row.id}-{row.current_version_id}",
                drafted_by_id=panel.secretary.id,
                drafted_at=work.now,
                confirmed_by_id=other.id,
                confirmed_at=work.now,
            )
        )


@pytest.mark.rule("R42")
def test_accepting_says_there_is_no_conflict_and_sets_the_due_time(panel: Panel) -> None:
    one = panel.assignments()[0]
    actor = panel.actor(one.reviewer_id)
    with pytest.raises(Invalid) as refused, panel.wired.open_work(actor) as work:
        accept_invitation(work, one.public_id, no_conflict=False)
    assert [problem.code for problem in refused.value.problems] == ["conflict_not_answered"]
    accept(panel, one)
    accept(panel, one)
    (now,) = panel.assignments("accepted")
    # Fifteen working days from Tuesday, 24 November 2026.
    assert now.due_at == datetime(2026, 12, 15, 17, tzinfo=UTC)
    assert events(panel.wired, panel.proposal).count("ReviewerAccepted") == 1


@pytest.mark.rule("R2", "R42")
def test_only_the_signed_in_reviewer_acts(panel: Panel) -> None:
    one, two, _three = panel.assignments()
    for actor in (panel.actor(two.reviewer_id), actor_of(panel.wired, panel.owner), panel.secretariat):
        with pytest.raises(NotFound), panel.wired.open_work(actor) as work:
            accept_invitation(work, one.public_id, no_conflict=True)
        with pytest.raises(NotFound), panel.wired.open_reading() as session:
            find_own(session, panel.wired.rules, actor, one.public_id)


@pytest.mark.rule("R26", "R41", "R42")
def test_declining_needs_a_reason_and_somebody_else_is_invited(panel: Panel) -> None:
    one, two, three = panel.assignments()
    actor = panel.actor(one.reviewer_id)
    with pytest.raises(Invalid), panel.wired.open_work(actor) as work:
        decline_invitation(work, one.public_id, reason=" ")
    with panel.wired.open_work(actor) as work:
        decline_invitation(work, one.public_id, reason="Too busy.", suggestion="Dr Ada Obi")
    run_outbox(panel.wired)
    declined = panel.assignments("declined")[0]
    assert (declined.id, declined.decline_reason, declined.suggestion) == (one.id, "Too busy.", "Dr Ada Obi")
    invited = panel.assignments("invited")
    assert len(invited) == 3
    assert {two.id, three.id} < {row.id for row in invited}
    with pytest.raises(NotFound), panel.wired.open_work(actor) as work:
        accept_invitation(work, one.public_id, no_conflict=True)


@pytest.mark.rule("R38", "R42")
@pytest.mark.parametrize(("accepts", "state"), [(False, "declined"), (True, "recused")])
def test_declaring_a_conflict_ends_it_and_hides_the_proposal(panel: Panel, accepts: bool, state: str) -> None:
    one = panel.assignments()[0]
    if accepts:
        accept(panel, one)
    actor = panel.actor(one.reviewer_id)
    with panel.wired.open_work(actor) as work:
        declare_conflict(work, one.public_id, reason="We wrote a paper together.")
    assert [row.id for row in panel.assignments(state)] == [one.id]
    with panel.wired.open_reading() as session:
        (kept,) = session.execute(select(Conflict.person_id, Conflict.kind, Conflict.evidence)).all()
        assert tuple(kept) == (one.reviewer_id, "declared", "We wrote a paper together.")
        with pytest.raises(NotFound):
            find_own(session, panel.wired.rules, actor, one.public_id)
        queue = find_queue(session, panel.wired.rules, actor, "todo")
    assert (queue.rows, queue.counts["done"]) == ((), 0)


@pytest.mark.rule("R41")
def test_recusing_oneself_later(panel: Panel) -> None:
    one = panel.assignments()[0]
    with pytest.raises(NotNow, match="assignment_invited"), panel.wired.open_work(panel.actor(one.reviewer_id)) as work:
        recuse_oneself(work, one.public_id, reason="Ill.")
    accept(panel, one)
    with panel.wired.open_work(panel.actor(one.reviewer_id)) as work:
        recuse_oneself(work, one.public_id, reason="Ill.")
    run_outbox(panel.wired)
    assert len(panel.assignments("recused")) == 1
    assert len(panel.assignments("invited")) == 3


@pytest.mark.rule("R5", "R42")
def test_what_is_typed_is_saved_whole_or_not_and_two_windows_lose_nothing(panel: Panel) -> None:
    one = panel.assignments()[0]
    actor = panel.actor(one.reviewer_id)
    with pytest.raises(NotNow, match="assignment_invited"), panel.wired.open_work(actor) as work:
        save_review(work, one.public_id, {}, base_version=0)
    accept(panel, one)
    with panel.wired.open_work(actor) as work:
        first = save_review(work, one.public_id, {"for_applicant": "Half a sent"}, base_version=0)
    with panel.wired.open_work(actor) as work:
        second = save_review(work, one.public_id, {"for_applicant": "Half a sentence."}, base_version=first.version)
    assert (first.version, second.version) == (1, 2)
    with pytest.raises(Stale), panel.wired.open_work(actor) as work:
        save_review(work, one.public_id, {"for_applicant": "From the other window"}, base_version=1)
    with panel.wired.open_work(actor) as work:
        same = save_review(work, one.public_id, {"for_applicant": "Half a sentence."}, base_version=1)
    assert same.version == 2
    with panel.wired.open_reading() as session:
        own = find_own(session, panel.wired.rules, actor, one.public_id)
    assert (own.opinion.for_applicant, own.version, own.can_write) == ("Half a sentence.", 2, True)


@pytest.mark.rule("R20", "R42")
def test_sending_needs_the_whole_sheet(panel: Panel) -> None:
    one = panel.assignments()[0]
    accept(panel, one)
    actor = panel.actor(one.reviewer_id)
    with pytest.raises(Invalid), panel.wired.open_work(actor) as work:
        submit_review(work, one.public_id)
    with panel.wired.open_work(actor) as work:
        save_review(work, one.public_id, opinion(alignment={"5": "strong"}, recommendation="revise"), base_version=0)
    with pytest.raises(Invalid) as refused, panel.wired.open_work(actor) as work:
        submit_review(work, one.public_id)
    assert [problem.field for problem in refused.value.problems] == ["alignment.1", "reason"]
    assert panel.assignments("submitted") == []


@pytest.mark.rule("R43")
def test_a_review_can_be_amended_until_the_decision_and_every_text_is_kept(panel: Panel) -> None:
    one = panel.assignments()[0]
    accept(panel, one)
    review(panel, one)
    actor = panel.actor(one.reviewer_id)
    with panel.wired.open_work(actor) as work:
        assert submit_review(work, one.public_id) == 1
    changed = opinion(recommendation="revise", reason="The plan is too short.")
    with panel.wired.open_work(actor) as work:
        save_review(work, one.public_id, changed, base_version=1)
    assert [one.opinion.recommendation for one in summary_of(panel).reviews] == ["approve"]
    with panel.wired.open_work(actor) as work:
        assert submit_review(work, one.public_id) == 2
    (now,) = summary_of(panel).reviews
    assert (now.opinion.recommendation, now.texts) == ("revise", 2)
    with panel.wired.open_reading() as session:
        kept = session.scalars(select(ReviewText.content).order_by(ReviewText.number)).all()
    assert [content["recommendation"] for content in kept] == ["approve", "revise"]
    assert [name for name in events(panel.wired, panel.proposal) if name.startswith("Review")][-2:] == [
        "ReviewSubmitted",
        "ReviewAmended",
    ]
    decide_on(panel, "declined")
    with pytest.raises(NotNow, match="review_decided"), panel.wired.open_work(actor) as work:
        save_review(work, one.public_id, opinion(), base_version=2)
    with pytest.raises(NotNow, match="review_decided"), panel.wired.open_work(actor) as work:
        recuse_oneself(work, one.public_id, reason="Too late.")


@pytest.mark.rule("R44")
def test_the_round_closes_with_the_last_review(panel: Panel) -> None:
    for one in panel.assignments():
        accept(panel, one)
    for one in panel.assignments():
        assert panel.now().stage == "review"
        review(panel, one)
    assert panel.now().stage == "deliberation"
    with panel.wired.open_reading() as session:
        closed = session.execute(
            select(EventRow.actor_id, EventRow.payload).where(EventRow.name == "ReviewRoundClosed")
        ).one()
    assert closed.actor_id == panel.assignments()[-1].reviewer_id
    assert closed.payload["made_by"] == "system"
    subjects = [mail.subject for mail in run_outbox(panel.wired)]
    assert len([subject for subject in subjects if "review round is closed" in subject]) == 3
    assert len([subject for subject in subjects if "a decision can be prepared" in subject]) == 1


@pytest.mark.rule("R44")
def test_the_round_closes_when_the_last_one_awaited_leaves_with_the_quorum_in(wired: Wiring) -> None:
    panel = make_panel(wired, reviewers=3, quorum=2)
    route(wired, panel.proposal)
    *two, last = panel.assignments()
    for one in two:
        accept(panel, one)
        review(panel, one)
    assert panel.now().stage == "review"
    with wired.open_work(panel.actor(last.reviewer_id)) as work:
        decline_invitation(work, last.public_id, reason="Away.")
    assert panel.now().stage == "deliberation"
    run_outbox(wired)
    assert len(panel.assignments("invited")) == 0


@pytest.mark.rule("R44")
def test_at_the_due_time_with_the_quorum_the_round_closes(wired: Wiring, clock: SetClock) -> None:
    panel = make_panel(wired, reviewers=3, quorum=2)
    route(wired, panel.proposal)
    *two, last = panel.assignments()
    for one in panel.assignments():
        accept(panel, one)
    for one in two:
        review(panel, one)
    with wired.open_work(SYSTEM) as work:
        # The last one's own time is longer than the round's.
        later = update(Assignment).where(Assignment.id == last.id).values(due_at=work.later(days=90))
        work.session.execute(later)
    clock.at = datetime(2026, 12, 22, 17, 5, tzinfo=UTC)
    fire_timers(wired)
    assert panel.now().stage == "deliberation"
    with pytest.raises(NotNow, match="round_over"), wired.open_work(panel.actor(last.reviewer_id)) as work:
        save_review(work, last.public_id, opinion(), base_version=0)


@pytest.mark.rule("R41", "R44")
def test_below_the_quorum_at_the_due_time_replacements_are_sought(panel: Panel, clock: SetClock) -> None:
    wired = panel.wired
    one, two, three = panel.assignments()
    for each in (one, two):
        accept(panel, each)
    review(panel, one)
    # The third never answers: replaced after five working days.
    clock.at = datetime(2026, 12, 1, 17, 1, tzinfo=UTC)
    fire_timers(wired)
    run_outbox(wired)
    assert [row.id for row in panel.assignments("expired")] == [three.id]
    (fourth,) = panel.assignments("invited")
    accept(panel, fourth)
    # The second lets its fifteen days pass.
    clock.at = datetime(2026, 12, 15, 17, 1, tzinfo=UTC)
    fire_timers(wired)
    run_outbox(wired)
    assert [row.id for row in panel.assignments("expired")] == [two.id, three.id]
    (fifth,) = panel.assignments("invited")
    # The round's twenty days end on 22 December with one review in: told, and it goes on.
    clock.at = datetime(2026, 12, 22, 17, 2, tzinfo=UTC)
    fire_timers(wired)
    subjects = [mail.subject for mail in run_outbox(wired) if mail.to == panel.secretary.email]
    assert any("overdue" in subject for subject in subjects)
    assert panel.now().stage == "review"
    assert panel.now().due_at == datetime(2027, 1, 19, 17, tzinfo=UTC)
    assert events(wired, panel.proposal).count("RoundExtended") == 1
    assert {fourth.id, fifth.id} < {row.id for row in panel.assignments("expired")}
    # Nobody is left to ask: said in numbers.
    assert panel.plan().outcome["shortfall"]["missing"] == 2


@pytest.mark.rule("R52")
def test_reviewers_are_reminded_seven_and_two_days_before(panel: Panel, clock: SetClock) -> None:
    one, *_others = panel.assignments()
    accept(panel, one)
    run_outbox(panel.wired)
    email = make_email(panel, one)
    reminders = []
    for day in range(24, 24 + 22):
        clock.at = datetime(2026, 11, 24, 10, tzinfo=UTC) + timedelta(days=day - 24)
        fire_timers(panel.wired)
        reminders += [
            (clock.at.day, mail.subject)
            for mail in run_outbox(panel.wired)
            if mail.to == email and "Send your review" in mail.subject
        ]
    reference = panel.proposal.reference
    assert reminders == [
        (8, f"[{reference}] Send your review by 15 December 2026"),
        (13, f"[{reference}] Send your review by 15 December 2026"),
    ]


def make_email(panel: Panel, assignment: Assignment) -> str:
    with panel.wired.open_reading() as session:
        return session.scalars(select(Person.email).where(Person.id == assignment.reviewer_id)).one()


@pytest.mark.rule("R51")
def test_timers_of_an_answered_invitation_do_nothing(panel: Panel, clock: SetClock) -> None:
    for one in panel.assignments():
        accept(panel, one)
        review(panel, one)
    clock.at += timedelta(days=60)
    fire_timers(panel.wired)
    assert [row.state for row in panel.assignments()] == ["submitted"] * 3


@pytest.mark.rule("R42")
def test_nobody_reads_another_review_before_their_own_is_in(panel: Panel) -> None:
    wired = panel.wired
    one, two, _three = panel.assignments()
    accept(panel, one)
    accept(panel, two)
    review(panel, one)
    version = panel.now().current_version_id

    def readable(actor: Any) -> tuple[int, ...]:
        with wired.open_reading() as session:
            head = find_head(session, wired.rules, panel.proposal.reference)
            assert head is not None
            return readable_versions(session, actor, head)

    assert readable(panel.actor(one.reviewer_id)) == (version,)
    assert readable(panel.actor(two.reviewer_id)) == ()
    assert readable(panel.secretariat) == (version,)
    assert readable(actor_of(wired, panel.owner)) == ()
    assert readable(actor_of(wired, make_person(wired))) == ()
    review(panel, two)
    assert readable(panel.actor(two.reviewer_id)) == (version,)
    decide_on(panel, "declined")
    assert readable(actor_of(wired, panel.owner)) == (version,)


@pytest.mark.rule("R42", "R43")
def test_a_new_version_is_a_new_round_that_nobody_reads_before_their_own(panel: Panel) -> None:
    wired = panel.wired
    for one in panel.assignments():
        accept(panel, one)
        review(panel, one)
    decide_on(panel, "revise")
    with wired.open_work(SYSTEM) as work:
        held = hold_proposal_by_id(work, panel.proposal.id, Action.READ_PROPOSAL)
        first = held.row.current_version_id
        draft = Decision(
            proposal_id=held.row.id,
            version_id=first,
            outcome="revise",
            state="drafted",
            reason="r",
            letter="l",
            code="second",
            drafted_by_id=panel.secretary.id,
            drafted_at=work.now,
        )
        work.session.add(draft)
        work.session.flush()
        make_move(work, held, "confirm_revise", reason="More detail.", who=frozenset({"secretariat_other"}))
        work.session.delete(draft)
        add_version(work, held.row, {"basics": {"language": "en"}, "articles": {"primary": 5, "secondary": [1]}})
        held.row.revision += 1
        make_move(work, held, "resubmit", who=frozenset({"applicant"}), problems=[])
        make_move(work, held, "pass_screening", who=frozenset({"secretariat"}))
        for case in work.session.scalars(select(Endorsement).where(Endorsement.proposal_id == held.row.id)):
            work.session.delete(case)
    enter_review(wired, panel.proposal)
    route(wired, panel.proposal)
    again = panel.assignments("invited")
    assert len(again) == 3
    # Those who know the earlier version are asked first.
    assert {row.reviewer_id for row in again} == {row.reviewer_id for row in panel.assignments("submitted")}
    actor = panel.actor(again[0].reviewer_id)
    with wired.open_reading() as session:
        head = find_head(session, wired.rules, panel.proposal.reference)
        assert head is not None
        assert readable_versions(session, actor, head) == ()
        assert readable_versions(session, actor_of(wired, panel.owner), head) == (first,)
    # A review of the new version is nobody's but its author's and the staff's, until it is decided.
    accept(panel, again[1])
    review(panel, again[1])
    second = panel.now().current_version_id
    with wired.open_reading() as session:
        head = find_head(session, wired.rules, panel.proposal.reference)
        assert head is not None
        assert readable_versions(session, actor_of(wired, panel.owner), head) == (first,)
        assert readable_versions(session, panel.actor(again[1].reviewer_id), head) == (second, first)
        assert readable_versions(session, panel.secretariat, head) == (second, first)
    old = next(row for row in panel.assignments("submitted") if row.reviewer_id == again[0].reviewer_id)
    with pytest.raises(NotNow, match="review_decided"), wired.open_work(actor) as work:
        save_review(work, old.public_id, opinion(), base_version=1)
    with wired.open_work(actor) as work:
        decline_invitation(work, again[0].public_id, reason="Once is enough.")
    with pytest.raises(NotFound), wired.open_work(actor) as work:
        accept_invitation(work, again[0].public_id, no_conflict=True)


@pytest.mark.rule("R42")
def test_a_member_of_the_secretariat_who_reviews_reads_no_other_review_before(panel: Panel) -> None:
    one, two, _three = panel.assignments()
    for each in (one, two):
        accept(panel, each)
    review(panel, two)
    with panel.wired.open_reading() as session:
        person = session.get_one(Person, one.reviewer_id)
        make_seat(panel.wired, person, Role.SECRETARIAT)
        head = find_head(session, panel.wired.rules, panel.proposal.reference)
    assert head is not None
    actor = panel.actor(one.reviewer_id)
    for action in (Action.READ_REVIEWS, Action.READ_REVIEWERS, Action.READ_AUDIT):
        assert decide(actor, action, head.facts).code == "after_own_review"
        assert decide(panel.secretariat, action, head.facts).may


@pytest.mark.rule("R45")
def test_the_summary_points_out_where_the_panel_disagrees(panel: Panel) -> None:
    views = (
        opinion(),
        opinion(
            scores={"5.livelihood": 1, "5.capacity": 4, "1.reach": 3, "1.lasting_service": 4},
            alignment={"5": "none", "1": "partial"},
            recommendation="do_not_approve",
            reason="No benefit shown.",
        ),
    )
    for one, raw in zip(panel.assignments(), views, strict=False):
        accept(panel, one)
        review(panel, one, raw)
    summary = summary_of(panel)
    assert (summary.reviews_in, summary.quorum, summary.wanted, summary.is_apart) == (2, 3, 3, True)
    apart = {one.asked.key: one.spread.is_apart for one in summary.criteria if one.spread}
    assert apart == {"1.lasting_service": False, "1.reach": False, "5.capacity": False, "5.livelihood": True}
    assert {one.article: one.is_apart for one in summary.alignment} == {5: True, 1: False}
    assert summary.recommendations_apart
    assert {review.reviewer_name for review in summary.reviews} == {""}
    assert all(review.reviewer_name for review in summary_of(panel, named=True).reviews)
    labels = [review.label for review in summary.reviews]
    assert labels == sorted(labels)
    assert set(labels) < {"A", "B", "C"}


def test_labels_do_not_follow_the_order_of_names_or_ids(wired: Wiring) -> None:
    """Over many panels the first letter falls on each reviewer: it tells nothing."""
    firsts = set()
    for _ in range(12):
        panel = make_panel(wired, reviewers=3)
        route(wired, panel.proposal)
        rows = panel.assignments()
        for one in rows:
            accept(panel, one)
            review(panel, one)
        named = summary_of(panel, reader_id=rows[0].reviewer_id)
        firsts |= {review.label for review in named.reviews if review.is_own}
    assert firsts == {"A", "B", "C"}


@pytest.mark.rule("R45")
def test_the_thread_is_for_those_who_may_read_the_reviews(panel: Panel) -> None:
    wired = panel.wired
    one, two, _three = panel.assignments()
    accept(panel, one)
    accept(panel, two)
    review(panel, one)
    reference = panel.proposal.reference
    with wired.open_work(panel.actor(one.reviewer_id)) as work:
        write_message(work, reference, "The budget puzzles me.", form_key="k1")
    with wired.open_work(panel.actor(one.reviewer_id)) as work:
        write_message(work, reference, "The budget puzzles me.", form_key="k1")
    with wired.open_work(panel.secretariat) as work:
        write_message(work, reference, "We will ask the applicant.")
    for actor in (panel.actor(two.reviewer_id), actor_of(wired, panel.owner)):
        with pytest.raises((NotAllowed, NotFound)), wired.open_work(actor) as work:
            write_message(work, reference, "Let me in.")
    with pytest.raises(Invalid), wired.open_work(panel.secretariat) as work:
        write_message(work, reference, "  ")
    with wired.open_reading() as session:
        head = find_head(session, wired.rules, reference)
        assert head is not None
        messages = list_messages(session, panel.secretariat, head)
        with pytest.raises(NotAllowed):
            list_messages(session, panel.actor(two.reviewer_id), head)
    assert [(message.text, bool(message.label), message.is_own) for message in messages] == [
        ("The budget puzzles me.", True, False),
        ("We will ask the applicant.", False, True),
    ]


@pytest.mark.rule("R42")
def test_the_queue_shows_what_to_do_next_by_due_time(wired: Wiring, clock: SetClock) -> None:
    from tests.reviewing import make_in_review

    panel = make_panel(wired, reviewers=3)
    route(wired, panel.proposal)
    accept(panel, panel.assignments()[0])
    person = panel.assignments()[0].reviewer_id
    clock.at += timedelta(days=1)
    second = make_in_review(wired, panel.call, panel.owner, title="Second")
    route(wired, second)
    with wired.open_reading() as session:
        todo = find_queue(session, wired.rules, panel.actor(person), "todo")
        unknown = find_queue(session, wired.rules, panel.actor(person), "all")
    # The invitation is due in five working days, before the review that was accepted.
    assert [(row.title, row.state) for row in todo.rows] == [
        ("Second", "invited"),
        (panel.proposal.title, "accepted"),
    ]
    assert dict(todo.counts) == {"todo": 2, "to_answer": 1, "to_review": 1, "done": 0}
    assert todo.rows[0].articles == (5, 1)
    assert todo.rows[0].partners == ("KE", "CN")
    assert unknown.view == "todo"


@pytest.mark.rule("R5")
def test_whoever_is_asked_again_for_the_version_finds_their_text(panel: Panel, clock: SetClock) -> None:
    from webapp.services.routing.by_hand import add_reviewer

    one = panel.assignments()[0]
    accept(panel, one)
    actor = panel.actor(one.reviewer_id)
    with panel.wired.open_work(actor) as work:
        save_review(work, one.public_id, {"for_applicant": "Kept"}, base_version=0)
    clock.at = datetime(2026, 12, 15, 17, 1, tzinfo=UTC)
    fire_timers(panel.wired)
    with panel.wired.open_work(panel.secretariat) as work:
        again = add_reviewer(
            work, panel.proposal.reference, one.reviewer_id, revision=panel.now().revision, reason="Nearly done."
        )
    from tests.reviewing import release

    release(panel)
    with panel.wired.open_work(actor) as work:
        accept_invitation(work, again, no_conflict=True)
    with panel.wired.open_reading() as session:
        own = find_own(session, panel.wired.rules, actor, again)
    assert own.opinion == Opinion(for_applicant="Kept")


@pytest.mark.rule("R24", "R44")
def test_the_last_two_reviews_at_once_close_the_round_once(committed: Wiring) -> None:
    panel = make_panel(committed, reviewers=3)
    route(committed, panel.proposal)
    for one in panel.assignments():
        accept(panel, one)
    first, *last = panel.assignments()
    review(panel, first)
    for one in last:
        with committed.open_work(panel.actor(one.reviewer_id)) as work:
            save_review(work, one.public_id, opinion(), base_version=0)

    def send(one: Assignment) -> None:
        with committed.open_work(panel.actor(one.reviewer_id)) as work:
            submit_review(work, one.public_id)

    assert together(*[lambda one=one: send(one) for one in last for _ in range(3)]) == []
    assert panel.now().stage == "deliberation"
    names = events(committed, panel.proposal)
    assert (names.count("ReviewSubmitted"), names.count("ReviewRoundClosed")) == (3, 1)


@pytest.mark.rule("R24", "R41")
def test_a_decline_during_routing_loses_nothing(committed: Wiring) -> None:
    panel = make_panel(committed, reviewers=8)
    route(committed, panel.proposal)
    one, two, _three = panel.assignments()

    def decline(row: Assignment) -> None:
        with committed.open_work(panel.actor(row.reviewer_id)) as work:
            decline_invitation(work, row.public_id, reason="Away.")

    def again() -> None:
        route(committed, panel.proposal)

    assert together(lambda: decline(one), again, lambda: decline(two), again) == []
    run_outbox(committed)
    live = panel.assignments("invited")
    assert len(live) == 3
    assert len({row.reviewer_id for row in panel.assignments()}) == len(panel.assignments())
