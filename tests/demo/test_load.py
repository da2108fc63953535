"""The demonstration's past is true: made by the real verbs, its chain whole, its histories leading to its stages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from config import demo
from tests.demo.record import look_at, plant_in_record, plant_other_states
from webapp.adapters.clocks import SetClock
from webapp.cli.demo.load import load_demo
from webapp.cli.demo.people import make_people, make_person
from webapp.cli.demo.state import HalfLoaded, NotEmpty
from webapp.cli.demo.world import World
from webapp.domain.people import SYSTEM
from webapp.models.audit import EventRow
from webapp.models.deadlines import TimerRow
from webapp.models.notices import CaughtMail, OutboxRow
from webapp.models.proposals import Proposal
from webapp.services.audit import verify
from webapp.wiring import Wiring

COUNT = 8
MORNING = datetime(2026, 11, 2, 8, tzinfo=UTC)


@pytest.mark.rule("R22", "R24", "R62")
def test_the_demo_is_carried_to_its_stages_by_real_actions(committed: Wiring) -> None:
    assert load_demo(committed, count=COUNT) == COUNT

    with committed.open_reading() as session:
        report = verify(session)
        proposals = session.scalars(select(Proposal)).all()
        stages = {proposal.id: proposal.stage for proposal in proposals}
        told = session.execute(select(EventRow.subject_id, EventRow.payload, EventRow.at).order_by(EventRow.id)).all()
        now = committed.ports.clock.now()
        assert now is not None
        waiting = session.scalar(select(func.count()).where(OutboxRow.state != "sent"))
        late = session.scalar(select(func.count()).where(TimerRow.done_at.is_(None), TimerRow.due_at <= now))
        mails = session.scalar(select(func.count(CaughtMail.id)))

    assert report.breaks == ()
    assert len(set(stages.values())) == COUNT
    replayed = dict.fromkeys(stages, "draft")
    for subject, payload, at in told:
        assert at <= now
        if "move" in payload:
            assert replayed[subject] == payload["from"]
            replayed[subject] = payload["to"]
    assert replayed == stages
    assert (waiting, late) == (0, 0)
    assert mails
    look_at(committed)
    plant_other_states(committed)
    plant_in_record(committed)


def test_it_is_loaded_once(committed: Wiring) -> None:
    assert load_demo(committed, count=1, alone=True) == 1
    assert load_demo(committed, count=1, alone=True) is None


def test_what_a_load_cut_short_left_is_told_from_a_whole_one(committed: Wiring) -> None:
    make_people(World(committed, SetClock(MORNING)), demo.people())

    with pytest.raises(HalfLoaded):
        load_demo(committed, count=1, alone=True)


def test_it_does_not_go_where_real_people_are(committed: Wiring) -> None:
    with committed.open_work(SYSTEM) as work:
        make_person(work, {"email": "ana@ministry.example", "name": "Ana", "language": "en", "time_zone": "UTC"}, "-")

    with pytest.raises(NotEmpty):
        load_demo(committed, count=1, alone=True)
