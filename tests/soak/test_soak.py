"""A short stretch of the long run, drawn the same way each time; and three planted faults that it finds."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import create_engine, delete, select, text, update
from sqlalchemy.pool import NullPool

from tests.soak.acting import Act, all_acts
from tests.soak.beginning import Beginnings, lives
from tests.soak.machine import Draw, Life
from webapp.domain.workflow import guards
from webapp.models.calls import Call
from webapp.models.deadlines import TimerRow
from webapp.models.endorsements import Endorsement

UNIQUE = "uq_endorsements_proposal_id_partner_id"


def live(made: Beginnings, kind: type[Life], *, examples: int, steps: int) -> None:
    """Some lives of this kind, the same each time."""
    given = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        derandomize=True,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(lives(made, kind), settings=given)


@pytest.mark.rule("R22", "R24", "R25", "R51", "R54", "R62")
def test_the_rules_hold_through_some_short_lives(made: Beginnings) -> None:
    live(made, Life, examples=2, steps=40)
    assert made.tally.done.total() > 10
    assert made.tally.refused.total() > 2


class LosesATimer(Life):
    """A timer that is still to come is gone after each act."""

    def do(self, chosen: Act, person: int) -> None:
        super().do(chosen, person)
        with self.world.wired.new_session() as session, session.begin():
            waits = select(TimerRow.id).where(TimerRow.kind == "stage_late", TimerRow.done_at.is_(None))
            session.execute(delete(TimerRow).where(TimerRow.id.in_(waits.order_by(TimerRow.id.desc()).limit(1))))
        self.is_changed = True


class EndorsesTwice(Life):
    """The database lets a partner have two cases, and one that speaks gets a second."""

    def begin(self) -> None:
        engine = create_engine(self.world.wired.settings.migration_url, poolclass=NullPool)
        with engine.begin() as owner:
            owner.execute(text(f"ALTER TABLE endorsements DROP CONSTRAINT {UNIQUE}"))
        super().begin()

    def do(self, chosen: Act, person: int) -> None:
        before = self.world.tally.done[chosen.name]
        super().do(chosen, person)
        if chosen.name.startswith("word:") and self.world.tally.done[chosen.name] > before:
            self.double(chosen.about or 0)

    def double(self, proposal_id: int) -> None:
        """Another case like the one there is."""
        with self.world.wired.new_session() as session, session.begin():
            row = session.scalars(select(Endorsement).where(Endorsement.proposal_id == proposal_id)).first()
            assert row is not None
            values = {one.name: getattr(row, one.name) for one in Endorsement.__table__.columns if one.name != "id"}
            session.add(Endorsement(**values))


class DecidesBelowTheQuorum(Life):
    """The call asks for one review more than were in when the round closed, and no rule minds any more."""

    def begin(self) -> None:
        with self.world.wired.new_session() as session, session.begin():
            session.execute(update(Call).where(Call.code == "lead").values(quorum=3))
        super().begin()
        self.focus = tuple(one.id for one in self.seen.proposals if one.stage == "deliberation")

    def in_turn(self, data: Draw, *names: str) -> None:
        """Only what leads to a decision, so that few lives are enough."""
        near = [one for one in all_acts(self.seen, self.world) if one.turn and one.about in self.focus]
        deciding = [one for one in near if one.name.startswith(("draft:", "confirm:"))]
        if deciding:
            chosen = data.draw(st.sampled_from(deciding))
            self.do(chosen, data.draw(st.sampled_from(chosen.turn)))


@pytest.mark.rule("R51")
def test_a_dropped_timer_is_found(made: Beginnings) -> None:
    with pytest.raises(AssertionError, match="what_waits_has_its_timer"):
        live(made, LosesATimer, examples=10, steps=20)


@pytest.mark.rule("R30")
def test_a_second_case_of_a_partner_is_found(made: Beginnings) -> None:
    with pytest.raises(AssertionError, match="one_case_for_each_partner"):
        live(made, EndorsesTwice, examples=20, steps=40)


@pytest.mark.rule("R44", "R46")
def test_a_decision_below_the_quorum_is_found(made: Beginnings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "quorum_met", lambda facts: None)
    with pytest.raises(AssertionError, match="nothing_is_decided_below_the_quorum"):
        live(made, DecidesBelowTheQuorum, examples=20, steps=40)
