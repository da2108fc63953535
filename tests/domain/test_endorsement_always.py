"""What is always true of an endorsement, whatever happens in whatever order (`endorsement.md`, "Always true")."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.domain.endorsing import (
    AMINA,
    AROUND,
    CONTENT_HASH,
    DEPUTY,
    MEMBER,
    MONDAY,
    OTHER,
    SECOND,
    SECRETARY,
    STRANGER,
)
from webapp.domain import endorsements as en
from webapp.domain.calendars import Calendar, is_working_day, local_day
from webapp.domain.deadlines import choose
from webapp.domain.errors import Refusal

CALENDAR = Calendar("America/Havana", holidays=frozenset({local_day(Calendar(), MONDAY + timedelta(days=24))}))
EVENTS = sorted({row.event for row in en.TABLE} - {"open", "not_asked"})
OWED = ("waiting_applicant", "adjustment_requested")
RESTARTS = ("acknowledge", "break_silence", "another_answer")
SPOKEN = ("endorsed", "endorsed_with_conditions", "no_objection", "stands_aside", "objected")
# Nothing waits in these states, or what comes next is somebody's free choice.
AT_REST = ("not_needed", "stands_aside", "objected", "lapsed", "withdrawn", "expired", "acceded_late")

people = st.sampled_from([AMINA, AMINA, DEPUTY, OTHER, MEMBER, STRANGER])


class Endorsing(RuleBasedStateMachine):
    """Drives one case by the table's events, by its own timers, and by time."""

    @initialize(
        silence=st.booleans(),
        signatures=st.sampled_from([1, 1, 2]),
        delivered=st.integers(0, 4),
        deputy=st.sampled_from([None, DEPUTY]),
        away=st.booleans(),
        open_to_join=st.booleans(),
    )
    def begin(
        self, *, silence: bool, signatures: int, delivered: int, deputy: int | None, away: bool, open_to_join: bool
    ) -> None:
        self.rule = en.PartnerRule(version=3, silence_is_consent=silence, signatures_needed=signatures)
        office = replace(AROUND.office, deputy=deputy, away=away)
        self.around = replace(AROUND, notices_delivered=delivered, office=office, accession_open=open_to_join)
        self.fresh = self.case = en.Case("KE", around=self.around)
        self.now = MONDAY
        self.newest = 7
        self.log: list[tuple[en.Happened, str, datetime, en.Case]] = []
        self.letters: list[int] = []
        self.words: list[tuple[str, int]] = []
        self.do(en.Happened("open", SECRETARY, version=7, version_hash=CONTENT_HASH), "secretariat")

    def do(self, happened: en.Happened, role: str) -> None:
        before = self.case
        after, effects = en.apply(before, happened, role, self.now, self.rule, CALENDAR)
        self.case = after
        self.log.append((happened, role, self.now, after))
        for effect in effects:
            if effect.do == "send_letter":
                self.letters.append(int(effect.params["number"]))
                assert effect.params["to"] not in (0, MEMBER)
            if effect.do == "issue_word":
                self.judge_word(before, after, happened, role, effect)

    def judge_word(self, before: en.Case, after: en.Case, happened: en.Happened, role: str, effect: en.Effect) -> None:
        outcome = str(effect.params["outcome"])
        self.words.append((outcome, int(effect.params["version"])))
        assert effect.params["version"] == after.outcome_version == after.version
        assert any(done.name == "delivered" for done, *_ in self.log), "a word without a delivered letter"
        assert after.acknowledged_at is not None, "a word without an acknowledgement"
        if outcome == "no_objection_tacit":
            assert (happened.name, role) == ("end", "timer")
            assert self.rule.silence_is_consent
            assert self.around.notices_delivered >= 2
        else:
            assert role in ("focal_point", "deputy")
            assert happened.by in (AMINA, DEPUTY, OTHER)
            assert happened.version == before.version, "a word on another version than the one shown"

    @rule(hours=st.integers(1, 24 * 12))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(
        event=st.sampled_from(EVENTS),
        role=st.sampled_from(en.ROLES),
        by=people,
        older=st.sampled_from([0, 0, 0, 1]),
        text=st.sampled_from(["", "Because.", "Because."]),
        changed=st.sampled_from([("title",), ("plan",), ("basics.title", "plan")]),
        days=st.sampled_from([-10, -3, 0, 1]),
    )
    def somebody_tries(
        self, *, event: str, role: str, by: int, older: int, text: str, changed: tuple[str, ...], days: int
    ) -> None:
        values: dict[str, Any] = {"by": by, "version": self.case.version - older, "reason": text}
        if event in ("new_version", "material_change"):
            values["version"] = self.newest + 1
            values["version_hash"] = f"{self.newest + 1:064d}"
            values["changed"] = changed
        happened = en.Happened(
            event,
            **values,
            second=SECOND,
            fields={"plan": text},
            signatory=by,
            designation=text,
            letter=self.case.letter - older,
            days=days,
            effective_at=self.now + timedelta(days=9),
        )
        was = self.case
        try:
            self.do(happened, role)
        except Refusal:
            assert self.case is was
            return
        assert not (role in ("focal_point", "deputy") and by in (MEMBER, STRANGER)), "not theirs to say"
        if event in ("new_version", "material_change"):
            self.newest += 1

    @precondition(lambda self: self.case.state in (*en.ANSWERING, "delivered", "requested", "undeliverable"))
    @rule(data=st.data())
    def what_usually_comes_next_comes(self, data: st.DataObject) -> None:
        usual = {
            "requested": [("delivered", "mail")],
            "undeliverable": [("signatory_confirmed", "secretariat")],
            "delivered": [("acknowledge", "focal_point"), ("no_objection", "focal_point")],
        }
        choices = usual.get(self.case.state, [("endorse", "focal_point"), ("ask", "focal_point"), ("end", "timer")])
        event, role = data.draw(st.sampled_from(choices))
        self.somebody_tries(event=event, role=role, by=AMINA, older=0, text="Because.", changed=("title",), days=0)

    @rule()
    def the_sweep_runs(self) -> None:
        """Each timer that has come can be fired: timers and guards agree on the moment."""
        fire, _ = choose(en.timers_of(self.case, self.rule, CALENDAR), self.now)
        for timer in fire:
            if timer not in en.timers_of(self.case, self.rule, CALENDAR):
                continue  # moved on by a timer of this sweep
            happened = en.fired(timer)
            if happened is not None:
                self.do(happened, "timer")

    @invariant()
    def a_case_that_waits_has_a_timer(self) -> None:
        if self.case.state in AT_REST or self.case.state == "requested":  # the mail system answers for the last
            return
        assert en.timers_of(self.case, self.rule, CALENDAR), self.case.state

    @invariant()
    def the_clock_can_be_recomputed_from_the_events(self) -> None:
        """Counted here day by day, and by replaying the log."""
        started: datetime | None = None
        days = 0
        stopped: list[tuple[datetime, datetime | None]] = []
        previous = en.UNOPENED
        for happened, _, at, case in self.log:
            acknowledged_now = previous == "delivered" and case.acknowledged_at == at
            if happened.name in RESTARTS or acknowledged_now:
                started, days, stopped = at, self.rule.answer_days, []
            if happened.name == "extend":
                days += self.rule.extension_days
            if case.state in OWED and previous not in OWED:
                stopped.append((at, None))
            if previous in OWED and case.state not in OWED:
                stopped[-1] = (stopped[-1][0], at)
            previous = case.state
        if self.case.state in en.ANSWERING:
            assert started is not None
            assert en.due_at(self.case, self.rule, CALENDAR) == self.counted(started, days, stopped)

    def counted(self, started: datetime, days: int, stopped: list[tuple[datetime, datetime | None]]) -> datetime:
        """Go from day to day; a day counts unless the clock stood at its end."""
        marks = [(local_day(CALENDAR, since), local_day(CALENDAR, until)) for since, until in stopped if until]
        earliest = marks[-1][1] if marks else local_day(CALENDAR, started)
        day, used = local_day(CALENDAR, started), 0
        while used < days or day < earliest or not is_working_day(CALENDAR, day):
            day += timedelta(days=1)
            stands = any(since < day <= until for since, until in marks)
            used += is_working_day(CALENDAR, day) and not stands
        local = en.due_at(self.case, self.rule, CALENDAR)
        assert local is not None
        assert local_day(CALENDAR, local) == day
        return local

    @invariant()
    def the_same_events_make_the_same_case(self) -> None:
        case = self.fresh
        for happened, role, at, after in self.log:
            case, _ = en.apply(case, happened, role, at, self.rule, CALENDAR)
            assert case == after

    @invariant()
    def letters_are_numbered_and_one_request_is_open(self) -> None:
        assert self.letters == list(range(1, len(self.letters) + 1))
        for event in ("open", "not_asked"):
            with pytest.raises(Refusal):
                en.apply(self.case, en.Happened(event), "secretariat", self.now, self.rule, CALENDAR)

    @invariant()
    def an_outcome_is_the_last_word_given(self) -> None:
        if self.case.state in SPOKEN or self.case.state == "no_objection_tacit":
            assert self.words[-1] == (self.case.state, self.case.outcome_version)

    @invariant()
    def nothing_is_lost_by_keeping(self) -> None:
        assert en.read_case(en.write_case(self.case), self.around) == self.case


TestAlways = pytest.mark.rule("R30", "R31", "R32")(Endorsing.TestCase)
TestAlways.settings = settings(
    max_examples=120, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
