"""What is always true of an endorsement, whatever happens in whatever order (`endorsement.md`, "Always true")."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

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

people = st.sampled_from([AMINA, AMINA, AMINA, DEPUTY, OTHER, MEMBER, STRANGER])


class Endorsing(RuleBasedStateMachine):
    """Drives one case by the table's events, by its own timers, and by time."""

    @initialize(
        silence=st.booleans(),
        signatures=st.sampled_from([1, 1, 2]),
        delivered=st.integers(0, 4),
        deputy=st.sampled_from([None, DEPUTY]),
        away=st.booleans(),
        open_to_join=st.booleans(),
        mediates=st.booleans(),
    )
    def begin(
        self,
        *,
        silence: bool,
        signatures: int,
        delivered: int,
        deputy: int | None,
        away: bool,
        open_to_join: bool,
        mediates: bool,
    ) -> None:
        self.rule = en.PartnerRule(version=3, silence_is_consent=silence, signatures_needed=signatures)
        office = replace(AROUND.office, deputy=deputy, away=away)
        self.around = replace(
            AROUND, notices_delivered=delivered, office=office, accession_open=open_to_join, mediates=mediates
        )
        self.fresh = self.case = en.Case("KE", around=self.around)
        self.now = MONDAY
        self.newest = 7
        self.delivered = False
        self.log: list[tuple[en.Happened, str, datetime, en.Case]] = []
        self.letters: list[int] = []
        self.words: list[tuple[str, int]] = []
        self.do(en.Happened("open", SECRETARY, version=7, version_hash=CONTENT_HASH), "secretariat")

    def do(self, happened: en.Happened, role: str) -> None:
        before = self.case
        after, effects = en.apply(before, happened, role, self.now, self.rule, CALENDAR)
        self.case = after
        self.log.append((happened, role, self.now, after))
        if happened.name in ("delivered", "bounced", "reopen") and after.state != before.state:
            self.delivered = happened.name == "delivered"
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
        if outcome == "acceded_late":
            # The partner's own step after the decision: no answer to a letter.
            assert self.around.accession_open
            assert happened.by in (AMINA, DEPUTY, OTHER)
            return
        assert self.delivered, "a word without a delivered letter"
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
        happened = self.tried(event, by, text, changed=changed, days=days, older=older)
        was = self.case
        try:
            self.do(happened, role)
        except Refusal:
            assert self.case is was
            return
        assert not (role in ("focal_point", "deputy") and by in (MEMBER, STRANGER)), "not theirs to say"
        if event in ("new_version", "material_change"):
            self.newest += 1

    def tried(
        self, event: str, by: int, text: str, *, changed: tuple[str, ...], days: int, older: int = 0
    ) -> en.Happened:
        makes_version = event in ("new_version", "material_change")
        return en.Happened(
            event,
            by=by,
            second=SECOND if by != SECOND else SECRETARY,
            version=self.newest + 1 if makes_version else self.case.version - older,
            version_hash=f"{self.newest + 1:064d}" if makes_version else "",
            changed=changed if makes_version else (),
            reason=text,
            fields={"plan": text},
            signatory=by,
            designation=text,
            letter=self.case.letter - older,
            days=days,
            effective_at=self.now + timedelta(days=9),
        )

    @rule(
        pick=st.integers(0, 10_000),
        by=st.sampled_from([AMINA, DEPUTY, OTHER]),
        changed=st.sampled_from([("title",), ("basics.title", "plan")]),
    )
    def a_step_that_is_possible_is_taken(self, pick: int, by: int, changed: tuple[str, ...]) -> None:
        possible = self.possible(by, changed)
        if possible:
            self.take(*possible[pick % len(possible)], by=by, changed=changed)

    def take(self, event: str, role: str, days: int, *, by: int, changed: tuple[str, ...]) -> None:
        self.somebody_tries(event=event, role=role, by=by, older=0, text="Because.", changed=changed, days=days)

    def possible(self, by: int, changed: tuple[str, ...]) -> list[tuple[str, str, int]]:
        """What could happen to the case now: event, in which role, which notice."""
        return [
            (event, role, days)
            for event in EVENTS
            for role in en.ROLES
            for days in (self.rule.notice_days if event == "notice" else (0,))
            if self.is_possible(self.tried(event, by, "Because.", changed=changed, days=days), role)
        ]

    def is_possible(self, happened: en.Happened, role: str) -> bool:
        try:
            en.apply(self.case, happened, role, self.now, self.rule, CALENDAR)
        except Refusal:
            return False
        return True

    @rule()
    def time_comes_for_the_next_timer(self) -> None:
        timers = en.timers_of(self.case, self.rule, CALENDAR)
        self.now = max([self.now, *(timer.due_at for timer in timers[:1])])
        self.the_sweep_runs()

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
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@pytest.mark.rule("R30", "R31", "R32")
def test_long_walks_reach_every_state_and_every_event() -> None:
    """The same promises on walks from a fixed seed, so that nothing of the table is left out by chance."""
    draw = Random(20261102)
    seen: set[str] = {"not_needed"}
    seen_events = {"not_asked"}
    done: Counter[str] = Counter()
    for _ in range(60):
        walk = Endorsing()
        walk.begin(
            silence=draw.random() < 0.6,
            signatures=draw.choice([1, 1, 2]),
            delivered=draw.choice([0, 2, 3]),
            deputy=draw.choice([None, DEPUTY]),
            away=draw.random() < 0.3,
            open_to_join=draw.random() < 0.5,
            mediates=draw.random() < 0.5,
        )
        for _ in range(30):
            choice = draw.random()
            if choice < 0.15:
                walk.time_passes(draw.randint(1, 24 * 12))
            elif choice < 0.35:
                walk.time_comes_for_the_next_timer()
            else:
                changed = draw.choice([("title",), ("basics.title", "plan")])
                by = draw.choice([AMINA, DEPUTY])
                possible = walk.possible(by, changed) if by in walk.around.office.people else []
                draw.shuffle(possible)
                if possible:  # what was seen least so far, so that nothing rare is left out
                    walk.take(*min(possible, key=lambda step: done[step[0]]), by=by, changed=changed)
                    done[walk.log[-1][0].name] += 1
        walk.a_case_that_waits_has_a_timer()
        walk.the_clock_can_be_recomputed_from_the_events()
        walk.the_same_events_make_the_same_case()
        walk.letters_are_numbered_and_one_request_is_open()
        walk.an_outcome_is_the_last_word_given()
        seen.update(after.state for *_, after in walk.log)
        seen_events.update(happened.name for happened, *_ in walk.log)
    assert seen == set(en.STATES)
    assert seen_events == {row.event for row in en.TABLE}
