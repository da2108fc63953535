"""The machine: draws who does what and when, does it by the real verbs, and looks at the rules after each step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import hypothesis.strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select

from tests.soak import acts, rules
from tests.soak.acting import Act, all_acts
from tests.soak.judging import Look, broken
from tests.soak.seen import Seen, fingerprint, look
from tests.soak.world import World
from webapp.domain.errors import Refusal
from webapp.models.audit import EventRow
from webapp.services.audit import verify

assert acts
assert rules

STEPS = (
    timedelta(minutes=1),
    timedelta(minutes=20),
    timedelta(hours=3),
    timedelta(days=1),
    timedelta(days=2, hours=5),
    timedelta(days=8),
    timedelta(days=29),
    timedelta(days=95),
    timedelta(minutes=-2),
    timedelta(minutes=-25),
)
# Near the changes of clocks in Paris and New York, a Friday evening, the turn of a year.
MOMENTS = tuple(
    datetime.fromisoformat(text).replace(tzinfo=UTC)
    for text in (
        "2026-11-27T22:50",
        "2026-12-31T23:30",
        "2027-03-14T06:30",
        "2027-03-28T00:30",
        "2027-10-31T00:30",
        "2027-11-07T05:30",
    )
)
Draw = st.DataObject


class Life(RuleBasedStateMachine):
    """One life of a small installation, from the world in which some proposals stand at several stages."""

    open_world: Callable[[], World]
    close_world: Callable[[World], None]

    def __init__(self) -> None:
        super().__init__()
        self.world = type(self).open_world()
        self.world.tally.lives += 1
        try:
            self.begin()
        except BaseException:
            type(self).close_world(self.world)  # no teardown follows where there is no machine
            raise

    def begin(self) -> None:
        """What the first step starts from."""
        self.focus: tuple[int, ...] = ()
        self.act = ""
        self.swept: frozenset[str] = frozenset()
        self.mark = self.fingerprint()
        self.seen = self.look()
        self.is_changed = True

    def fingerprint(self) -> tuple[object, ...]:
        """Whether anything was written."""
        with self.world.wired.open_reading() as session:
            return fingerprint(session)

    def look(self) -> Seen:
        """What stands there now."""
        with self.world.wired.open_reading() as session:
            return look(session, self.world.wired.rules, self.world.now)

    @precondition(lambda self: not self.focus)
    @rule(data=st.data())
    def attention_turns(self, data: Draw) -> None:
        """Two proposals get most of what is done in turn."""
        ids = [one.id for one in self.seen.proposals]
        self.focus = tuple(data.draw(st.lists(st.sampled_from(ids), min_size=1, max_size=2, unique=True)))

    @rule(data=st.data())
    def somebody_whose_turn_it_is_acts(self, data: Draw) -> None:
        """One of those who are waited for does one of the things that they can do now."""
        self.in_turn(data)

    @rule(data=st.data())
    def an_applicant_acts(self, data: Draw) -> None:
        """One of the applicants and those who work with them, where it is their turn."""
        self.in_turn(data, "owner", "editor", "reader")

    @rule(data=st.data())
    def a_partner_acts(self, data: Draw) -> None:
        """One of those who speak for a partner, where it is their turn."""
        self.in_turn(data, "th.", "my.", "kh.")

    @rule(data=st.data())
    def a_reviewer_acts(self, data: Draw) -> None:
        """One of the reviewers, where it is their turn."""
        self.in_turn(data, "reviewer")

    @rule(data=st.data())
    def the_secretariat_acts(self, data: Draw) -> None:
        """One of its members, where it is their turn."""
        self.in_turn(data, "staff")

    @rule(data=st.data())
    def it_goes_on(self, data: Draw) -> None:
        """The same, the workers keeping up with it."""
        if self.seen.waiting_rows and data.draw(st.integers(0, 2)):
            self.sweep_outbox()
            return
        self.in_turn(data)

    @rule(data=st.data())
    def somebody_acts_out_of_turn(self, data: Draw) -> None:
        """Anybody tries anything: by the wrong person or at the wrong stage it is refused and changes nothing."""
        found = all_acts(self.seen, self.world)
        name = data.draw(st.sampled_from(sorted({one.name for one in found})))
        chosen = data.draw(st.sampled_from([one for one in found if one.name == name]))
        person = data.draw(st.sampled_from(sorted(self.world.ids.values())))
        self.do(chosen, person)

    @rule(data=st.data())
    def the_right_person_acts_at_any_time(self, data: Draw) -> None:
        """Whoever may do a thing tries it, whether its time is now or not."""
        found = [one for one in all_acts(self.seen, self.world) if one.may]
        name = data.draw(st.sampled_from(sorted({one.name for one in found})))
        chosen = data.draw(st.sampled_from([one for one in found if one.name == name]))
        self.do(chosen, data.draw(st.sampled_from(sorted(chosen.may))))

    @rule(data=st.data())
    def somebody_has_an_old_page(self, data: Draw) -> None:
        """What names an older state is refused."""
        found = [one for one in all_acts(self.seen, self.world) if one.turn and one.sees]
        if found:
            chosen = data.draw(st.sampled_from(found))
            self.world.stale = 1
            self.do(chosen, chosen.turn[0])

    @rule(step=st.sampled_from((*STEPS, *MOMENTS)))
    def time_passes(self, step: timedelta | datetime) -> None:
        """Forwards by minutes to months, a little backwards, or to a special hour that is still to come."""
        moment = self.world.now + step if isinstance(step, timedelta) else step
        if isinstance(step, timedelta) or moment > self.world.now:
            self.set_clock(moment)

    @rule(seconds=st.sampled_from((-60, 0, 60)))
    def the_next_timer_comes(self, seconds: int) -> None:
        """Just before, at, or after the time of the next timer; nothing where one is due already."""
        if self.seen.next_timer is not None and self.seen.next_timer > self.world.now:
            self.set_clock(self.seen.next_timer + timedelta(seconds=seconds))
            if seconds >= 0:
                self.sweep_timers()

    @rule(twice=st.booleans())
    def timers_are_swept(self, twice: bool) -> None:
        """Once, or by two sweeps one after the other."""
        self.sweep_timers()
        if twice:
            before = self.fingerprint()
            self.world.sweep_timers()
            assert self.fingerprint() == before, "the second sweep found something to do"

    @rule(twice=st.booleans())
    def the_outbox_is_worked_off(self, twice: bool) -> None:
        """Events told, tasks done, mails sent; once, or by two workers one after the other."""
        self.sweep_outbox()
        if twice:
            self.world.work_off()

    @rule(data=st.data())
    def an_address_dies(self, data: Draw) -> None:
        """The mail server refuses somebody's mail from now on, or takes it again."""
        name = data.draw(st.sampled_from(sorted(self.world.ids)))
        self.world.bounces ^= {f"{name}@demo.example"}

    @invariant()
    def the_rules_hold(self) -> None:
        """Nothing is looked at twice: where nothing was written and nothing swept, all is as it was."""
        self.world.tally.steps += 1
        self.world.steps += 1
        if not (self.is_changed or self.swept):
            self.seen.now = self.world.now
            return
        self.mark = self.fingerprint()
        self.seen = self.look()
        with self.world.wired.open_reading() as session:
            newer = select(EventRow).where(EventRow.id > self.world.memory.last_event).order_by(EventRow.id)
            events = list(session.scalars(newer))
            self.world.tally.events.update(one.name for one in events)
            judged = Look(session, self.seen, self.world, events, self.act, self.swept)
            found = broken(judged)
            self.world.memory.last_event = max([self.world.memory.last_event, *(one.id for one in events)])
        self.act, self.swept, self.is_changed = "", frozenset(), False
        self.tell(found)

    def tell(self, found: list[str]) -> None:
        """Whatever does not hold ends the life."""
        assert not found, "\n".join(found)

    def teardown(self) -> None:
        """At the end of a life the whole record is verified as the product does it."""
        try:
            with self.world.wired.open_reading() as session:
                assert not verify(session).breaks
        finally:
            type(self).close_world(self.world)

    # What the rules above are made of

    def set_clock(self, moment: datetime) -> None:
        """The time is another; nothing is due before somebody looks."""
        self.world.clock.at = moment
        self.world.latest = max(self.world.latest, moment)
        self.seen.now = moment

    def sweep_timers(self) -> None:
        """Until what has come of itself is done too."""
        self.world.sweep_timers()
        while self.world.sweep_timers():
            pass
        self.swept |= {"timers"}

    def sweep_outbox(self) -> None:
        """Until nothing is left."""
        self.world.settle()
        self.swept |= {"outbox"}

    def in_turn(self, data: Draw, *names: str) -> None:
        """Draw one of the acts that somebody is expected to do, most of them on what attention is given to.

        By somebody whose name begins like one of `names`, where any of them is waited for.
        """
        every: list[Act] = [one for one in all_acts(self.seen, self.world) if one.turn]
        wanted = {person for name, person in self.world.ids.items() if name.startswith(names)}
        ready = [one for one in every if wanted & set(one.turn)] or every
        near = [one for one in ready if one.about in self.focus]
        if near and data.draw(st.sampled_from((True, True, True, False))):
            ready = near
        weighted = [one for one in ready for _ in range(one.weight)]
        if not weighted:
            return
        chosen = weighted[data.draw(st.integers(0, len(weighted) - 1))]
        self.do(chosen, data.draw(st.sampled_from(chosen.turn)))

    def do(self, chosen: Act, person: int) -> None:
        """Do it as this person: done only where it may be, refused with a code and without a trace otherwise."""
        tally, before = self.world.tally, self.mark
        stale, self.act = self.world.stale, chosen.name
        tally.drawn[chosen.name] += 1
        try:
            with self.world.open_as(person) as work:
                chosen.do(work)
        except Refusal as refusal:
            self.look_at_refusal(chosen, person, refusal, before)
            return
        finally:
            self.world.stale = 0
            self.world.turns += 1
        self.is_changed = True
        tally.done[chosen.name] += 1
        assert person in chosen.may, f"{chosen.name} was done by {person}, who may not"
        assert chosen.now, f"{chosen.name} was done where its stage does not let it"
        assert not (stale and chosen.sees), f"{chosen.name} was done from an old page"
        if chosen.once:
            self.press_again(chosen, person)

    def look_at_refusal(self, chosen: Act, person: int, refusal: Refusal, before: tuple[object, ...]) -> None:
        """It has a code, and left nothing."""
        assert refusal.code, f"{chosen.name} was refused without a code"
        assert self.fingerprint() == before, f"{chosen.name} was refused ({refusal.code}) and left something"
        self.world.tally.refused[chosen.name, refusal.code] += 1
        self.world.tally.strangers[chosen.name] += person not in chosen.may

    def press_again(self, chosen: Act, person: int) -> None:
        """The same form a second time does nothing."""
        before = self.fingerprint()
        try:
            with self.world.open_as(person) as work:
                chosen.do(work)
        except Refusal:
            pass
        assert self.fingerprint() == before, f"{chosen.name} was done twice by one form"
