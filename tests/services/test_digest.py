"""One mail a day, at the person's own hour, for what can wait; what cannot goes at once (R52)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.browsing import Browser
from tests.factories import actor_of, make_call, make_person, make_proposal, make_seat
from tests.post import run_outbox
from webapp.adapters.clocks import SetClock
from webapp.domain.calendars import Calendar
from webapp.domain.errors import Invalid
from webapp.domain.events import Event
from webapp.domain.notices import next_digest, next_working_digest
from webapp.domain.people import SYSTEM, Role
from webapp.models.people import Person
from webapp.models.proposals import Proposal
from webapp.queries.notices.bell import count_unread, find_choices
from webapp.services.notices.read import mark_read
from webapp.services.notices.wishes import choose_kinds, choose_wishes, mute_proposal
from webapp.wiring import Wiring

pytestmark = pytest.mark.rule("R52")
ZONES = ["UTC", "Asia/Shanghai", "Africa/Banjul", "America/Havana", "Asia/Gaza", "Pacific/Apia", "America/Santiago"]
moments = st.datetimes(datetime(2026, 1, 1), datetime(2029, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(moments, st.integers(0, 23), st.sampled_from(ZONES))
def test_the_hour_is_the_person_s_own(now: datetime, hour: int, zone: str) -> None:
    """Property: the next such hour on the person's own clock, within a day of 25 hours, whatever the season."""
    at = next_digest(now, hour, zone)
    assert now < at <= now + timedelta(hours=25)
    there = at.astimezone(ZoneInfo(zone))
    # An hour that a change of clocks skips comes an hour later.
    assert (there.hour, there.minute) == (hour, 0) or there.utcoffset() != (at - timedelta(hours=3)).astimezone(
        ZoneInfo(zone)
    ).utcoffset()


@pytest.fixture
def reader(wired: Wiring) -> Person:
    """In Nairobi, where it is noon; wants one mail a day at eight."""
    person = make_person(wired, time_zone="Africa/Nairobi")
    with wired.open_work(actor_of(wired, person)) as work:
        choose_wishes(work, hour=8, app_only=False, quiet_weekends=False)
    return person


@pytest.fixture
def proposal(wired: Wiring, reader: Person, clock: SetClock) -> Proposal:
    return make_proposal(wired, reader, make_call(wired), stage="review", submitted_at=clock.at)


def happen(wired: Wiring, proposal: Proposal, name: str) -> None:
    with wired.open_work(SYSTEM) as work:
        payload = {"due_at": work.later(days=7).isoformat()}
        work.record(Event(name, "proposal", proposal.id, payload))


def test_what_can_wait_comes_in_one_mail_at_the_hour(
    wired: Wiring, reader: Person, proposal: Proposal, clock: SetClock
) -> None:
    for name in ("ProposalPublished", "ProposalCompleted", "ProposalPublished"):
        happen(wired, proposal, name)
    assert run_outbox(wired) == []
    clock.at = datetime(2026, 11, 25, 4, 59, tzinfo=UTC)
    assert run_outbox(wired) == []
    clock.at += timedelta(minutes=1)
    (mail,) = run_outbox(wired)
    assert (mail.to, mail.subject) == (reader.email, "Your daily mail: 3 messages")
    assert mail.text.count(proposal.reference) >= 3
    assert "List-Unsubscribe" in mail.headers
    clock.at += timedelta(days=1)
    assert run_outbox(wired) == []  # nothing has happened since


def test_what_cannot_wait_goes_at_once(wired: Wiring, proposal: Proposal) -> None:
    happen(wired, proposal, "StageDueSoon")
    assert len(run_outbox(wired)) == 1


def test_what_was_read_meanwhile_is_not_mailed(
    wired: Wiring, reader: Person, proposal: Proposal, clock: SetClock
) -> None:
    happen(wired, proposal, "ProposalPublished")
    run_outbox(wired)
    with wired.open_work(actor_of(wired, reader)) as work:
        mark_read(work, up_to=2**40)
    clock.at += timedelta(days=1)
    assert run_outbox(wired) == []


def test_what_waits_still_comes_after_going_back(
    wired: Wiring, reader: Person, proposal: Proposal, clock: SetClock
) -> None:
    happen(wired, proposal, "ProposalPublished")
    run_outbox(wired)
    with wired.open_work(actor_of(wired, reader)) as work:
        choose_wishes(work, hour=None, app_only=False, quiet_weekends=False)
    happen(wired, proposal, "ProposalCompleted")
    assert len(run_outbox(wired)) == 1
    clock.at += timedelta(days=1)
    (mail,) = run_outbox(wired)
    assert mail.subject == "Your daily mail: one message"


def test_a_worker_that_was_down_sends_one(wired: Wiring, proposal: Proposal, clock: SetClock) -> None:
    happen(wired, proposal, "ProposalPublished")
    run_outbox(wired)
    clock.at += timedelta(days=3)
    happen(wired, proposal, "ProposalCompleted")
    assert [mail.subject for mail in run_outbox(wired)] == ["Your daily mail: 2 messages"]
    clock.at += timedelta(days=1)
    assert run_outbox(wired) == []


def test_no_hour_of_the_day(wired: Wiring, reader: Person) -> None:
    with pytest.raises(Invalid), wired.open_work(actor_of(wired, reader)) as work:
        choose_wishes(work, hour=24, app_only=False, quiet_weekends=False)


def test_chosen_on_the_page_of_alerts(browse: Browser, wired: Wiring) -> None:
    person = make_person(wired)
    visitor = browse(person)
    assert visitor.post("/alerts/mails", {"how": "7", "quiet_weekends": "y"}).location == "/alerts/mails"
    page = visitor.get("/alerts/mails").text
    assert '<option value="7" selected>' in page
    assert 'name="quiet_weekends" value="y" aria-describedby="quiet_weekends-hint" checked' in page
    assert visitor.post("/alerts/mails", {"how": "x"}).status_code == 303
    assert "selected" not in visitor.get("/alerts/mails").text
    visitor.post("/alerts/mails", {"how": "app"})
    assert '<option value="app" selected>' in visitor.get("/alerts/mails").text


def _choose(wired: Wiring, person: Person, *, app_only: bool = False, quiet: bool = False) -> None:
    with wired.open_work(actor_of(wired, person)) as work:
        choose_wishes(work, hour=None, app_only=app_only, quiet_weekends=quiet)


def _alerts(wired: Wiring, person: Person) -> int:
    with wired.open_reading() as session:
        return count_unread(session, actor_of(wired, person))


def test_under_alerts_alone_but_for_what_cannot_wait(wired: Wiring, reader: Person, proposal: Proposal) -> None:
    _choose(wired, reader, app_only=True)
    happen(wired, proposal, "ProposalPublished")
    assert run_outbox(wired) == []
    assert _alerts(wired, reader) == 1
    happen(wired, proposal, "ProposalLapsed")
    assert [mail.to for mail in run_outbox(wired)] == [reader.email]


def test_a_silent_proposal_is_silent_by_itself(wired: Wiring, reader: Person, proposal: Proposal) -> None:
    _choose(wired, reader)
    other = make_proposal(wired, reader, make_call(wired, code="other"), ("GM", "KE"))
    with wired.open_work(actor_of(wired, reader)) as work:
        mute_proposal(work, proposal.reference, silent=True)
    for one in (proposal, other):
        happen(wired, one, "ProposalPublished")
    assert [mail.subject.split()[0] for mail in run_outbox(wired)] == [f"[{other.reference}]"]
    assert _alerts(wired, reader) == 2
    happen(wired, proposal, "ProposalLapsed")
    assert len(run_outbox(wired)) == 1, "what is mandatory comes all the same"
    with wired.open_work(actor_of(wired, reader)) as work:
        mute_proposal(work, proposal.reference, silent=False)
    happen(wired, proposal, "ProposalCompleted")
    assert len(run_outbox(wired)) == 1


def test_only_kinds_that_were_shown_are_chosen_and_mandatory_ones_stay(wired: Wiring, reader: Person) -> None:
    with wired.open_work(actor_of(wired, reader)) as work:
        choose_kinds(work, ["proposal_published", "proposal_completed", "proposal_lapsed"], ["proposal_completed"])
        assert find_choices(work.session, work.actor).kinds == {"proposal_published"}
        choose_kinds(work, ["proposal_completed"], [])
        assert find_choices(work.session, work.actor).kinds == {"proposal_published", "proposal_completed"}
        choose_kinds(work, ["proposal_published"], ["proposal_published"])
        assert find_choices(work.session, work.actor).kinds == {"proposal_completed"}


def test_quiet_on_the_days_of_rest_of_the_partner(
    wired: Wiring, reader: Person, proposal: Proposal, clock: SetClock
) -> None:
    make_seat(wired, reader, Role.FOCAL_POINT, partner="KE")
    _choose(wired, reader, quiet=True)
    clock.at = datetime(2026, 11, 28, 8, tzinfo=UTC)  # a Saturday
    happen(wired, proposal, "ProposalPublished")
    assert run_outbox(wired) == []
    happen(wired, proposal, "ProposalLapsed")
    assert len(run_outbox(wired)) == 1, "what cannot wait is not held up by what rests"
    clock.at = datetime(2026, 11, 30, 5, 59, tzinfo=UTC)
    assert run_outbox(wired) == []
    clock.at = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)  # Monday, 09:00 in Nairobi
    assert len(run_outbox(wired)) == 1


def test_a_daily_mail_rests_too() -> None:
    friday = datetime(2026, 11, 27, 20, tzinfo=UTC)
    monday = datetime(2026, 11, 30, tzinfo=UTC)
    assert next_working_digest(friday, 7, "UTC", Calendar()) == monday.replace(hour=7)
    assert next_working_digest(friday, 21, "UTC", Calendar()) == friday.replace(hour=21)
    sunday_off = Calendar(weekend=frozenset({6}))
    assert next_working_digest(friday, 7, "UTC", sunday_off) == datetime(2026, 11, 28, 7, tzinfo=UTC)
