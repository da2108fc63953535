"""A large audience is told in portions: each person once, wherever a portion ends, and the event stays one row."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import select

from tests.factories import make_call, make_person, make_proposal, make_seat
from tests.notices_table import with_small_table
from tests.post import run_outbox
from webapp.domain.events import Event
from webapp.domain.people import SYSTEM, Role
from webapp.models.notices import Notification, OutboxRow
from webapp.models.proposals import Collaborator
from webapp.services.notices import tell
from webapp.services.outbox.perform import perform_due
from webapp.wiring import Wiring

pytestmark = pytest.mark.rule("R53", "R54")


@pytest.fixture
def posting(wired: Wiring) -> Wiring:
    """The wiring with the small table."""
    return with_small_table(wired)


def _event_for_many(wired: Wiring) -> tuple[list[int], list[int]]:
    """An event with five to tell by mail and six on the staff, of whom three are among the five."""
    owner = make_person(wired)
    proposal = make_proposal(wired, owner, make_call(wired))
    helpers = [make_person(wired) for _ in range(4)]
    staff = [make_person(wired) for _ in range(3)]
    with wired.open_work(SYSTEM) as work:
        for helper in helpers:
            added = {"role": "reader", "added_at": work.now}
            work.session.add(Collaborator(proposal_id=proposal.id, person_id=helper.id, **added))
    for person in (staff[0], owner, helpers[1], helpers[3], *staff[1:]):
        make_seat(wired, person, Role.SECRETARIAT)
    with wired.open_work(SYSTEM) as work:
        work.record(Event("ThingHappened", "proposal", proposal.id))
    return [owner.id, *(one.id for one in helpers)], [one.id for one in staff]


@pytest.mark.parametrize("portion", [1, 2, 3, 4, 5, 7, 8, 100])
def test_each_is_told_once_wherever_a_portion_ends(
    posting: Wiring, monkeypatch: pytest.MonkeyPatch, portion: int
) -> None:
    monkeypatch.setattr(tell, "PORTION", portion)
    applicants, staff = _event_for_many(posting)
    sent = run_outbox(posting)
    with posting.open_reading() as session:
        told = session.execute(select(Notification.person_id, Notification.notice)).all()
        states = session.scalars(select(OutboxRow.state).where(OutboxRow.kind == "event")).all()
    assert Counter((person, notice) for person, notice in told) == Counter(
        [(person, "to_applicant") for person in applicants] + [(person, "to_staff") for person in staff]
    )
    assert len({mail.to for mail in sent}) == len(sent) == len(applicants)
    assert states == ["sent"]


def test_a_portion_is_told_in_one_transaction_that_says_how_far(
    posting: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tell, "PORTION", 2)
    _event_for_many(posting)
    assert perform_due(lambda: posting.open_work(SYSTEM), "event", "outbox", limit=1) == 1
    with posting.open_reading() as session:
        (row,) = session.scalars(select(OutboxRow).where(OutboxRow.kind == "event")).all()
        told = session.scalars(select(Notification.person_id).order_by(Notification.person_id)).all()
        assert (row.state, row.attempts, row.sent_at, row.lease_token) == ("pending", 0, None, None)
        assert row.payload["reached"] == {"notice": "to_applicant", "after": told[-1]}
    assert len(told) == 2
