"""Ids are as wide in what events hold as they are in their tables."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.asked import make_asked
from webapp.adapters.clocks import SetClock
from webapp.domain.events import Event
from webapp.models.audit import EventRow
from webapp.models.base import id_in
from webapp.queries.endorsements.history import list_happenings
from webapp.queries.endorsements.letters import list_letters
from webapp.wiring import Wiring

WIDE = 5_000_000_000


@pytest.mark.rule("R62")
def test_a_case_with_a_wide_number_is_found_by_its_events(wired: Wiring, clock: SetClock) -> None:
    asked = make_asked(wired, clock)
    case = asked.row("KE")
    with wired.open_work(asked.staff) as work:
        details = {"endorsement_id": WIDE, "person_id": WIDE, "reason": "The ministry has moved."}
        work.record(Event("EndorsementReopened", "proposal", asked.proposal.id, details))
    with wired.open_reading() as session:
        assert [one.text for one in list_happenings(session, asked.proposal.id, WIDE)] == ["The ministry has moved."]
        assert "The ministry has moved." not in [
            one.text for one in list_happenings(session, asked.proposal.id, case.id)
        ]
        assert WIDE in list_letters(session, asked.proposal.id)
        found = session.scalars(
            select(id_in(EventRow.payload, "no", "such")).where(EventRow.subject_id == asked.proposal.id).limit(1)
        ).one()
    assert found is None
