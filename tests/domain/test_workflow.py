"""The standard workflow is the document's table, and may be used only as the table says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import workflows
from webapp.domain import workflow as wf
from webapp.domain.errors import Invalid, NotAllowed, NotFound, NotNow, Refusal
from webapp.domain.problems import Problem

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
STANDARD = wf.parse(workflows.load("standard-1"))

# Everything that a guard can ask is fulfilled.
READY = wf.Facts(
    now=NOW,
    problems=(),
    call_open=True,
    due_at=NOW,
    open_until=NOW,
    appealed=False,
    standing="complete",
    reviews_in=3,
    conditions_open=0,
)
EVERYBODY = frozenset({"applicant", "secretariat", "secretariat_other", "focal_points", "reviewers"})

# The table of stages: id, public name, staff name, tone, waits for, working days, when late.
STAGES = """
draft        | Draft                    | Draft             | info   | applicant    |       |
screening    | Submitted                | To screen         | info   | secretariat  | 10    | escalate
returned     | Changes asked            | Returned          | warn   | applicant    | 20    | lapse
endorsement  | Waiting for endorsement  | With focal points | warn   | focal_points | 5+20  | parts
review       | In review                | In review         | info   | reviewers    | 5+15  | close_round
deliberation | Decision being prepared  | To decide         | violet | secretariat  | 10    | escalate
conditions   | Approved with conditions | Conditions open   | ok     | applicant    |       | escalate
approved     | Approved                 | Approved          | ok     | timer        |       | publish
published    | Approved                 | Published         | ok     |              |       |
completed    | Completed                | Completed         | ok     |              |       |
declined     | Not approved             | Declined          | mute   |              |       |
ineligible   | Not eligible             | Ineligible        | mute   |              |       |
lapsed       | Expired                  | Lapsed            | mute   |              |       |
withdrawn    | Withdrawn                | Withdrawn         | mute   |              |       |
"""

# Who leads what where: every arrow of the document's picture.
ARROWS = {
    ("draft", "submit", "screening", "applicant"),
    ("screening", "pass_screening", "endorsement", "secretariat"),
    ("screening", "return_for_changes", "returned", "secretariat"),
    ("screening", "find_ineligible", "ineligible", "secretariat"),
    ("returned", "resubmit", "screening", "applicant"),
    ("returned", "lapse", "lapsed", "timer"),
    ("endorsement", "endorsement_sufficient", "review", "system"),
    ("endorsement", "endorsement_failed", "ineligible", "secretariat"),
    ("review", "close_round", "deliberation", "system timer"),
    ("review", "close_round_early", "deliberation", "secretariat"),
    ("deliberation", "reopen_round", "review", "secretariat system"),
    ("deliberation", "confirm_approve", "approved", "secretariat_other"),
    ("deliberation", "confirm_approve_with_conditions", "conditions", "secretariat_other"),
    ("deliberation", "confirm_revise", "returned", "secretariat_other"),
    ("deliberation", "confirm_decline", "declined", "secretariat_other"),
    ("conditions", "conditions_met", "approved", "system"),
    ("approved", "publish", "published", "timer"),
    ("published", "complete", "completed", "secretariat"),
    ("declined", "appeal", "deliberation", "applicant"),
    ("ineligible", "reopen", "@closed_from", "secretariat"),
    ("lapsed", "reopen", "@closed_from", "secretariat"),
    ("withdrawn", "reopen", "@closed_from", "secretariat"),
}
LIVE = ("draft", "screening", "returned", "endorsement", "review", "deliberation", "conditions")


def raw() -> dict[str, Any]:
    return workflows.load("standard-1")


def entry(table: dict[str, Any], kind: str, key: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in table[kind] if one["id"] == key)
    return found


@pytest.mark.rule("R22")
def test_the_stages_are_those_of_the_table() -> None:
    rows = [[cell.strip() for cell in row.split("|")] for row in STAGES.strip().splitlines()]
    assert [
        [
            stage.id,
            stage.public,
            stage.staff,
            stage.tone,
            " ".join(stage.waits_for),
            "+".join(str(days) for days in stage.working_days.values()),
            stage.when_late,
        ]
        for stage in STANDARD.stages
    ] == rows


@pytest.mark.rule("R22")
def test_the_moves_are_those_of_the_picture() -> None:
    expected = ARROWS | {(stage, "withdraw", "withdrawn", "applicant") for stage in LIVE}
    assert {
        (source, move.id, move.to, " ".join(move.who)) for move in STANDARD.moves for source in move.sources
    } == expected
    assert STANDARD.live == LIVE
    assert STANDARD.key == "standard-1"


@pytest.mark.rule("R22")
def test_stages_with_parts_count_them_for_staff() -> None:
    counted = {s.id: s.staff_counted for s in STANDARD.stages if s.staff_counted}
    assert counted["endorsement"].format(done=1, all=3) == "With focal points (1 of 3)"
    assert counted["review"].format(done=2, all=3) == "In review (2 of 3 in)"
    assert counted["conditions"].format(done=0, all=4) == "Conditions open (4)"


@pytest.mark.rule("R26")
def test_turning_down_asks_a_reason() -> None:
    assert {move.id for move in STANDARD.moves if move.reason_required} == {
        "return_for_changes",
        "find_ineligible",
        "endorsement_failed",
        "close_round_early",
        "confirm_revise",
        "confirm_decline",
        "reopen",
        "appeal",
    }
    move = wf.find_move(STANDARD, "screening", "return_for_changes")
    assert move is not None
    with pytest.raises(Invalid) as refused:
        wf.check_reason(move, " \n")
    assert refused.value.problems == (Problem("move", "reason", "reason_missing", {"move": "return_for_changes"}),)
    wf.check_reason(move, "The budget has no lines for Kenya.")
    withdraw = wf.find_move(STANDARD, "screening", "withdraw")
    assert withdraw is not None
    wf.check_reason(withdraw, "")


@pytest.mark.rule("R23")
def test_the_shipped_workflows_are_fit_for_use() -> None:
    for key in workflows.names():
        workflow = wf.parse(workflows.load(key))
        assert wf.problems(workflow) == ()
        assert workflow.key == key


@pytest.mark.rule("R23")
def test_every_move_needs_its_row_in_the_notices_table() -> None:
    events = {move.event for move in STANDARD.moves}
    assert wf.problems(STANDARD, events) == ()
    assert wf.problems(STANDARD, events - {"ProposalLapsed"}) == (
        "move lapse: its event ProposalLapsed has no row in the notices table",
    )


def _change(table_of: str, key: str, /, **values: Any) -> Any:
    def change(table: dict[str, Any]) -> None:
        entry(table, table_of, key).update(values)

    return change


def _drop(table_of: str, key: str, /, *names: str) -> Any:
    def change(table: dict[str, Any]) -> None:
        for name in names:
            del entry(table, table_of, key)[name]

    return change


def _remove(table_of: str, key: str, /) -> Any:
    def change(table: dict[str, Any]) -> None:
        table[table_of].remove(entry(table, table_of, key))

    return change


def _twice(table_of: str, key: str, /) -> Any:
    def change(table: dict[str, Any]) -> None:
        table[table_of].append(dict(entry(table, table_of, key)))

    return change


PLANTED = [
    (_change("moves", "return_for_changes", reason_required=False), "move return_for_changes turns something down"),
    (_change("moves", "confirm_revise", reason_required=False), "move confirm_revise turns something down"),
    (_twice("stages", "draft"), "stage draft is there 2 times"),
    (_twice("moves", "lapse"), "move lapse is there 2 times"),
    (lambda t: t["workflow"].update(starts_in="idea"), "starts in idea, which is no stage"),
    (_change("stages", "review", kind="alive"), "stage review: kind: 'alive' is not known"),
    (_change("stages", "review", tone="pink"), "stage review: tone: 'pink' is not known"),
    (_change("stages", "review", waits_for=["god"]), "waits for: 'god' is not known"),
    (_change("stages", "review", due_from="moon"), "due from: 'moon' is not known"),
    (_change("stages", "review", when_late="give_up"), "when late: 'give_up' is not known"),
    (_change("stages", "lapsed", open_for={"days": 3, "unit": "weeks"}), "'weeks' is not known"),
    (_change("moves", "submit", to="nowhere"), "move submit: to: 'nowhere' is not known"),
    (_change("moves", "submit", **{"from": ["idea"]}), "move submit: from: 'idea' is not known"),
    (_change("moves", "submit", who=["anybody"]), "move submit: who: 'anybody' is not known"),
    (_change("moves", "submit", guard="luck"), "move submit: guard: 'luck' is not known"),
    (_change("moves", "submit", starts=["party"]), "move submit: starts: 'party' is not known"),
    (_remove("moves", "publish"), "when late: 'publish' is not known"),
    (_remove("moves", "pass_screening"), "stage endorsement cannot be reached"),
    (_change("stages", "draft", public=""), "stage draft has no name for everyone who reads it"),
    (_change("stages", "screening", working_days=0), "not at least one working day"),
    (_change("stages", "completed", waits_for=["timer"]), "waits for somebody all the same"),
    (_change("stages", "review", open_for={"days": 3, "unit": "working_days"}), "is not closed"),
    (_change("moves", "complete", to="draft"), "published is final, but move complete leads out"),
    (_drop("stages", "screening", "waits_for"), "stage screening has no owner"),
    (_change("stages", "screening", waits_for=["reviewers"]), "who can do nothing in it"),
    (_drop("stages", "screening", "working_days"), "stage screening has no due time"),
    (_drop("stages", "screening", "due_from"), "stage screening has no due time"),
    (_drop("stages", "screening", "when_late"), "does not say what happens when it is late"),
    (_change("stages", "screening", when_late="parts"), "leaves lateness to its parts"),
    (_change("stages", "returned", when_late="withdraw"), "which no timer can make in it"),
    (_remove("moves", "conditions_met"), "stage conditions has no way out"),
    (_drop("moves", "reopen", "guard"), "lapsed is closed, but move reopen has no end date"),
    (_drop("stages", "lapsed", "open_for"), "does not say how long its moves can be made"),
    (
        _change("stages", "lapsed", open_for={"days": 0, "unit": "working_days"}),
        "lapsed is closed and does not say how long",
    ),
    (_change("moves", "submit", name=""), "move submit has no words for its button"),
    (_change("moves", "submit", event=""), "move submit has no event"),
    (_change("moves", "submit", **{"from": []}), "move submit begins nowhere"),
    (_change("moves", "submit", who=[]), "move submit can be made by nobody"),
    (_change("moves", "submit", to="@closed_from"), "but not only from closed stages"),
    (_drop("moves", "find_ineligible", "reason_required"), "find_ineligible turns something down"),
    (_drop("moves", "reopen", "reason_required"), "reopen turns something down or reopens it"),
    (_change("stages", "returned", when_late="escalate"), "lapse is made by a timer that no stage"),
]


@pytest.mark.rule("R23")
@pytest.mark.parametrize(("plant", "said"), PLANTED, ids=[said for _, said in PLANTED])
def test_the_check_finds_what_was_planted(plant: Any, said: str) -> None:
    table = raw()
    plant(table)
    assert any(said in problem for problem in wf.problems(wf.parse(table)))


@pytest.mark.rule("R23")
def test_what_is_just_enough_is_no_problem() -> None:
    table = raw()
    entry(table, "moves", "reopen")["from"] = [s["id"] for s in table["stages"] if s["kind"] == "closed"]
    entry(table, "stages", "lapsed")["open_for"]["days"] = 1
    entry(table, "stages", "screening")["working_days"] = 1
    assert wf.problems(wf.parse(table)) == ()


@pytest.mark.rule("R23")
def test_a_stage_that_goes_round_for_ever_is_found() -> None:
    table = raw()
    del table["moves"][:]
    go, back = dict(entry(raw(), "moves", "submit")), dict(entry(raw(), "moves", "resubmit"))
    back.update({"from": ["screening"], "to": "draft", "who": ["secretariat"], "reason_required": True})
    table["moves"] += [go, back]
    table["stages"] = [entry(table, "stages", "draft"), entry(table, "stages", "screening")]
    assert wf.problems(wf.parse(table)) == (
        "stage draft can never end",
        "stage screening can never end",
    )


@pytest.mark.rule("R22")
@pytest.mark.parametrize(
    ("plant", "said"),
    [
        (lambda t: t.update(extra=[]), "the file: not known here: extra"),
        (_change("stages", "draft", colour="red"), "stage 'draft': not known here: colour"),
        (_change("moves", "submit", sources=[]), "move 'submit': not known here: sources"),
        (_drop("stages", "draft", "tone"), "stage 'draft': .*tone"),
        (_drop("moves", "submit", "to"), "move 'submit': .*to"),
        (_change("moves", "submit", name=5), "move 'submit': not a text: name"),
    ],
)
def test_a_table_of_another_shape_is_not_read(plant: Any, said: str) -> None:
    table = raw()
    plant(table)
    with pytest.raises(ValueError, match=said):
        wf.parse(table)


@pytest.mark.rule("R22")
def test_only_workflows_that_are_shipped_can_be_loaded() -> None:
    for key in ("../settings", "standard-9", ""):
        with pytest.raises(LookupError, match="standard-1"):
            workflows.load(key)


@pytest.mark.rule("R22")
def test_the_code_knows_no_stage_by_name() -> None:
    """With other names for all stages everything works as before."""
    names = {stage.id: f"stage_{number}" for number, stage in enumerate(STANDARD.stages)}
    table = raw()
    table["workflow"]["starts_in"] = names[table["workflow"]["starts_in"]]
    for stage in table["stages"]:
        stage["id"] = names[stage["id"]]
    for move in table["moves"]:
        move["from"] = [names.get(source, source) for source in move["from"]]
        move["to"] = names.get(move["to"], move["to"])
    other = wf.parse(table)
    assert wf.problems(other) == ()
    for stage in STANDARD.stages:
        for move in wf.moves_from(STANDARD, stage.id):
            made = wf.may_move(other, names[stage.id], move.id, set(move.who), _ready_for(move))
            led = wf.target(other, made, names["review"])
            assert led == names[wf.target(STANDARD, move, "review")]
    drawn = wf.draw_svg(other)
    for old, new in names.items():
        drawn = drawn.replace(f'data-stage="{new}"', f'data-stage="{old}"')
    assert drawn == wf.draw_svg(STANDARD)


def _ready_for(move: wf.Move) -> wf.Facts:
    if move.guard == "endorsement_blocked":
        return replace(READY, standing="blocked")
    if move.guard == "quorum_lost":
        return replace(READY, quorum_lost=True)
    return replace(READY, drafted=move.guard.removeprefix("drafted_"))


@pytest.mark.rule("R22")
def test_review_and_endorsement_can_run_side_by_side_in_another_table() -> None:
    table = raw()
    table["stages"].remove(entry(table, "stages", "endorsement"))
    both = entry(table, "stages", "review")
    both["waits_for"] = ["focal_points", "reviewers"]
    for key in ("endorsement_sufficient", "endorsement_failed", "close_round_early"):
        table["moves"].remove(entry(table, "moves", key))
    entry(table, "moves", "pass_screening").update(to="review", starts=["endorsement_requests", "review_routing"])
    entry(table, "moves", "close_round")["guard"] = "quorum_met_and_partners_answered"
    workflow = wf.parse(table)
    assert wf.problems(workflow) == ()
    ask = lambda facts: wf.may_move(workflow, "review", "close_round", {"system"}, facts)  # noqa: E731
    assert ask(READY).to == "deliberation"
    with pytest.raises(NotNow, match="endorsement_waiting"):
        ask(replace(READY, standing="waiting"))
    with pytest.raises(NotNow, match="quorum_not_met"):
        ask(replace(READY, reviews_in=2))


@pytest.mark.rule("R25")
def test_a_refused_move_says_why() -> None:
    ask = lambda stage, move, who, facts=READY: wf.may_move(STANDARD, stage, move, who, facts)  # noqa: E731
    with pytest.raises(NotFound) as unknown:
        ask("draft", "teleport", {"applicant"})
    assert unknown.value.code == "move_unknown"
    with pytest.raises(NotAllowed) as not_yours:
        ask("draft", "submit", {"reviewers"})
    assert not_yours.value.code == "move_not_yours"
    with pytest.raises(NotNow) as elsewhere:
        ask("review", "submit", {"applicant"})
    assert elsewhere.value.code == "move_not_in_stage"
    assert dict(elsewhere.value.params) == {"move": "submit", "stage": "review"}


@pytest.mark.rule("R46")
def test_a_decision_is_confirmed_by_another_than_its_drafter() -> None:
    facts = replace(READY, drafted="approved")
    with pytest.raises(NotAllowed) as refused:
        wf.may_move(STANDARD, "deliberation", "confirm_approve", {"secretariat"}, facts)
    assert refused.value.code == "needs_another_person"
    other = {"secretariat", "secretariat_other"}
    move = wf.may_move(STANDARD, "deliberation", "confirm_approve", other, facts)
    assert move.to == "approved"
    with pytest.raises(NotNow, match="decision_drafted_differently"):
        wf.may_move(STANDARD, "deliberation", "confirm_decline", other, facts)
    with pytest.raises(NotNow, match="decision_not_drafted"):
        wf.may_move(STANDARD, "deliberation", "confirm_decline", other, READY)


@pytest.mark.rule("R9")
def test_submitting_lists_every_problem() -> None:
    found = (Problem("basics", "title", "missing"), Problem("budget", "lines", "missing"))
    facts = replace(READY, problems=found)
    for stage, move in (("draft", "submit"), ("returned", "resubmit")):
        with pytest.raises(Invalid) as refused:
            wf.may_move(STANDARD, stage, move, {"applicant"}, facts)
        assert refused.value.problems == found


@pytest.mark.rule("R12")
def test_a_closed_call_takes_no_new_proposal_but_lets_a_returned_one_finish() -> None:
    facts = replace(READY, call_open=False)
    with pytest.raises(NotNow, match="call_closed"):
        wf.may_move(STANDARD, "draft", "submit", {"applicant"}, facts)
    assert wf.may_move(STANDARD, "returned", "resubmit", {"applicant"}, facts).to == "screening"


GUARDED = [
    ("R33", "endorsement_sufficient", {"standing": "waiting"}, "endorsement_waiting"),
    ("R33", "endorsement_sufficient", {"standing": "blocked"}, "endorsement_blocked"),
    ("R33", "endorsement_sufficient", {"standing": "able"}, None),
    ("R33", "endorsement_sufficient", {"standing": "complete"}, None),
    ("R33", "endorsement_blocked", {"standing": "blocked"}, None),
    ("R33", "endorsement_blocked", {"standing": "waiting"}, "endorsement_not_blocked"),
    ("R44", "round_over", {}, None),
    ("R44", "round_over", {"reviews_in": 2}, "quorum_not_met"),
    ("R44", "round_over", {"reviews_awaited": 1}, None),
    ("R44", "round_over", {"reviews_awaited": 1, "due_at": None}, "reviews_awaited"),
    (
        "R44",
        "round_over",
        {"reviews_awaited": 1, "due_at": NOW + timedelta(1)},
        "reviews_awaited",
    ),
    ("R44", "quorum_met", {"reviews_in": 2, "quorum": 2}, None),
    ("R44", "quorum_met", {"reviews_in": 1, "quorum": 2}, "quorum_not_met"),
    ("R48", "no_condition_open", {}, None),
    ("R48", "no_condition_open", {"conditions_open": 1}, "conditions_open"),
    ("R49", "time_over", {}, None),
    ("R49", "time_over", {"due_at": NOW + timedelta(seconds=1)}, "not_due_yet"),
    ("R28", "within_open_time", {}, None),
    ("R28", "within_open_time", {"open_until": NOW - timedelta(seconds=1)}, "open_time_over"),
    ("R29", "first_appeal_in_time", {}, None),
    ("R29", "first_appeal_in_time", {"appealed": True}, "appealed_before"),
    ("R29", "first_appeal_in_time", {"open_until": None}, "open_time_over"),
]


@pytest.mark.rule("R22")
@pytest.mark.parametrize(("rule", "guard", "facts", "code"), GUARDED)
def test_guards(rule: str, guard: str, facts: dict[str, Any], code: str | None) -> None:
    refusal = wf.GUARDS[guard](replace(READY, **facts))
    assert (refusal.code if refusal else None) == code, rule


@pytest.mark.rule("R22")
def test_a_guard_of_which_nothing_is_known_refuses() -> None:
    for name, guard in wf.GUARDS.items():
        assert isinstance(guard(wf.Facts(now=NOW)), Refusal), name


@pytest.mark.rule("R28")
def test_reopening_leads_back_to_where_it_was_closed() -> None:
    for closed in ("ineligible", "lapsed", "withdrawn"):
        move = wf.may_move(STANDARD, closed, "reopen", {"secretariat"}, READY)
        for stage in LIVE:
            assert wf.target(STANDARD, move, stage) == stage
        for nowhere in (None, "published", "withdrawn", "unheard_of"):
            with pytest.raises(NotNow, match="nothing_to_reopen_to"):
                wf.target(STANDARD, move, nowhere)


@pytest.mark.rule("R29")
def test_an_appeal_is_decided_again() -> None:
    move = wf.may_move(STANDARD, "declined", "appeal", {"applicant"}, READY)
    assert wf.target(STANDARD, move) == "deliberation"
    assert wf.find_stage(STANDARD, "declined").open_for == wf.OpenFor(20, "working_days")


def test_offers_are_the_buttons_of_a_page() -> None:
    offers = wf.offers(STANDARD, "deliberation", {"secretariat", "secretariat_other"}, READY)
    assert [offer.move.id for offer in offers] == [
        "reopen_round",
        "confirm_approve",
        "confirm_approve_with_conditions",
        "confirm_revise",
        "confirm_decline",
    ]
    assert {offer.refusal.code for offer in offers if offer.refusal} == {"quorum_in", "decision_not_drafted"}
    mine = wf.offers(STANDARD, "deliberation", {"applicant"}, READY)
    assert [(offer.move.id, offer.refusal) for offer in mine] == [("withdraw", None)]
    assert wf.offers(STANDARD, "published", {"applicant"}, READY) == ()


def test_a_stage_nobody_knows_is_not_found() -> None:
    with pytest.raises(NotFound, match="stage_unknown"):
        wf.find_stage(STANDARD, "limbo")
    assert wf.find_move(STANDARD, "draft", "publish") is None


facts_of_any_kind = st.builds(
    wf.Facts,
    now=st.just(NOW),
    problems=st.sampled_from([None, (), (Problem("basics", "title", "missing"),)]),
    call_open=st.booleans(),
    due_at=st.sampled_from([None, NOW, NOW + timedelta(1)]),
    open_until=st.sampled_from([None, NOW, NOW - timedelta(1)]),
    appealed=st.booleans(),
    standing=st.sampled_from(["waiting", "able", "complete", "blocked"]),
    reviews_in=st.integers(0, 4),
    reviews_awaited=st.integers(0, 2),
    drafted=st.sampled_from(["", "approved", "approved_with_conditions", "revise", "declined"]),
    conditions_open=st.sampled_from([None, 0, 2]),
)
steps = st.lists(
    st.tuples(
        st.sampled_from([move.id for move in STANDARD.moves]),
        st.frozensets(st.sampled_from(sorted(EVERYBODY | {"timer", "system"})), min_size=1),
        facts_of_any_kind,
    ),
    max_size=40,
)


@pytest.mark.rule("R22")
@given(steps)
def test_whatever_is_tried_only_the_tables_moves_are_made(
    steps: list[tuple[str, frozenset[str], wf.Facts]],
) -> None:
    stage, closed_from = STANDARD.starts_in, None
    for move_id, who, facts in steps:
        try:
            move = wf.may_move(STANDARD, stage, move_id, who, facts)
        except Refusal:
            continue
        led = wf.target(STANDARD, move, closed_from)
        assert stage in move.sources
        assert who & set(move.who)
        assert led in ({move.to} if move.to != "@closed_from" else {closed_from})
        was = wf.find_stage(STANDARD, stage)
        assert was.kind != "final" or wf.find_stage(STANDARD, led).kind == "final"
        if was.is_closed:
            assert facts.open_until is not None
            assert facts.open_until >= facts.now
        closed_from, stage = stage, led
