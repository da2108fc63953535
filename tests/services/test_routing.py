"""Routing over real rows: panels made, conflicts found, loads kept, nothing twice (R36–R41)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

from tests.factories import actor_of, make_call, make_person, make_secretary
from tests.post import run_outbox
from tests.reviewing import (
    Panel,
    accept,
    make_in_review,
    make_organisation,
    make_panel,
    make_reviewer,
    release,
    review,
    route,
)
from webapp.adapters.clocks import SetClock
from webapp.domain.errors import Invalid, NotAllowed, NotFound, NotNow, Stale
from webapp.domain.people import SYSTEM
from webapp.domain.policy import Action, decide
from webapp.models.audit import EventRow
from webapp.models.deadlines import TimerRow
from webapp.models.notices import OutboxRow
from webapp.models.proposals import Collaborator, Proposal
from webapp.models.routing import Assignment, Conflict, ReviewerProfile, RoutingPlan
from webapp.queries.access import find_head
from webapp.queries.routing import find_panel
from webapp.services.routing.by_hand import add_reviewer, note_conflict, release_panel, remove_reviewer, route_again
from webapp.services.routing.route import route_proposal
from webapp.wiring import Wiring


def events(wired: Wiring, proposal: Proposal) -> list[str]:
    with wired.open_reading() as session:
        found = select(EventRow.name).where(EventRow.subject_kind == "proposal", EventRow.subject_id == proposal.id)
        return list(session.scalars(found.order_by(EventRow.number)))


def conflicts(wired: Wiring, proposal: Proposal) -> set[tuple[int, str]]:
    with wired.open_reading() as session:
        rows = session.execute(
            select(Conflict.person_id, Conflict.kind).where(Conflict.proposal_id == proposal.id)
        ).all()
    return {(row.person_id, row.kind) for row in rows}


@pytest.mark.rule("R36")
def test_entering_review_obliges_the_task_and_the_worker_does_it(wired: Wiring) -> None:
    panel = make_panel(wired, reviewers=5)
    assert panel.assignments() == []
    sent = run_outbox(wired)
    invited = panel.assignments("invited")
    assert len(invited) == 3
    told = {mail.to for mail in sent if "review this proposal" in mail.subject}
    assert len(told) == 3
    assert {assignment.reviewer_id for assignment in invited} <= {person.id for person in panel.reviewers}
    plan = panel.plan()
    assert (plan.state, plan.outcome["shortfall"], {row.plan_id for row in invited}) == ("released", None, {plan.id})


@pytest.mark.rule("R36")
def test_the_call_says_whether_the_secretariat_looks_first(wired: Wiring, clock: SetClock) -> None:
    panel = make_panel(wired, routing={})
    route(wired, panel.proposal)
    assert len(panel.assignments("proposed")) == 3
    assert not [mail for mail in run_outbox(wired) if mail.to in {person.email for person in panel.reviewers}]
    clock.at += timedelta(days=2)
    release(panel)
    invited = panel.assignments("invited")
    assert [row.invited_at for row in invited] == [clock.at] * 3
    # 24 November 2026 is a Tuesday; five working days after the 26th end on Thursday, 3 December.
    assert {row.due_at for row in invited} == {datetime(2026, 12, 3, 17, tzinfo=UTC)}
    # The round's time began with the invitations: twenty working days.
    assert panel.now().due_at == datetime(2026, 12, 24, 17, tzinfo=UTC)
    assert len([mail for mail in run_outbox(wired) if "review this proposal" in mail.subject]) == 3


@pytest.mark.rule("R36")
def test_routing_again_changes_nothing(wired: Wiring) -> None:
    panel = make_panel(wired)
    route(wired, panel.proposal)
    before = [(row.id, row.state) for row in panel.assignments()]
    route(wired, panel.proposal)
    route(wired, panel.proposal)
    assert [(row.id, row.state) for row in panel.assignments()] == before
    assert events(wired, panel.proposal).count("PanelMade") == 1


@pytest.mark.rule("R36")
def test_two_equal_installations_choose_alike(wired: Wiring) -> None:
    """The seed is stored, and the choice among equals follows from it."""
    panel = make_panel(wired, reviewers=12)
    route(wired, panel.proposal)
    first = [row.reviewer_id for row in panel.assignments()]
    with wired.open_work(SYSTEM) as work:
        for row in work.session.scalars(select(Assignment)):
            work.session.delete(row)
    route(wired, panel.proposal)
    assert [row.reviewer_id for row in panel.assignments()] == first
    with wired.open_reading() as session:
        seeds = {plan.outcome["seed"] for plan in session.scalars(select(RoutingPlan))}
    assert len(seeds) == 1


@pytest.mark.rule("R38")
def test_every_kind_of_conflict_is_found_and_kept_with_its_evidence(wired: Wiring) -> None:
    call = make_call(wired, routing={"lead_partner_conflicts": True})
    ours, earlier = make_organisation(wired, "CN"), make_organisation(wired, "LA")
    know = {5: 3}
    same_house = make_reviewer(wired, call, know, organisation_id=ours)
    same_domain = make_reviewer(wired, call, know, email="otto@health.example")
    contact = make_reviewer(wired, call, know, email="grace@demo.example")
    colleague = make_reviewer(wired, call, know)
    co_owner = make_reviewer(wired, call, know)
    of_lead = make_reviewer(wired, call, know, partner="KE")
    long_ago = make_reviewer(wired, call, know)
    free = make_reviewer(wired, call, know, partner="CN")
    owner = make_person(wired, email="owner@health.example")
    both = [(ours, "grace@demo.example"), (earlier, "")]
    other = make_in_review(wired, call, co_owner, organisations=((earlier, ""),))
    with wired.open_work(SYSTEM) as work:
        three_years_ago = work.now - timedelta(days=3 * 366)
    make_in_review(wired, call, long_ago, organisations=((earlier, ""),), created_at=three_years_ago)
    proposal = make_in_review(wired, call, owner, organisations=tuple(both))
    with wired.open_work(SYSTEM) as work:
        work.session.add(
            Collaborator(proposal_id=proposal.id, person_id=colleague.id, role="reader", added_at=work.now)
        )
    route(wired, proposal)
    assert conflicts(wired, proposal) == {
        (same_house.id, "same_organisation"),
        (same_domain.id, "same_mail_domain"),
        (contact.id, "contact_or_collaborator"),
        (colleague.id, "contact_or_collaborator"),
        (co_owner.id, "recent_co_owner"),
        (of_lead.id, "same_partner_as_lead"),
    }
    panel = Panel(wired, call, owner, proposal, make_secretary(wired), ())
    assert {row.reviewer_id for row in panel.assignments()} == {free.id, long_ago.id}
    assert other.id != proposal.id


@pytest.mark.rule("R38")
def test_a_conflicted_person_sees_nothing_of_the_proposal(wired: Wiring) -> None:
    panel = make_panel(wired, reviewers=4)
    with wired.open_work(panel.secretariat) as work:
        note_conflict(
            work, panel.proposal.reference, panel.reviewers[0].id, revision=panel.now().revision, reason="Brothers."
        )
    route(wired, panel.proposal)
    assert panel.reviewers[0].id not in {row.reviewer_id for row in panel.assignments()}
    actor = panel.actor(panel.reviewers[0].id)
    with wired.open_reading() as session:
        head = find_head(session, wired.rules, panel.proposal.reference)
    assert head is not None
    assert not decide(actor, Action.READ_PROPOSAL, head.facts).seen


@pytest.mark.rule("R38")
def test_a_found_conflict_that_ceased_is_taken_out_and_a_told_one_stays(wired: Wiring) -> None:
    panel = make_panel(wired, reviewers=2)
    with wired.open_work(SYSTEM) as work:
        for kind in ("same_organisation", "declared"):
            person = panel.reviewers[0].id
            work.session.add(
                Conflict(proposal_id=panel.proposal.id, person_id=person, kind=kind, evidence="x", recorded_at=work.now)
            )
    route(wired, panel.proposal)
    assert conflicts(wired, panel.proposal) == {(panel.reviewers[0].id, "declared")}


@pytest.mark.rule("R38", "R41")
def test_somebody_in_whom_a_conflict_is_found_later_leaves_the_panel(wired: Wiring) -> None:
    panel = make_panel(wired, reviewers=5)
    route(wired, panel.proposal)
    first = panel.assignments()[0]
    accept(panel, first)
    with wired.open_work(SYSTEM) as work:
        work.session.add(
            Collaborator(proposal_id=panel.proposal.id, person_id=first.reviewer_id, role="reader", added_at=work.now)
        )
    route(wired, panel.proposal)
    run_outbox(wired)
    assert [row.reviewer_id for row in panel.assignments("recused")] == [first.reviewer_id]
    live = panel.assignments("invited", "accepted")
    assert len(live) == 3
    assert first.reviewer_id not in {row.reviewer_id for row in live}


@pytest.mark.rule("R37")
def test_hard_rules_over_real_rows(wired: Wiring) -> None:
    call = make_call(wired, routing={"release": "at_once"})
    with wired.open_work(SYSTEM) as work:
        today = work.now.date()
    make_reviewer(wired, call, {5: 3}, languages=["fr"])
    make_reviewer(wired, call, {5: 3}, load_max=0, load_min=0)
    make_reviewer(wired, call, {5: 3}, away_from=today + timedelta(days=3), away_to=today + timedelta(days=9))
    make_reviewer(wired, call, {7: 3})
    make_reviewer(wired, call, {5: 3}, undeliverable_at=datetime(2026, 1, 1, tzinfo=UTC))
    make_reviewer(wired, make_call(wired), {5: 3})
    back_in_time = make_reviewer(wired, call, {5: 1}, away_from=date(2026, 1, 1), away_to=today - timedelta(days=1))
    proposal = make_in_review(wired, call, make_person(wired))
    route(wired, proposal)
    panel = Panel(wired, call, make_person(wired), proposal, make_secretary(wired), ())
    assert [row.reviewer_id for row in panel.assignments()] == [back_in_time.id]
    short = panel.plan().outcome["shortfall"]
    assert (short["wanted"], short["found"], short["missing"], short["candidates"]) == (3, 1, 2, 6)
    assert dict(short["hindered"]) == {"language": 1, "full": 1, "away": 1, "no_expertise": 1, "unreachable": 1}


@pytest.mark.rule("R37", "R40")
def test_where_an_article_asks_for_an_expert_a_seat_waits_for_one(wired: Wiring) -> None:
    call = make_call(wired, routing={"release": "at_once"})
    for _ in range(4):
        make_reviewer(wired, call, {16: 1})
    proposal = make_in_review(wired, call, make_person(wired), articles=(16,))
    secretary = make_secretary(wired)
    panel = Panel(wired, call, make_person(wired), proposal, secretary, ())
    mails = run_outbox(wired)
    assert len(panel.assignments("invited")) == 2
    assert [mail.to for mail in mails if "Too few reviewers" in mail.subject] == [secretary.email]
    (gap,) = panel.plan().outcome["shortfall"]["roles"]
    assert (gap["article"], gap["asks"], gap["has"], gap["known"]) == (16, 1, 0, 0)
    expert = make_reviewer(wired, call, {16: 2})
    route(wired, proposal)
    assert panel.assignments("invited")[-1].reviewer_id == expert.id


@pytest.mark.rule("R37")
def test_loads_count_what_is_open_anywhere(wired: Wiring) -> None:
    call = make_call(wired, routing={"release": "at_once"}, reviews_wanted=1, quorum=1)
    busy = make_reviewer(wired, call, {5: 3}, load_max=1)
    other = make_reviewer(wired, call, {5: 1}, load_max=1)
    owner = make_person(wired)
    proposals = [make_in_review(wired, call, owner) for _ in range(3)]
    for proposal in proposals:
        route(wired, proposal)
    panels = [Panel(wired, call, owner, proposal, make_secretary(wired), ()) for proposal in proposals]
    assert [[row.reviewer_id for row in panel.assignments()] for panel in panels] == [[busy.id], [other.id], []]
    accept(panels[0], panels[0].assignments()[0])
    review(panels[0], panels[0].assignments()[0])
    route(wired, proposals[2])
    assert [row.reviewer_id for row in panels[2].assignments()] == [busy.id]


@pytest.mark.rule("R39")
def test_each_assignment_says_why(wired: Wiring) -> None:
    call = make_call(wired, routing={"release": "at_once"}, reviews_wanted=2, quorum=2)
    best = make_reviewer(wired, call, {5: 3, 1: 2}, partner="KE")
    other = make_reviewer(wired, call, {5: 2}, partner="CN")
    left = make_reviewer(wired, call, {5: 1}, partner="LA")
    proposal = make_in_review(wired, call, make_person(wired))
    route(wired, proposal)
    panel = Panel(wired, call, make_person(wired), proposal, make_secretary(wired), ())
    reasons = {row.reviewer_id: row.reasons for row in panel.assignments()}
    assert set(reasons) == {best.id, other.id}
    first = reasons[best.id]
    assert (first["articles"], first["language"], first["rank"], first["eligible"]) == ([[5, 3], [1, 2]], "en", 1, 3)
    assert reasons[other.id]["rank"] == 2
    assert reasons[other.id]["next_best"] == {"person_id": left.id, "points": 20, "why": "lower_fit", "loss": 20}


@pytest.mark.rule("R41")
def test_a_replacement_moves_no_accepted_assignment(wired: Wiring) -> None:
    panel = make_panel(wired, reviewers=6)
    route(wired, panel.proposal)
    first, second, third = panel.assignments()
    accept(panel, first)
    with wired.open_work(panel.secretariat) as work:
        remove_reviewer(
            work, panel.proposal.reference, second.public_id, revision=panel.now().revision, reason="Asked to."
        )
    # Somebody far better appears: nobody who stays is moved for them.
    star = make_reviewer(wired, panel.call, {5: 3, 1: 3})
    run_outbox(wired)
    live = panel.assignments("invited", "accepted")
    assert {first.id, third.id} < {row.id for row in live}
    assert [row.reviewer_id for row in live if row.id not in (first.id, third.id)] == [star.id]
    assert second.reviewer_id not in {row.reviewer_id for row in live}


@pytest.mark.rule("R36", "R38")
def test_by_hand_limits_can_be_overridden_with_a_reason_and_conflicts_cannot(wired: Wiring) -> None:
    panel = make_panel(wired, reviewers=4, routing={})
    full = make_reviewer(wired, panel.call, {5: 3}, languages=["fr"])
    route(wired, panel.proposal)
    reference = panel.proposal.reference
    with pytest.raises(Invalid) as refused, wired.open_work(panel.secretariat) as work:
        add_reviewer(work, reference, full.id, revision=panel.now().revision)
    assert [problem.code for problem in refused.value.problems] == ["override_reason_missing"]
    swapped = panel.assignments("proposed")[0]
    with wired.open_work(panel.secretariat) as work:
        add_reviewer(
            work,
            reference,
            full.id,
            revision=panel.now().revision,
            reason="Reads it with help.",
            in_place_of=swapped.public_id,
        )
    proposed = panel.assignments("proposed")
    assert len(proposed) == 3
    added = next(row for row in proposed if row.reviewer_id == full.id)
    assert (added.reasons["by"], added.reasons["note"], added.reasons["overridden"]) == (
        "hand",
        "Reads it with help.",
        ["language"],
    )
    with wired.open_work(panel.secretariat) as work:
        note_conflict(work, reference, full.id, revision=panel.now().revision, reason="Same lab.")
    assert full.id not in {row.reviewer_id for row in panel.assignments("proposed")}
    with pytest.raises(NotNow, match="person_conflicted"), wired.open_work(panel.secretariat) as work:
        add_reviewer(work, reference, full.id, revision=panel.now().revision, reason="Please.")
    with pytest.raises(NotFound), wired.open_work(panel.secretariat) as work:
        add_reviewer(work, reference, panel.owner.id, revision=panel.now().revision, reason="No reviewer.")


def test_removing_needs_a_reason_once_somebody_was_told(wired: Wiring) -> None:
    panel = make_panel(wired, reviewers=4, routing={})
    route(wired, panel.proposal)
    one, two, _three = panel.assignments()
    with wired.open_work(panel.secretariat) as work:
        remove_reviewer(work, panel.proposal.reference, one.public_id, revision=panel.now().revision)
    assert len(panel.assignments()) == 2
    release(panel)
    with pytest.raises(Invalid), wired.open_work(panel.secretariat) as work:
        remove_reviewer(work, panel.proposal.reference, two.public_id, revision=panel.now().revision)
    accept(panel, two)
    review(panel, two)
    with pytest.raises(NotNow, match="assignment_not_removable"), wired.open_work(panel.secretariat) as work:
        remove_reviewer(work, panel.proposal.reference, two.public_id, revision=panel.now().revision, reason="No.")


def test_routing_anew_proposes_the_same_from_the_same(wired: Wiring) -> None:
    panel = make_panel(wired, reviewers=8, routing={})
    route(wired, panel.proposal)
    before = {row.reviewer_id for row in panel.assignments("proposed")}
    with wired.open_work(panel.secretariat) as work:
        route_again(work, panel.proposal.reference, revision=panel.now().revision)
    assert panel.assignments() == []
    run_outbox(wired)
    assert {row.reviewer_id for row in panel.assignments("proposed")} == before


def test_release_is_refused_with_a_conflict_and_sent_twice_is_once(wired: Wiring) -> None:
    panel = make_panel(wired, reviewers=3, routing={})
    route(wired, panel.proposal)
    one = panel.assignments()[0]
    with wired.open_work(SYSTEM) as work:
        member = Collaborator(
            proposal_id=panel.proposal.id, person_id=one.reviewer_id, role="reader", added_at=work.now
        )
        work.session.add(member)
    with pytest.raises(NotNow, match="panel_has_conflict"):
        release(panel)
    with wired.open_work(panel.secretariat) as work:
        remove_reviewer(work, panel.proposal.reference, one.public_id, revision=panel.now().revision)
    revision = panel.now().revision
    for _ in range(2):
        with wired.open_work(panel.secretariat) as work:
            count = release_panel(work, panel.proposal.reference, revision=revision, form_key="once")
        assert count == 2
    assert events(wired, panel.proposal).count("PanelReleased") == 1
    with pytest.raises(NotNow, match="panel_empty"):
        release(panel)


def test_only_the_secretariat_routes_by_hand_and_on_what_it_saw(wired: Wiring) -> None:
    panel = make_panel(wired, reviewers=3, routing={})
    route(wired, panel.proposal)
    row = panel.assignments()[0]
    for person in (panel.owner, panel.reviewers[0]):
        with pytest.raises((NotAllowed, NotFound)), wired.open_work(actor_of(wired, person)) as work:
            remove_reviewer(work, panel.proposal.reference, row.public_id, revision=panel.now().revision)
    with pytest.raises(Stale), wired.open_work(panel.secretariat) as work:
        remove_reviewer(work, panel.proposal.reference, row.public_id, revision=panel.now().revision - 1)


def test_a_proposal_outside_review_is_not_routed(wired: Wiring) -> None:
    panel = make_panel(wired, reviewers=3)
    with wired.open_work(SYSTEM) as work:
        from webapp.services.access import hold_proposal_by_id
        from webapp.services.transitions import make_move

        held = hold_proposal_by_id(work, panel.proposal.id, Action.READ_PROPOSAL)
        make_move(work, held, "withdraw", who=frozenset({"applicant"}))
    run_outbox(wired)
    assert panel.assignments() == []


@pytest.mark.rule("R28")
def test_a_reopened_proposal_gives_its_reviewers_their_time_again(wired: Wiring, clock: SetClock) -> None:
    from webapp.services.access import hold_proposal_by_id
    from webapp.services.transitions import make_move

    panel = make_panel(wired, reviewers=3)
    route(wired, panel.proposal)
    accept(panel, panel.assignments()[0])
    with wired.open_work(SYSTEM) as work:
        held = hold_proposal_by_id(work, panel.proposal.id, Action.READ_PROPOSAL)
        make_move(work, held, "withdraw", who=frozenset({"applicant"}))
    clock.at += timedelta(days=28)
    with wired.open_work(panel.secretariat) as work:
        held = hold_proposal_by_id(work, panel.proposal.id, Action.REOPEN_PROPOSAL)
        make_move(work, held, "reopen", reason="Withdrawn by mistake.")
    run_outbox(wired)
    assert sorted(row.state for row in panel.assignments()) == ["accepted", "invited", "invited"]
    assert all(row.due_at and row.due_at > clock.at for row in panel.assignments())
    with wired.open_reading() as session:
        waiting = session.scalars(
            select(func.count())
            .select_from(TimerRow)
            .where(TimerRow.kind == "assignment_late", TimerRow.due_at > clock.at)
        ).one()
    assert waiting == 3


@pytest.mark.rule("R36")
def test_the_panel_page_lists_who_could_be_and_what_hinders(wired: Wiring) -> None:
    panel = make_panel(wired, reviewers=4, routing={})
    make_reviewer(wired, panel.call, {5: 3}, languages=["fr"])
    route(wired, panel.proposal)
    with wired.open_reading() as session:
        view = find_panel(
            session, wired.rules, panel.secretariat, panel.proposal.reference, datetime(2026, 11, 24, tzinfo=UTC)
        )
    assert view is not None
    assert (len(view.live), len(view.proposed), len(view.eligible)) == (3, 3, 1)
    assert [choice.hindrances for choice in view.hindered] == [("language",)]
    assert view.is_reviewing


def together(*verbs: object) -> list[BaseException]:
    """Runs the verbs in threads that start at one moment; what they raised."""
    gate, raised = Barrier(len(verbs)), []

    def run(verb: object) -> None:
        gate.wait()
        try:
            verb()  # type: ignore[operator]
        except BaseException as error:  # noqa: BLE001 - handed to the test
            raised.append(error)

    threads = [Thread(target=run, args=(verb,)) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return raised


@pytest.mark.rule("R24", "R36")
def test_two_routings_at_once_make_no_double(committed: Wiring) -> None:
    panel = make_panel(committed, reviewers=8)
    assert together(*[lambda: route(committed, panel.proposal)] * 6) == []
    assert len(panel.assignments()) == 3
    assert events(committed, panel.proposal).count("PanelMade") == 1


@pytest.mark.rule("R24", "R37")
def test_routings_of_many_proposals_at_once_keep_every_load(committed: Wiring) -> None:
    call = make_call(committed, routing={"release": "at_once"})
    for _ in range(6):
        make_reviewer(committed, call, {5: 2}, load_max=2)
    owner = make_person(committed)
    proposals = [make_in_review(committed, call, owner) for _ in range(6)]
    assert together(*[lambda one=one: route(committed, one) for one in proposals]) == []
    with committed.open_reading() as session:
        loads = session.execute(select(Assignment.reviewer_id, func.count()).group_by(Assignment.reviewer_id)).all()
    # Twelve places in all, so that four proposals are full and the rest is said to be missing.
    assert [count for _reviewer, count in loads] == [2] * 6


def test_a_task_that_names_no_proposal_settles(wired: Wiring) -> None:
    with pytest.raises(NotFound), wired.open_work(SYSTEM) as work:
        route_proposal(work, {"proposal_id": 0})


def test_nobody_is_told_of_reviewers_in_the_outbox_rows(wired: Wiring) -> None:
    """Payloads hold ids: who reviews what stands in no name or address."""
    panel = make_panel(wired, reviewers=3)
    route(wired, panel.proposal)
    with wired.open_reading() as session:
        payloads = [str(row.payload) for row in session.scalars(select(OutboxRow))]
        profiles = session.scalars(select(func.count()).select_from(ReviewerProfile)).one()
    assert profiles == 3
    assert not [text for text in payloads if "@" in text or "Person" in text]
