"""Two at once: one outcome, one move, and the other is told (R24)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from tests.asked import make_asked
from tests.factories import make_person, make_seat
from webapp.adapters.clocks import SetClock
from webapp.domain.errors import Refusal, Stale
from webapp.domain.people import SYSTEM, Role
from webapp.models.endorsements import Endorsement, EndorsementWord
from webapp.services.endorsements.opening import request_endorsements
from webapp.wiring import Wiring


def at_once(*acts: Callable[[], None]) -> list[Refusal | None]:
    """Do all at the same moment; what each was refused with."""
    barrier = Barrier(len(acts))

    def do(act: Callable[[], None]) -> Refusal | None:
        barrier.wait(timeout=20)
        try:
            act()
        except Refusal as refusal:
            return refusal
        return None

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(do, acts))


@pytest.mark.rule("R24", "R31")
def test_two_focal_points_of_one_partner(committed: Wiring, clock: SetClock) -> None:
    made = make_asked(committed, clock)
    second = make_person(committed)
    make_seat(committed, second, Role.FOCAL_POINT, partner="KE")
    refusals = at_once(
        lambda: made.answer("KE", "endorse"),
        lambda: made.answer("KE", "object", "Not in our plan.", by=second),
    )
    told = [refusal for refusal in refusals if refusal is not None]
    assert len(told) == 1
    assert isinstance(told[0], Stale)
    assert told[0].by in (made.points["KE"].name, second.name)
    assert told[0].event == made.row("KE").state
    assert count_words(committed) == 1
    assert len(made.events("PartnerEndorsed", "PartnerObjected")) == 1


@pytest.mark.rule("R24", "R33")
def test_the_last_two_partners(committed: Wiring, clock: SetClock) -> None:
    made = make_asked(committed, clock, ("KE", "CN", "TH"))
    made.answer("KE", "endorse")
    assert at_once(lambda: made.answer("CN", "endorse"), lambda: made.answer("TH", "endorse")) == [None, None]
    assert made.stage() == "review"
    assert len(made.events("EndorsementSufficed")) == 1
    assert count_words(committed) == 3


@pytest.mark.rule("R24")
def test_the_task_done_by_two_opens_each_case_once(committed: Wiring, clock: SetClock) -> None:
    made = make_asked(committed, clock)

    def ask() -> None:
        with committed.open_work(SYSTEM) as work:
            request_endorsements(work, {"proposal_id": made.proposal.id})

    assert at_once(ask, ask) == [None, None]
    with committed.open_reading() as session:
        assert session.scalar(select(func.count()).select_from(Endorsement)) == 2
    assert len(made.events("EndorsementRequested")) == 2


def count_words(wired: Wiring) -> int:
    with wired.open_reading() as session:
        return session.scalar(select(func.count()).select_from(EndorsementWord)) or 0
