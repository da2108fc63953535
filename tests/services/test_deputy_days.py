"""A deputy's days are those of the partner's capital, whatever the hour is elsewhere (R34, R50)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from tests.factories import actor_of, make_person, make_seat
from webapp.adapters.clocks import SetClock
from webapp.domain.events import Event
from webapp.domain.people import SYSTEM, Role
from webapp.models.partners import Partner
from webapp.models.people import Person
from webapp.queries.notices.audiences import find_recipients
from webapp.queries.notices.events import find_event
from webapp.wiring import Wiring

ONE_DAY = date(2026, 11, 24)
BEFORE = datetime(2026, 11, 23, 16, 59, tzinfo=UTC)
FIRST = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # midnight in Bangkok
LAST = datetime(2026, 11, 24, 16, 59, tzinfo=UTC)
AFTER = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)


@pytest.fixture
def deputy(wired: Wiring) -> Person:
    person = make_person(wired)
    make_seat(wired, person, Role.DEPUTY, partner="TH", starts_on=ONE_DAY, ends_on=ONE_DAY)
    return person


@pytest.mark.rule("R34", "R50")
@pytest.mark.parametrize(("at", "acts"), [(BEFORE, False), (FIRST, True), (LAST, True), (AFTER, False)])
def test_a_deputy_acts_on_the_partners_own_days(
    wired: Wiring, clock: SetClock, deputy: Person, at: datetime, *, acts: bool
) -> None:
    clock.at = at
    assert bool(actor_of(wired, deputy).partner_ids()) is acts


@pytest.mark.rule("R34", "R50")
@pytest.mark.parametrize(("at", "told"), [(BEFORE, False), (FIRST, True), (LAST, True), (AFTER, False)])
def test_a_deputy_is_told_on_the_partners_own_days(
    wired: Wiring, clock: SetClock, deputy: Person, at: datetime, *, told: bool
) -> None:
    clock.at = at
    with wired.open_work(SYSTEM) as work:
        partner_id = work.session.scalars(select(Partner.id).where(Partner.code == "TH")).one()
        event_id = work.record(Event("VacancyRaised", "partner", partner_id, {"partner_id": partner_id}))
        every = (notice for notices in work.rules.notices.by_event.values() for notice in notices)
        notice = next(one for one in every if "partner_deputies" in one.audiences)
        found = find_recipients(work.session, find_event(work.session, event_id), notice, work.now)
    assert (deputy.id in [one.person_id for one in found]) is told
