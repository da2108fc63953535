"""What people do to the outbox: send again, call off, let an address in again; and what they may see of it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.factories import make_call, make_person, make_proposal, make_seat
from tests.fakes import FakeMailer
from tests.notices_table import with_small_table
from tests.post import run_outbox
from webapp.domain.errors import Invalid, NotAllowed, NotFound, NotNow
from webapp.domain.events import Event
from webapp.domain.people import SYSTEM, Actor, Role
from webapp.domain.ports import Delivery
from webapp.models.audit import EventRow
from webapp.models.initiative import InitiativeRow
from webapp.models.notices import OutboxRow, Suppression
from webapp.models.people import Person
from webapp.models.routing import Conflict
from webapp.queries.notices.outbox import count_states, find_row, list_rows
from webapp.queries.people import find_actor
from webapp.services.notices.addresses import write_to_again
from webapp.services.outbox.cancel import cancel_row
from webapp.services.outbox.retry import retry_row
from webapp.wiring import Wiring

pytestmark = pytest.mark.rule("R56")
NO_SUCH = Delivery("refused", "550 5.1.1 no such user")


@pytest.fixture
def posting(wired: Wiring) -> Wiring:
    """The wiring with the small table."""
    return with_small_table(wired)


def _actor(wired: Wiring, *roles: Role) -> Actor:
    person = make_person(wired)
    for role in roles:
        make_seat(wired, person, role)
    return _as_actor(wired, person)


def _as_actor(wired: Wiring, person: Person) -> Actor:
    with wired.open_work(SYSTEM) as work:
        actor = find_actor(work.session, person.id, work.now)
    assert actor is not None
    return actor


def _dead_mail(wired: Wiring) -> tuple[Person, int]:
    person = make_person(wired)
    with wired.open_work(SYSTEM) as work:
        work.record(Event("PersonNoted", "person", person.id))
    run_outbox(wired, FakeMailer(lambda mail: NO_SUCH))
    with wired.open_reading() as session:
        return person, session.scalars(select(OutboxRow.id).where(OutboxRow.kind == "mail")).one()


def _state(wired: Wiring, row_id: int) -> str:
    line = None
    with wired.open_reading() as session:
        line = find_row(session, SYSTEM, row_id)
    assert line is not None
    return line.state


def test_the_secretariat_sends_again(posting: Wiring) -> None:
    person, row_id = _dead_mail(posting)
    staff = _actor(posting, Role.SECRETARIAT)
    with posting.open_work(staff) as work:
        write_to_again(work, person.email.upper())
        retry_row(work, row_id)
    assert [mail.to for mail in run_outbox(posting)] == [person.email]
    with posting.open_reading() as session:
        assert session.scalars(select(Suppression.email)).all() == []
        events = session.execute(select(EventRow.name, EventRow.actor_id).order_by(EventRow.id)).all()
        undeliverable = session.scalars(select(Person.undeliverable_at).where(Person.id == person.id)).one()
    assert [tuple(event) for event in events][1:] == [
        ("AddressLetInAgain", staff.person_id),
        ("OutboxRowRetried", staff.person_id),
    ]
    assert undeliverable is None


def test_a_sent_mail_is_not_sent_again(posting: Wiring) -> None:
    person = make_person(posting)
    with posting.open_work(SYSTEM) as work:
        work.record(Event("PersonNoted", "person", person.id))
    run_outbox(posting)
    staff = _actor(posting, Role.SECRETARIAT)
    with posting.open_reading() as session:
        row_id = session.scalars(select(OutboxRow.id).where(OutboxRow.kind == "mail")).one()
    with pytest.raises(NotNow), posting.open_work(staff) as work:
        retry_row(work, row_id)
    with pytest.raises(NotNow), posting.open_work(staff) as work:
        cancel_row(work, row_id, "No longer wanted")


def test_calling_off_needs_a_reason(posting: Wiring) -> None:
    _, row_id = _dead_mail(posting)
    staff = _actor(posting, Role.SECRETARIAT)
    with pytest.raises(Invalid) as refused, posting.open_work(staff) as work:
        cancel_row(work, row_id, "  ")
    assert [problem.code for problem in refused.value.problems] == ["outbox_reason_missing"]
    assert _state(posting, row_id) == "dead"
    with posting.open_work(staff) as work:
        cancel_row(work, row_id, "The person left.")
    assert _state(posting, row_id) == "cancelled"
    with posting.open_reading() as session:
        initiative = session.scalars(select(InitiativeRow.id)).one()
        event = session.scalars(select(EventRow).where(EventRow.name == "OutboxRowCancelled")).one()
        assert (event.subject_kind, event.subject_id) == ("initiative", initiative)
        assert event.payload == {"outbox_id": row_id, "was": "dead", "reason": "The person left."}


@pytest.mark.rule("R1")
def test_others_may_not(posting: Wiring) -> None:
    person, row_id = _dead_mail(posting)
    for actor in (_as_actor(posting, person), _actor(posting, Role.AUDITOR)):
        for verb in (lambda work: retry_row(work, row_id), lambda work: cancel_row(work, row_id, "why")):
            with pytest.raises(NotAllowed), posting.open_work(actor) as work:
                verb(work)
        with pytest.raises(NotAllowed), posting.open_work(actor) as work:
            write_to_again(work, person.email)
    assert _state(posting, row_id) == "dead"


def test_an_address_that_is_not_aside_is_not_found(posting: Wiring) -> None:
    staff = _actor(posting, Role.SECRETARIAT)
    with pytest.raises(NotFound), posting.open_work(staff) as work:
        write_to_again(work, "nobody@demo.example")


@pytest.mark.rule("R38")
def test_rows_of_a_proposal_are_not_shown_to_its_people(posting: Wiring) -> None:
    owner = make_person(posting)
    proposal = make_proposal(posting, owner, make_call(posting), ("KE", "GM"))
    with posting.open_work(SYSTEM) as work:
        work.record(Event("ThingHappened", "proposal", proposal.id))
    run_outbox(posting)
    make_seat(posting, owner, Role.SECRETARIAT)
    conflicted = make_person(posting)
    make_seat(posting, conflicted, Role.SECRETARIAT)
    with posting.open_work(SYSTEM) as work:
        work.session.add(
            Conflict(
                proposal_id=proposal.id, person_id=conflicted.id, kind="declared", evidence="", recorded_at=work.now
            )
        )
    with posting.open_reading() as session:
        seen = {
            name: [(line.kind, line.to_address) for line in list_rows(session, actor)]
            for name, actor in {
                "secretariat": _actor(posting, Role.SECRETARIAT),
                "owner": _as_actor(posting, owner),
                "conflicted": _as_actor(posting, conflicted),
                "administrator": _actor(posting, Role.ADMINISTRATOR),
            }.items()
        }
        found = list_rows(session, _actor(posting, Role.ADMINISTRATOR), search=owner.email)
    assert seen == {
        "secretariat": [("mail", owner.email), ("event", "")],
        "owner": [],
        "conflicted": [],
        # Who reviews is not for those who keep the machine running.
        "administrator": [("mail", ""), ("event", "")],
    }
    assert found == []


def test_states_are_counted_with_the_oldest(posting: Wiring) -> None:
    _dead_mail(posting)
    with posting.open_reading() as session:
        assert [(one.state, one.kind, one.count) for one in count_states(session)] == [
            ("dead", "mail", 1),
        ]
