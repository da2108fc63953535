"""The endorsement table row by row: each does what the document says, and refuses what it does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.domain.endorsing import (
    ACKNOWLEDGED,
    AMINA,
    AROUND,
    CONTENT_HASH,
    DEPUTY,
    MEMBER,
    MONDAY,
    NAIROBI,
    OTHER,
    PATHS,
    RULE,
    SECOND,
    SECRETARY,
    STRANGER,
    case_in,
    do,
    new_case,
    rule_for,
    shown,
)
from webapp.domain import endorsements as en
from webapp.domain.endorsements.clock import add_months
from webapp.domain.errors import Invalid, NotAllowed, NotFound, NotNow, Stale

# The document's table: row, from, event, who (S F D P T X as there), to.
DOCUMENT = """
1  | unopened                                           | open                    | S T | to_request
1  | unopened                                           | not_asked               | S T | not_needed
2  | to_request                                         | send                    | T   | requested
3  | requested                                          | delivered               | X   | delivered
3  | requested                                          | bounced                 | X   | undeliverable
4  | undeliverable                                      | signatory_confirmed     | S   | requested
5  | delivered                                          | acknowledge             | F D | acknowledged
6  | acknowledged                                       | consult                 | F D | in_consultation
7  | ANSWERING                                          | ask                     | F D | waiting_applicant
8  | waiting_applicant                                  | answered                | P   | @back
8  | waiting_applicant adjustment_requested             | answer_late             | T   | @back
9  | ANSWERING                                          | request_adjustments     | F D | adjustment_requested
10 | adjustment_requested                               | new_version             | P   | acknowledged
11 | ANSWERING                                          | endorse                 | F D | endorsed
11 | ANSWERING                                          | endorse_with_conditions | F D | endorsed_with_conditions
11 | ANSWERING                                          | no_objection            | F D | no_objection
12 | ANSWERING                                          | stand_aside             | F D | stands_aside
13 | ANSWERING                                          | object                  | F D | objected
13 | objected                                           | another_answer          | F D | acknowledged
14 | ANSWERING                                          | notice                  | T   | @same
15 | ANSWERING                                          | extend                  | F D | @same
16 | ANSWERING                                          | end                     | T   | lapsed
17 | ANSWERING                                          | end                     | T   | no_objection_tacit
18 | no_objection_tacit                                 | break_silence           | F D | acknowledged
18 | no_objection_tacit                                 | object                  | F D | objected
19 | delivered                                          | not_acknowledged        | T   | @same
19 | delivered                                          | not_acknowledged        | T   | lapsed
20 | OUTCOMES                                           | material_change         | T   | revalidation_needed
21 | POSITIVE                                           | withdraw                | F D | withdrawal_notified
21 | withdrawal_notified                                | withdrawal_effective    | T   | withdrawn
22 | POSITIVE                                           | validity_over           | T   | expired
23 | stands_aside lapsed not_needed                     | accede                  | F D | acceded_late
24 | STATES                                             | signatory_replaced      | S T | @same
25 | delivered                                          | bounced                 | X   | undeliverable
25 | ANSWERING waiting_applicant adjustment_requested   | bounced                 | X   | @same
26 | undeliverable                                      | nobody_found            | T   | lapsed
27 | lapsed                                             | reopen                  | S   | requested
28 | revalidation_needed                                | same_answer             | F D | @outcome
28 | revalidation_needed                                | another_answer          | F D | acknowledged
28 | revalidation_needed                                | revalidation_over       | T   | lapsed
29 | expired                                            | confirm                 | F D | @outcome
"""
LETTERS = {
    "S": "secretariat",
    "F": "focal_point",
    "D": "deputy",
    "P": "applicant",
    "T": "timer",
    "X": "mail",
}
GROUPS = {"ANSWERING": en.ANSWERING, "OUTCOMES": en.OUTCOMES, "POSITIVE": en.POSITIVE, "STATES": en.STATES}


def hour(day: int, at: int, month: int = 11) -> datetime:
    """An hour in Nairobi, in November 2026."""
    return datetime(2026, month, day, at - 3, tzinfo=UTC)


@pytest.mark.rule("R30", "R31")
def test_the_table_is_the_documents() -> None:
    rows = [[cell.strip() for cell in row.split("|")] for row in DOCUMENT.strip().splitlines()]
    assert [(row.number, set(row.sources), row.event, set(row.who), row.to) for row in en.TABLE] == [
        (
            int(number),
            {state for name in sources.split() for state in GROUPS.get(name, (name,))},
            event,
            {LETTERS[letter] for letter in who.split()},
            to,
        )
        for number, sources, event, who, to in rows
    ]
    assert {row.number for row in en.TABLE} == set(range(1, 30))


@pytest.mark.parametrize("state", [*en.STATES, "unopened"])
def test_every_state_can_be_reached_by_the_tables_own_steps(state: str) -> None:
    case_in(state)


def test_row_1_pins_the_path_and_the_version_and_chooses_who_signs() -> None:
    case, effects = do(new_case(), "open", "secretariat", MONDAY, version=7, version_hash=CONTENT_HASH)
    assert (case.state, case.since, case.rule_version, case.version, case.version_hash, case.signatory) == (
        "to_request",
        MONDAY,
        3,
        7,
        CONTENT_HASH,
        AMINA,
    )
    assert shown(effects) == ["record EndorsementOpened"]
    assert [timer.kind for timer in en.timers_of(case, RULE, NAIROBI)] == ["endorsement_send"]
    with pytest.raises(NotNow, match="partner_takes_no_part"):
        do(new_case(takes_part=False), "open", "secretariat", MONDAY)
    with pytest.raises(NotNow, match="endorsement_not_in_state"):
        do(case, "open", "secretariat", MONDAY)


@pytest.mark.rule("R34")
@pytest.mark.parametrize(
    ("office", "signatory"),
    [
        (en.Office(AMINA, deputy=DEPUTY), AMINA),
        (en.Office(AMINA, away=True, deputy=DEPUTY, others=(OTHER,)), DEPUTY),
        (en.Office(AMINA, away=True, others=(OTHER,)), OTHER),
        (en.Office(AMINA, away=True), AMINA),
        (en.Office(MEMBER, others=(OTHER,)), OTHER),
        (en.Office(AMINA, deputy=DEPUTY, unreachable=frozenset({AMINA})), DEPUTY),
        (en.Office(others=(MEMBER,)), None),
        (en.Office(), None),
    ],
)
def test_row_1_asks_the_first_who_can_sign_and_raises_a_vacancy_else(office: en.Office, signatory: int | None) -> None:
    case, effects = do(new_case(around=replace(AROUND, office=office)), "open", "timer", MONDAY, version=7)
    assert case.signatory == signatory
    assert ("open_vacancy no_focal_point" in shown(effects)) == (signatory is None)
    if signatory is None:
        assert en.timers_of(case, RULE, NAIROBI) == ()
        with pytest.raises(NotNow, match="no_signatory"):
            do(case, "send", "timer", MONDAY)


def test_row_2_sends_one_numbered_letter_to_the_signatory() -> None:
    case, now = case_in("to_request")
    sent, effects = do(case, "send", "timer", now)
    assert (sent.state, sent.letter) == ("requested", 1)
    assert effects[1] == en.Effect("send_letter", {"to": AMINA, "number": 1, "version": 7})
    with pytest.raises(NotNow, match="endorsement_not_in_state"):
        do(sent, "send", "timer", now)


def test_row_2_asks_another_when_the_signatory_joined_the_proposal() -> None:
    case, now = case_in("to_request")
    around = replace(case.around, members=frozenset({AMINA}))
    sent, effects = do(replace(case, around=around), "send", "timer", now)
    assert (sent.signatory, effects[1].params["to"]) == (DEPUTY, DEPUTY)


def test_row_3_delivered_starts_the_wait_for_the_acknowledgement_alone() -> None:
    case, _ = case_in("requested")
    delivered, effects = do(case, "delivered", "mail", MONDAY, letter=1)
    assert (delivered.state, delivered.asked_at, delivered.clock_started_at) == ("delivered", MONDAY, None)
    assert shown(effects) == ["record EndorsementDelivered"]
    timers = en.timers_of(delivered, RULE, NAIROBI)
    assert [(timer.kind, timer.due_at) for timer in timers] == [("endorsement_not_acknowledged", hour(9, 17))]


@pytest.mark.parametrize(
    ("office", "told"),
    [
        (en.Office(AMINA, deputy=DEPUTY, has_address=True), ["tell deputy"]),
        (en.Office(AMINA, deputy=DEPUTY, unreachable=frozenset({DEPUTY}), has_address=True), ["tell office"]),
        (en.Office(AMINA, has_address=True), ["tell office"]),
        (en.Office(AMINA), []),
    ],
)
def test_row_3_bounced_tells_the_deputy_else_the_office_and_opens_a_vacancy(office: en.Office, told: list[str]) -> None:
    case, now = case_in("requested")
    bounced, effects = do(replace(case, around=replace(AROUND, office=office)), "bounced", "mail", now, letter=1)
    assert (bounced.state, bounced.clock_started_at) == ("undeliverable", None)
    assert shown(effects) == ["record EndorsementUndeliverable", *told, "open_vacancy bounced"]


def test_rows_3_and_25_ignore_what_became_of_an_older_letter() -> None:
    for state in ("requested", "delivered"):
        case, now = case_in(state)
        with pytest.raises(NotNow, match="letter_superseded"):
            do(case, "bounced", "mail", now, letter=0)


def test_row_4_needs_a_designation_and_four_eyes() -> None:
    case, now = case_in("undeliverable")
    confirm: dict[str, Any] = {
        "by": SECRETARY,
        "second": SECOND,
        "signatory": OTHER,
        "designation": "note-verbale-12",
    }
    confirmed, effects = do(case, "signatory_confirmed", "secretariat", now, **confirm)
    assert (confirmed.state, confirmed.signatory, confirmed.letter) == ("requested", OTHER, 2)
    assert shown(effects)[1:] == ["close_vacancy", f"send_letter {OTHER}"]
    refused = [
        ({"second": SECRETARY}, NotAllowed, "needs_another_person"),
        ({"second": None}, NotAllowed, "needs_another_person"),
        ({"designation": ""}, Invalid, "has_problems"),
        ({"signatory": None}, Invalid, "has_problems"),
        ({"signatory": MEMBER}, NotNow, "signatory_takes_part"),
    ]
    for changed, kind, code in refused:
        with pytest.raises(kind, match=code):
            do(case, "signatory_confirmed", "secretariat", now, **{**confirm, **changed})


@pytest.mark.rule("R30")
def test_row_5_starts_the_clock() -> None:
    case, _ = case_in("delivered")
    acknowledged, effects = do(case, "acknowledge", "focal_point", hour(3, 10), by=AMINA)
    assert (acknowledged.state, acknowledged.clock_started_at) == ("acknowledged", hour(3, 10))
    assert en.due_at(acknowledged, RULE, NAIROBI) == hour(1, 17, month=12)
    assert shown(effects) == ["record EndorsementAcknowledged"]
    assert [(timer.days, timer.due_at) for timer in en.timers_of(acknowledged, RULE, NAIROBI)] == [
        (-10, hour(17, 9)),
        (-3, hour(26, 9)),
        (0, hour(1, 9, month=12)),
        (1, hour(2, 9, month=12)),
        (0, hour(2, 17, month=12)),
    ]


@pytest.mark.rule("R34")
def test_row_5_any_action_of_the_focal_point_acknowledges_and_who_acted_for_whom_is_recorded() -> None:
    case, now = case_in("delivered")
    endorsed, effects = do(case, "endorse", "deputy", now, by=DEPUTY, version=7)
    assert (endorsed.state, endorsed.acknowledged_at, endorsed.outcome_by) == ("endorsed", now, DEPUTY)
    assert shown(effects) == [
        "record EndorsementAcknowledged",
        "record PartnerEndorsed",
        "issue_word endorsed",
    ]
    assert (effects[1].params["by"], effects[1].params["acting_for"]) == (DEPUTY, AMINA)


def test_only_the_partners_own_people_speak_and_none_who_takes_part() -> None:
    for state, rows in (("delivered", ["acknowledge"]), ("acknowledged", ["endorse", "object", "stand_aside", "ask"])):
        case, now = case_in(state)
        for event in rows:
            with pytest.raises(NotAllowed, match="signatory_takes_part"):
                do(case, event, "focal_point", now, by=MEMBER, version=7, reason="x", fields={"a": "b"})
            with pytest.raises(NotAllowed, match="endorsement_not_yours"):
                do(case, event, "focal_point", now, by=STRANGER, version=7, reason="x", fields={"a": "b"})
            with pytest.raises(NotAllowed, match="endorsement_not_yours"):
                do(case, event, "secretariat", now, by=AMINA, version=7, reason="x", fields={"a": "b"})


@pytest.mark.rule("R32")
def test_row_6_asks_ministries_and_the_clock_goes_on() -> None:
    case, now = case_in("acknowledged")
    asked = {"ICT": "Are the data safe?", "Justice": ""}
    consulting, effects = do(case, "consult", "focal_point", now, by=AMINA, fields=asked)
    assert consulting.state == "in_consultation"
    assert shown(effects) == ["record EndorsementConsultationStarted"]
    assert en.due_at(consulting, RULE, NAIROBI) == en.due_at(case, RULE, NAIROBI)
    with pytest.raises(Invalid):
        do(case, "consult", "focal_point", now, by=AMINA)


@pytest.mark.rule("R32")
def test_a_path_says_which_ministries_are_asked_on_which_articles() -> None:
    everything = en.Ministry("Foreign affairs", "desk@mfa.example")
    data, trade = en.Ministry("ICT", "ict@x.example", (16, 17)), en.Ministry("Trade", "trade@x.example", (9,))
    rule = replace(RULE, ministries=(everything, data, trade))
    assert en.ministries_for(rule, (5, 16)) == (everything, data)
    assert en.ministries_for(rule, (5,)) == (everything,)


@pytest.mark.rule("R33")
def test_row_13_an_objection_that_is_mediated_can_come_to_another_word() -> None:
    case, now = case_in("objected")
    with pytest.raises(NotNow, match="objection_not_mediated"):
        do(case, "another_answer", "focal_point", now, by=AMINA)
    mediated = replace(case, around=replace(case.around, mediates=True))
    anew, effects = do(mediated, "another_answer", "focal_point", now, by=AMINA)
    assert (anew.state, anew.outcome, anew.clock_started_at) == ("acknowledged", "", now)
    assert shown(effects) == ["record PartnerObjectionReconsidered"]
    # Silence afterwards is no consent, whatever the partner declared.
    silent = replace(RULE, silence_is_consent=True)
    over, _ = do(anew, "end", "timer", now + timedelta(days=60), silent)
    assert over.state == "lapsed"


@pytest.mark.rule("R30")
def test_rows_7_and_8_stop_the_clock_while_the_applicant_owes_an_answer() -> None:
    case, now = case_in("in_consultation")
    due = en.due_at(case, RULE, NAIROBI)
    assert due == hour(1, 17, month=12)
    asked, _ = do(case, "ask", "focal_point", hour(10, 10), by=AMINA, fields={"budget.lines": "Who pays?"})
    assert (asked.state, asked.back_to, asked.fields) == ("waiting_applicant", "in_consultation", ("budget.lines",))
    assert [timer.kind for timer in en.timers_of(asked, RULE, NAIROBI)] == ["endorsement_answer_late"]
    back, effects = do(asked, "answered", "applicant", hour(17, 10), by=MEMBER)
    assert (back.state, shown(effects)) == ("in_consultation", ["record EndorsementQuestionAnswered"])
    assert en.due_at(back, RULE, NAIROBI) == hour(8, 17, month=12)  # five working days later
    with pytest.raises(Invalid):
        do(case, "ask", "focal_point", now, by=AMINA, fields={})
    with pytest.raises(Invalid):
        do(case, "ask", "focal_point", now, by=AMINA, fields={"plan": " "})


@pytest.mark.rule("R85")
@pytest.mark.parametrize("state", ["waiting_applicant", "adjustment_requested"])
def test_row_8_goes_on_where_no_answer_comes(state: str) -> None:
    case, now = case_in(state)
    with pytest.raises(NotNow, match="not_due_yet"):
        do(case, "answer_late", "timer", now)
    back, effects = do(case, "answer_late", "timer", hour(18, 10))
    assert (back.state, back.fields, shown(effects)) == ("acknowledged", (), ["record EndorsementAnswerLate"])
    assert en.due_at(back, RULE, NAIROBI) is not None


@pytest.mark.rule("R68")
def test_rows_9_and_10_ask_for_changes_of_named_fields() -> None:
    case, now = case_in("adjustment_requested")
    assert case.fields == ("basics.title", "plan")
    made: dict[str, Any] = {"version": 8, "version_hash": "8" * 64}
    with pytest.raises(Invalid) as refused:
        do(case, "new_version", "applicant", now, **made, changed=("basics.title",))
    assert [problem.field for problem in refused.value.problems] == ["plan"]
    with pytest.raises(NotNow, match="no_new_version"):
        do(case, "new_version", "applicant", now, version=7, changed=case.fields)
    after, _ = do(
        case, "new_version", "applicant", now, **made, changed=("basics.title",), fields={"plan": "It cannot."}
    )
    assert (after.state, after.version, after.version_hash) == ("acknowledged", 8, "8" * 64)
    with pytest.raises(Stale):
        do(after, "endorse", "focal_point", now, by=AMINA, version=7)
    with pytest.raises(Invalid):
        do(case_in("acknowledged")[0], "request_adjustments", "focal_point", now, by=AMINA, fields={"plan": ""})


WORDS = [
    ("endorse", "endorsed", "PartnerEndorsed", ""),
    ("endorse_with_conditions", "endorsed_with_conditions", "PartnerEndorsedWithConditions", "Data stay."),
    ("no_objection", "no_objection", "PartnerSaidNoObjection", ""),
]


@pytest.mark.rule("R31")
@pytest.mark.parametrize("state", en.ANSWERING)
@pytest.mark.parametrize(("event", "outcome", "recorded", "text"), WORDS)
def test_row_11_gives_the_partners_word_on_the_version_shown(
    state: str, event: str, outcome: str, recorded: str, text: str
) -> None:
    case, now = case_in(state)
    spoken, effects = do(case, event, "focal_point", now, by=AMINA, version=7, reason=text)
    assert (spoken.state, spoken.outcome, spoken.outcome_version, spoken.outcome_at) == (outcome, outcome, 7, now)
    assert spoken.valid_until == now.replace(year=2028, month=5)
    assert shown(effects) == [f"record {recorded}", f"issue_word {outcome}"]
    assert effects[1].params == {"outcome": outcome, "version": 7, "text": text}
    assert [timer.kind for timer in en.timers_of(spoken, RULE, NAIROBI)] == ["endorsement_validity_over"]
    with pytest.raises(Stale, match="endorsement_version_changed"):
        do(case, event, "focal_point", now, by=AMINA, version=6, reason=text)


def test_row_11_conditions_are_named() -> None:
    case, now = case_in("acknowledged")
    with pytest.raises(Invalid) as refused:
        do(case, "endorse_with_conditions", "focal_point", now, by=AMINA, version=7, reason=" ")
    assert refused.value.problems[0].code == "conditions_missing"


@pytest.mark.rule("R32")
def test_row_11_waits_for_a_second_signature_where_the_path_says() -> None:
    rule = replace(RULE, signatures_needed=2)
    case, now = case_in("acknowledged")
    first, effects = do(case, "endorse", "focal_point", now, rule, by=AMINA, version=7)
    assert (first.state, shown(effects)) == ("acknowledged", ["record EndorsementSigned"])
    with pytest.raises(NotNow, match="signed_before"):
        do(first, "endorse", "focal_point", now, rule, by=AMINA, version=7)
    other_word, _ = do(first, "no_objection", "deputy", now, rule, by=DEPUTY, version=7)
    assert other_word.signatures == (en.Signature(DEPUTY, "no_objection"),)
    second, effects = do(first, "endorse", "deputy", now, rule, by=DEPUTY, version=7)
    assert (second.state, shown(effects)) == ("endorsed", ["record PartnerEndorsed", "issue_word endorsed"])
    assert [signed.by for signed in second.signatures] == [AMINA, DEPUTY]
    newer = en.follow_version(first, 8, "8" * 64)
    assert (newer.version, newer.signatures) == (8, ())


@pytest.mark.rule("R31")
@pytest.mark.parametrize("state", en.ANSWERING)
def test_row_12_stands_aside(state: str) -> None:
    case, now = case_in(state)
    aside, effects = do(case, "stand_aside", "focal_point", now, by=AMINA, version=7)
    assert (aside.state, aside.valid_until) == ("stands_aside", None)
    assert shown(effects) == ["record PartnerStoodAside", "issue_word stands_aside"]


@pytest.mark.rule("R26")
@pytest.mark.parametrize("state", en.ANSWERING)
def test_row_13_objects_with_a_reason(state: str) -> None:
    case, now = case_in(state)
    objected, effects = do(case, "object", "focal_point", now, by=AMINA, version=7, reason="Not in our plan.")
    assert (objected.state, objected.outcome_text) == ("objected", "Not in our plan.")
    assert effects[0].params["reason"] == "Not in our plan."
    with pytest.raises(Invalid) as refused:
        do(case, "object", "focal_point", now, by=AMINA, version=7)
    assert refused.value.problems[0].code == "reason_missing"


@pytest.mark.rule("R52")
@pytest.mark.parametrize(
    ("days", "at", "told"),
    [
        (-10, hour(17, 9), ["signatory"]),
        (-3, hour(26, 9), ["signatory"]),
        (0, hour(1, 9, month=12), ["signatory", "deputy", "focal_points"]),
        (1, hour(2, 9, month=12), ["signatory", "deputy", "focal_points", "secretariat"]),
    ],
)
def test_row_14_notices_reach_more_people_as_time_runs_out(days: int, at: datetime, told: list[str]) -> None:
    case, _ = case_in("acknowledged")
    noticed, effects = do(case, "notice", "timer", at, days=days)
    assert noticed.state == "acknowledged"
    assert shown(effects) == ["record EndorsementNoticeSent", *(f"tell {who}" for who in told)]
    with pytest.raises(NotNow, match="notice_not_due"):
        do(noticed, "notice", "timer", at, days=days)
    with pytest.raises(NotNow, match="not_due_yet"):
        do(case, "notice", "timer", at - timedelta(seconds=1), days=days)
    with pytest.raises(NotNow, match="notice_not_due"):
        do(case, "notice", "timer", at, days=-5)


def test_row_14_no_notice_while_the_applicant_owes_an_answer_or_after_the_word() -> None:
    for state in ("waiting_applicant", "adjustment_requested", "endorsed", "lapsed"):
        case, _ = case_in(state)
        with pytest.raises(NotNow, match="endorsement_not_in_state"):
            do(case, "notice", "timer", hour(20, 9, month=12), days=0)


@pytest.mark.rule("R31")
def test_row_15_extends_once_and_before_it_is_due() -> None:
    case, now = case_in("acknowledged")
    noticed, _ = do(case, "notice", "timer", hour(17, 9), days=-10)
    longer, _ = do(noticed, "extend", "focal_point", hour(18, 9), by=AMINA)
    assert en.due_at(longer, RULE, NAIROBI) == hour(15, 17, month=12)
    assert [timer.days for timer in en.timers_of(longer, RULE, NAIROBI)] == [-10, -3, 0, 1, 0]
    with pytest.raises(NotNow, match="extended_before"):
        do(longer, "extend", "focal_point", now, by=AMINA)
    with pytest.raises(NotNow, match="due_time_over"):
        do(case, "extend", "focal_point", hour(1, 17, month=12), by=AMINA)


@pytest.mark.rule("R33")
@pytest.mark.parametrize("state", en.ANSWERING)
def test_row_16_silence_lapses_at_the_end_of_the_next_working_day(state: str) -> None:
    case, _ = case_in(state)
    over = hour(2, 17, month=12)
    with pytest.raises(NotNow, match="not_due_yet"):
        do(case, "end", "timer", over - timedelta(seconds=1))
    lapsed, effects = do(case, "end", "timer", over)
    assert (lapsed.state, shown(effects)) == ("lapsed", ["record EndorsementLapsed"])
    assert en.timers_of(lapsed, RULE, NAIROBI) == ()


@pytest.mark.rule("R32")
@pytest.mark.parametrize(
    ("consents", "delivered", "broken", "state"),
    [
        (True, 2, False, "no_objection_tacit"),
        (True, 4, False, "no_objection_tacit"),
        (True, 1, False, "lapsed"),
        (True, 2, True, "lapsed"),
        (False, 4, False, "lapsed"),
    ],
)
def test_row_17_silence_is_consent_only_if_declared_acknowledged_and_noticed(
    consents: bool, delivered: int, broken: bool, state: str
) -> None:
    rule = replace(RULE, silence_is_consent=consents)
    case, _ = case_in("acknowledged")
    around = replace(case.around, notices_delivered=delivered)
    case = replace(case, around=around, silence_broken=broken)
    ended, effects = do(case, "end", "timer", hour(2, 17, month=12), rule)
    assert ended.state == state
    if state == "no_objection_tacit":
        assert shown(effects) == ["record PartnerSilenceTaken", "issue_word no_objection_tacit"]
        assert ended.cooling_off_ends_at == hour(9, 17, month=12)
        assert [timer.kind for timer in en.timers_of(ended, rule, NAIROBI)] == [
            "endorsement_cooling_off_over",
            "endorsement_validity_over",
        ]


@pytest.mark.rule("R32")
def test_row_18_silence_can_be_broken_in_the_cooling_off_time() -> None:
    rule = rule_for("no_objection_tacit")
    case, _ = case_in("no_objection_tacit")
    ends = case.cooling_off_ends_at
    assert ends is not None
    before = ends - timedelta(seconds=1)
    broken, _ = do(case, "break_silence", "focal_point", before, rule, by=AMINA)
    assert (broken.state, broken.outcome, broken.clock_started_at) == ("acknowledged", "", before)
    silent_again, _ = do(broken, "end", "timer", before + timedelta(days=60), rule)
    assert silent_again.state == "lapsed"
    objected, _ = do(case, "object", "focal_point", before, rule, by=AMINA, version=7, reason="No.")
    assert objected.state == "objected"
    for event in ("break_silence", "object"):
        with pytest.raises(NotNow, match="cooling_off_over"):
            do(case, event, "focal_point", ends, rule, by=AMINA, version=7, reason="No.")
    assert not en.is_positive(case, before)
    assert en.is_positive(case, ends)


@pytest.mark.rule("R34")
def test_row_19_asks_the_deputy_and_lapses_after_a_second_silence() -> None:
    rule = replace(RULE, silence_is_consent=True)
    case, _ = case_in("delivered")
    with pytest.raises(NotNow, match="not_due_yet"):
        do(case, "not_acknowledged", "timer", hour(9, 16), rule)
    second, effects = do(case, "not_acknowledged", "timer", hour(9, 17), rule)
    assert (second.state, second.letter, second.signatory) == ("delivered", 2, AMINA)
    assert shown(effects) == ["record EndorsementSecondLetterSent", f"send_letter {DEPUTY}"]
    with pytest.raises(NotNow, match="not_due_yet"):
        do(second, "not_acknowledged", "timer", hour(16, 16), rule)
    lapsed, effects = do(second, "not_acknowledged", "timer", hour(16, 17), rule)
    assert (lapsed.state, shown(effects)) == ("lapsed", ["record EndorsementLapsed", "open_vacancy silent"])


@pytest.mark.rule("R34")
def test_row_19_raises_the_vacancy_before_it_matters_where_there_is_no_second() -> None:
    case, _ = case_in("delivered")
    alone = replace(case, around=replace(case.around, office=en.Office(AMINA)))
    _, effects = do(alone, "not_acknowledged", "timer", hour(9, 17))
    assert shown(effects)[1:] == [f"send_letter {AMINA}", "open_vacancy silent"]


@pytest.mark.rule("R31")
@pytest.mark.parametrize("state", en.OUTCOMES)
def test_row_20_asks_again_when_something_material_changed(state: str) -> None:
    case, now = case_in(state)
    rule = rule_for(state)
    again, effects = do(
        case, "material_change", "timer", now, rule, version=8, version_hash="8" * 64, changed=("title", "plan")
    )
    assert again.version_hash == "8" * 64
    assert (again.state, again.version, again.outcome, again.outcome_version) == ("revalidation_needed", 8, state, 7)
    assert shown(effects) == ["record EndorsementAskedAgain"]
    with pytest.raises(NotNow, match="nothing_material_changed"):
        do(case, "material_change", "timer", now, rule, version=8, changed=("plan",))


@pytest.mark.parametrize(("state", "event"), [("undeliverable", "nobody_found"), ("delivered", "not_acknowledged")])
def test_row_20_asks_again_only_a_partner_that_a_letter_reached(state: str, event: str) -> None:
    case, _ = case_in(state)
    for now in (hour(9, 17), hour(16, 17)):
        if case.state != "lapsed":
            case, _ = do(case, event, "timer", now)
    assert case.state == "lapsed"
    change: dict[str, Any] = {"version": 8, "changed": ("title",)}
    if state == "delivered":
        assert do(case, "material_change", "timer", hour(17, 9), **change)[0].state == "revalidation_needed"
        return
    with pytest.raises(NotNow, match="request_never_delivered"):
        do(case, "material_change", "timer", hour(17, 9), **change)


def test_row_21_withdraws_from_an_effective_date_on() -> None:
    case, now = case_in("endorsed")
    day = now + timedelta(days=30)
    told: dict[str, Any] = {"by": AMINA, "reason": "New law.", "effective_at": day}
    notified, _ = do(case, "withdraw", "focal_point", now, **told)
    assert (notified.state, en.is_positive(notified, now)) == ("withdrawal_notified", False)
    assert [timer.due_at for timer in en.timers_of(notified, RULE, NAIROBI)] == [day]
    with pytest.raises(NotNow, match="not_due_yet"):
        do(notified, "withdrawal_effective", "timer", day - timedelta(seconds=1))
    assert do(notified, "withdrawal_effective", "timer", day)[0].state == "withdrawn"
    for changed in ({"reason": ""}, {"effective_at": None}, {"effective_at": now - timedelta(1)}):
        with pytest.raises(Invalid):
            do(case, "withdraw", "focal_point", now, **{**told, **changed})
    assert do(case, "withdraw", "focal_point", now, **{**told, "effective_at": now})[0].effective_at == now
    tacit, at = case_in("no_objection_tacit")
    with pytest.raises(NotNow, match="endorsement_not_positive"):
        do(tacit, "withdraw", "focal_point", at, rule_for("no_objection_tacit"), **told)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [((2027, 1, 31), 1, (2027, 2, 28)), ((2026, 6, 30), 18, (2027, 12, 30)), ((2026, 12, 5), 12, (2027, 12, 5))],
)
def test_row_22_months_are_those_of_the_calendar(
    start: tuple[int, int, int], months: int, end: tuple[int, int, int]
) -> None:
    assert add_months(datetime(*start, 8, tzinfo=UTC), months) == datetime(*end, 8, tzinfo=UTC)


def test_rows_22_and_29_a_word_expires_and_one_press_confirms_it() -> None:
    case, _ = case_in("endorsed_with_conditions")
    until = case.valid_until
    assert until is not None
    with pytest.raises(NotNow, match="not_due_yet"):
        do(case, "validity_over", "timer", until - timedelta(seconds=1))
    running = replace(case, around=replace(case.around, started=True))
    with pytest.raises(NotNow, match="project_started"):
        do(running, "validity_over", "timer", until)
    expired, _ = do(case, "validity_over", "timer", until)
    assert expired.state == "expired"
    confirmed, effects = do(expired, "confirm", "focal_point", until, by=AMINA, version=7)
    assert (confirmed.state, confirmed.outcome_text) == ("endorsed_with_conditions", "Data stay in Kenya.")
    assert confirmed.valid_until == until.replace(year=2029, month=11)
    assert effects[1].params["text"] == "Data stay in Kenya."


@pytest.mark.rule("R33")
@pytest.mark.parametrize("state", ["stands_aside", "lapsed", "not_needed"])
def test_row_23_accedes_later_where_the_decision_allows_it(state: str) -> None:
    case, now = case_in(state)
    with pytest.raises(NotNow, match="accession_not_open"):
        do(case, "accede", "focal_point", now, by=AMINA)
    opened = replace(case, around=replace(case.around, accession_open=True))
    with pytest.raises(Stale):
        do(opened, "accede", "focal_point", now, by=AMINA)
    joined, effects = do(opened, "accede", "focal_point", now, by=AMINA, version=9, version_hash="9" * 64)
    assert (joined.state, joined.outcome, joined.outcome_version, joined.valid_until) == (
        "acceded_late",
        "acceded_late",
        9,
        None,
    )
    assert shown(effects) == ["record PartnerAcceded", "issue_word acceded_late"]


@pytest.mark.parametrize("state", en.STATES)
def test_row_24_another_person_signs_for_the_same_office(state: str) -> None:
    case, now = case_in(state)
    replaced, effects = do(
        case, "signatory_replaced", "secretariat", now, rule_for(state), by=SECRETARY, signatory=OTHER
    )
    assert replaced == replace(case, signatory=OTHER)
    assert "close_vacancy" in shown(effects)
    with pytest.raises(NotNow, match="signatory_takes_part"):
        do(case, "signatory_replaced", "secretariat", now, rule_for(state), by=SECRETARY, signatory=MEMBER)


def test_row_25_a_late_bounce_stops_only_what_was_not_acknowledged() -> None:
    case, now = case_in("delivered")
    lost, effects = do(case, "bounced", "mail", now, letter=1)
    assert (lost.state, shown(effects)[-1]) == ("undeliverable", "open_vacancy bounced")
    for state in (*en.ANSWERING, "waiting_applicant", "adjustment_requested"):
        case, now = case_in(state)
        same, effects = do(case, "bounced", "mail", now, letter=1)
        assert (same, shown(effects)) == (case, ["record EndorsementSignatoryLost", "open_vacancy bounced"])


def test_row_26_lapses_when_nobody_is_found() -> None:
    case, _ = case_in("undeliverable")
    assert [timer.due_at for timer in en.timers_of(case, RULE, NAIROBI)] == [hour(9, 17)]
    with pytest.raises(NotNow, match="not_due_yet"):
        do(case, "nobody_found", "timer", hour(9, 16))
    assert do(case, "nobody_found", "timer", hour(9, 17))[0].state == "lapsed"


@pytest.mark.rule("R26")
def test_row_27_reopens_once_with_a_reason() -> None:
    case, now = case_in("lapsed")
    with pytest.raises(Invalid):
        do(case, "reopen", "secretariat", now, by=SECRETARY)
    again, effects = do(case, "reopen", "secretariat", now, by=SECRETARY, reason="The mission was closed.")
    assert (again.state, again.outcome, again.letter, again.acknowledged_at) == ("requested", "", 2, None)
    assert shown(effects)[1:] == [f"send_letter {AMINA}"]
    lapsed, at = again, now
    for event, role, values, days in (*ACKNOWLEDGED[2:], ("end", "timer", {}, 40)):
        at = now + timedelta(days=days)
        lapsed, _ = do(lapsed, event, role, at, **{**values, **({"letter": 2} if "letter" in values else {})})
    assert lapsed.state == "lapsed"
    with pytest.raises(NotNow, match="reopened_before"):
        do(lapsed, "reopen", "secretariat", at, by=SECRETARY, reason="Again.")


def test_row_27_asks_whom_the_case_had() -> None:
    case, now = case_in("lapsed")
    replaced, _ = do(case, "signatory_replaced", "secretariat", now, by=SECRETARY, signatory=OTHER)
    _, effects = do(replaced, "reopen", "secretariat", now, by=SECRETARY, reason="New minister.")
    assert shown(effects)[1:] == [f"send_letter {OTHER}"]


def test_row_27_asks_somebody_who_can_be_reached() -> None:
    case, now = case_in("lapsed")
    office = replace(case.around.office, unreachable=frozenset({AMINA}))
    case = replace(case, around=replace(case.around, office=office))
    _, effects = do(case, "reopen", "secretariat", now, by=SECRETARY, reason="Bounced.")
    assert shown(effects)[1:] == [f"send_letter {DEPUTY}"]
    nobody = replace(case, around=replace(case.around, office=en.Office()), signatory=None)
    with pytest.raises(NotNow, match="no_signatory"):
        do(nobody, "reopen", "secretariat", now, by=SECRETARY, reason="Bounced.")


@pytest.mark.rule("R31")
@pytest.mark.parametrize(
    ("outcome", "again"),
    [(state, state) for state in en.OUTCOMES if state not in ("lapsed", "no_objection_tacit")]
    + [("no_objection_tacit", "no_objection")],
)
def test_row_28_the_same_answer_holds_for_the_new_version(outcome: str, again: str) -> None:
    rule = rule_for(outcome)
    case, now = case_in(outcome)
    text = case.outcome_text
    asked, _ = do(case, "material_change", "timer", now, rule, version=8, changed=("amount",))
    same, effects = do(asked, "same_answer", "focal_point", now, rule, by=AMINA, version=8)
    assert (same.state, same.outcome_version, same.outcome_text) == (again, 8, text)
    assert effects[1].params == {"outcome": again, "version": 8, "text": text}
    with pytest.raises(Stale):
        do(asked, "same_answer", "focal_point", now, rule, by=AMINA, version=7)


def test_row_28_another_answer_or_none() -> None:
    case, now = case_in("revalidation_needed")
    other, _ = do(case, "another_answer", "focal_point", now, by=AMINA)
    assert (other.state, other.outcome, other.clock_started_at) == ("acknowledged", "", now)
    with pytest.raises(NotNow, match="not_due_yet"):
        do(case, "revalidation_over", "timer", now)
    over, _ = do(case, "revalidation_over", "timer", now + timedelta(days=15))
    assert (over.state, over.outcome) == ("lapsed", "lapsed")
    lapsed, at = case_in("lapsed")
    asked, _ = do(lapsed, "material_change", "timer", at, version=8, changed=("amount",))
    with pytest.raises(NotNow, match="no_answer_to_repeat"):
        do(asked, "same_answer", "focal_point", at, by=AMINA, version=8)


def test_what_the_table_does_not_know_is_refused() -> None:
    case, now = case_in("acknowledged")
    with pytest.raises(NotFound, match="endorsement_event_unknown"):
        do(case, "bribe", "focal_point", now, by=AMINA)
    with pytest.raises(ValueError, match="runs under path 3, not 4"):
        do(case, "endorse", "focal_point", now, replace(RULE, version=4), by=AMINA, version=7)


def test_a_page_offers_what_can_be_done_now() -> None:
    case, now = case_in("acknowledged")
    offered = en.steps_for(case, "focal_point", AMINA, now, RULE, NAIROBI)
    assert offered == (
        "consult",
        "ask",
        "request_adjustments",
        "endorse",
        "endorse_with_conditions",
        "no_objection",
        "stand_aside",
        "object",
        "extend",
    )
    assert "acknowledge" in en.steps_for(case_in("delivered")[0], "focal_point", AMINA, now, RULE, NAIROBI)
    assert en.steps_for(case, "focal_point", MEMBER, now, RULE, NAIROBI) == ()
    assert en.steps_for(case, "applicant", MEMBER, now, RULE, NAIROBI) == ()


@pytest.mark.rule("R31")
@pytest.mark.parametrize("state", en.STATES)
def test_a_newer_version_is_followed_until_the_partner_has_spoken(state: str) -> None:
    case, _ = case_in(state)
    followed = en.follow_version(case, 9, "9" * 64)
    speaks_of = 9 if state in PATHS and state in SILENT else case.version
    assert followed.version == speaks_of


SILENT = {
    "to_request",
    "requested",
    "delivered",
    "undeliverable",
    "acknowledged",
    "in_consultation",
    "waiting_applicant",
    "revalidation_needed",
}


@pytest.mark.parametrize("state", en.STATES)
def test_a_case_is_read_as_it_was_kept(state: str) -> None:
    case, _ = case_in(state)
    read = en.read_case(en.write_case(case), case.around)
    assert (read, read.around) == (case, case.around)
