"""The unit of work by itself: what every verb leans on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta

from webapp.adapters.clocks import DatabaseClock
from webapp.domain.people import SYSTEM
from webapp.models.people import Person
from webapp.wiring import Wiring


def test_the_database_tells_the_time_while_a_new_row_is_half_filled_in(wired: Wiring) -> None:
    wired = replace(wired, ports=replace(wired.ports, clock=DatabaseClock()))
    with wired.open_work(SYSTEM) as work:
        person = Person(email="half@done.example", name="Half", language="en", time_zone="UTC", password_hash="x")
        work.session.add(person)
        person.created_at = work.now
        work.session.flush()
        assert person.created_at.tzinfo is UTC
        assert work.now - person.created_at == timedelta(0)
