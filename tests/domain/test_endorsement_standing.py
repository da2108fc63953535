"""What all partners' words come to, a partner's own path, and what is material to it (R31–R33)."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain import endorsements as en

NOW = datetime(2026, 11, 2, 7, 0, tzinfo=UTC)
EVERY = en.Sufficiency()
LEAD_AND_ONE = en.Sufficiency(asks="lead_and", others=1)
SHORT = {
    "E": "endorsed",
    "C": "endorsed_with_conditions",
    "N": "no_objection",
    "a": "acknowledged",
    "r": "requested",
    "A": "stands_aside",
    "O": "objected",
    "L": "lapsed",
    "W": "withdrawn",
    "n": "withdrawal_notified",
    "x": "expired",
    "?": "revalidation_needed",
    "-": "not_needed",
    "u": "undeliverable",
}


def words(states: str) -> list[en.Word]:
    """The lead's state first, each by its letter."""
    return [en.Word(number == 0, SHORT[letter]) for number, letter in enumerate(states)]


@pytest.mark.rule("R33")
@pytest.mark.parametrize(
    ("states", "every", "lead_and_one"),
    [
        ("", "waiting", "waiting"),
        ("EE", "complete", "complete"),
        ("NC", "complete", "complete"),
        ("ECN", "complete", "complete"),
        ("aE", "waiting", "waiting"),
        ("Ea", "waiting", "waiting"),
        ("EEa", "waiting", "able"),
        ("EEu", "waiting", "able"),
        ("EE?", "waiting", "able"),
        ("EEn", "waiting", "able"),
        ("EEx", "waiting", "able"),
        ("EEL", "blocked", "complete"),
        ("EEW", "blocked", "complete"),
        ("EEA", "complete", "complete"),
        ("EAA", "blocked", "blocked"),
        ("EA", "blocked", "blocked"),
        ("EAr", "waiting", "waiting"),
        ("EL", "blocked", "blocked"),
        ("EEO", "blocked", "blocked"),
        ("AEE", "blocked", "blocked"),
        ("OEE", "blocked", "blocked"),
        ("LEE", "blocked", "blocked"),
        ("EE-", "complete", "complete"),
        ("E-", "complete", "blocked"),
        ("--", "complete", "blocked"),
        ("xE", "waiting", "waiting"),
    ],
)
def test_standing(states: str, every: str, lead_and_one: str) -> None:
    assert en.standing(words(states), EVERY, NOW) == every
    assert en.standing(words(states), LEAD_AND_ONE, NOW) == lead_and_one


@pytest.mark.rule("R33")
def test_a_call_says_what_an_objection_does() -> None:
    for asks in ("every", "lead_and"):
        drop = en.Sufficiency(asks=asks, on_objection="drop")
        assert en.standing(words("EEO"), drop, NOW) == "complete"
        assert en.standing(words("EO"), drop, NOW) == "blocked"  # the minimum no longer holds
        assert en.standing(words("OEE"), drop, NOW) == "blocked"
        mediate = en.Sufficiency(asks=asks, on_objection="mediate")
        assert en.standing(words("EEO"), mediate, NOW) == "blocked"


@pytest.mark.rule("R32")
def test_tacit_consent_counts_when_its_cooling_off_is_over() -> None:
    tacit = en.Word(False, "no_objection_tacit", NOW)
    assert en.standing([*words("E"), tacit], EVERY, NOW - timedelta(seconds=1)) == "waiting"
    assert en.standing([*words("E"), tacit], EVERY, NOW) == "complete"
    assert not en.is_positive(replace(tacit, cooling_off_ends_at=None), NOW)


every_word = st.builds(en.Word, st.just(False), st.sampled_from(en.STATES), st.sampled_from([None, NOW]))
proposals = st.builds(
    lambda lead, others: [replace(lead, is_lead=True), *others], every_word, st.lists(every_word, max_size=6)
)
rules = st.builds(
    en.Sufficiency,
    st.sampled_from(["every", "lead_and"]),
    st.integers(0, 4),
    st.sampled_from(["stop", "drop", "mediate"]),
)


@pytest.mark.rule("R33")
@given(proposals, rules)
def test_a_proposal_goes_on_only_with_its_lead_and_without_a_blocking_objection(
    spoken: list[en.Word], rule: en.Sufficiency
) -> None:
    found = en.standing(spoken, rule, NOW)
    assert found in ("waiting", "able", "complete", "blocked")
    positive = [word for word in spoken if en.is_positive(word, NOW)]
    if found in ("able", "complete"):
        assert spoken[0] in positive or spoken[0].state in ("not_needed", "acceded_late")
        assert not any(word.state == "objected" for word in spoken) or rule.on_objection == "drop"
        if rule.asks == "lead_and":
            assert sum(not word.is_lead for word in positive) >= rule.others
    if found == "able":
        assert rule.asks == "lead_and"
    if len(positive) == len(spoken) >= max(2, rule.others + 1):
        assert found == "complete"


@pytest.mark.rule("R33")
@given(proposals, rules)
def test_what_is_blocked_stays_so_until_a_word_is_another(spoken: list[en.Word], rule: en.Sufficiency) -> None:
    """However those answer who have not yet, a blocked proposal does not come free."""
    if en.standing(spoken, rule, NOW) == "blocked":
        open_states = set(en.STATES) - {*en.OUTCOMES, "not_needed", "withdrawn", "acceded_late"}
        answered = [replace(word, state="endorsed") if word.state in open_states else word for word in spoken]
        assert en.standing(answered, rule, NOW) == "blocked"


@pytest.mark.rule("R33")
@given(proposals, rules)
def test_the_order_of_partners_does_not_matter(spoken: list[en.Word], rule: en.Sufficiency) -> None:
    assert en.standing(list(reversed(spoken)), rule, NOW) == en.standing(spoken, rule, NOW)


def test_a_call_cannot_ask_what_is_not_known() -> None:
    assert en.read_sufficiency({}) == EVERY
    assert en.read_sufficiency({"asks": "lead_and", "others": 1}) == LEAD_AND_ONE
    with pytest.raises(ValueError, match="some"):
        en.Sufficiency(asks="some")


@pytest.mark.rule("R32")
def test_the_defaults_of_a_path() -> None:
    rule = en.read_rule(4, {})
    assert rule == en.PartnerRule(version=4)
    assert (
        rule.acknowledge_days,
        rule.answer_days,
        rule.extension_days,
        rule.cooling_off_days,
        rule.notice_days,
        rule.revalidation_days,
        rule.validity_months,
        rule.signatures_needed,
        rule.silence_is_consent,
        rule.material,
    ) == (
        5,
        20,
        10,
        5,
        (-10, -3, 0, 1),
        10,
        18,
        1,
        False,
        ("title", "amount", "sites", "lead", "data_abroad", "articles"),
    )


@pytest.mark.rule("R32")
def test_a_path_is_read_as_it_was_kept() -> None:
    rule = en.PartnerRule(7, answer_days=15, material=("title", "plan.starts_on"), weekend=(4, 5))
    rule = replace(rule, ministries=(en.Ministry("ICT", "ict@x.example", (16,)),))
    kept = json.loads(json.dumps(en.write_rule(rule)))
    assert en.read_rule(7, kept) == rule
    with pytest.raises(ValueError, match="knows no mood"):
        en.read_rule(1, {"mood": "good"})


@pytest.mark.rule("R32")
@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, []),
        ({"answer_days": 0}, [("answer_days", "number_out_of_range")]),
        ({"answer_days": 250}, []),
        ({"answer_days": 251}, [("answer_days", "number_out_of_range")]),
        ({"signatures_needed": 999}, [("signatures_needed", "number_out_of_range")]),
        ({"notice_days": (0, -3, 1)}, [("notice_days", "notices_not_in_order")]),
        ({"notice_days": (-3, 0)}, [("notice_days", "notices_need_due_day_and_next")]),
        ({"notice_days": (-3, 1)}, [("notice_days", "notices_need_due_day_and_next")]),
        ({"notice_days": (-3, 0, 1, 2)}, [("notice_days", "notices_need_due_day_and_next")]),
    ],
)
def test_problems_of_a_path(changed: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    found = en.problems(replace(en.PartnerRule(), **changed))
    assert [(problem.field, problem.code) for problem in found] == expected


CONTENT: dict[str, Any] = {
    "basics": {"title": "Cables", "summary": "x"},
    "partners": {"lead_partner": "KE", "lead_organisation": 3, "city_pairs": [{"city_a": "Kisumu"}]},
    "articles": {"primary": 5, "secondary": [10, 1]},
    "plan": {"starts_on": "2027-03-01"},
    "budget": {"currency": "USD", "lines": [{"partner": "KE", "amount": "10.00"}, {"partner": "CN", "amount": "5.00"}]},
    "safeguards": {"personal_data": "None leave Kenya."},
}


@pytest.mark.rule("R31")
@pytest.mark.parametrize(
    ("section", "changed", "material"),
    [
        ("basics", {"title": "Fibres"}, ("title",)),
        ("basics", {"summary": "y"}, ()),
        ("budget", {"lines": [{"partner": "KE", "amount": "10.00"}]}, ("amount",)),
        ("budget", {"lines": [{"partner": "CN", "amount": "15.00"}]}, ()),
        ("budget", {"currency": "EUR"}, ("amount",)),
        ("partners", {"city_pairs": []}, ("sites",)),
        ("partners", {"lead_organisation": 4}, ("lead",)),
        ("safeguards", {"personal_data": "Some leave."}, ("data_abroad",)),
        ("articles", {"secondary": [1, 10]}, ()),
        ("articles", {"primary": 6}, ("articles",)),
        ("plan", {"starts_on": "2027-04-01"}, ("plan.starts_on",)),
    ],
)
def test_what_is_material(section: str, changed: dict[str, Any], material: tuple[str, ...]) -> None:
    after = deepcopy(CONTENT)
    after[section].update(changed)
    names = (*en.MATERIAL, "plan.starts_on")
    assert en.material_changes(CONTENT, after, names) == material
    assert en.material_changes(CONTENT, CONTENT, names) == ()
    assert set(en.material_changes({}, CONTENT, names)) == set(names)
