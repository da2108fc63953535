"""Telling events: who gets what, once, in their language, with nothing that must not be in a mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.factories import make_call, make_person, make_proposal, make_seat
from tests.fakes import renderer_with
from tests.notices_table import LETTER, with_small_table
from tests.post import run_outbox
from webapp.adapters.clocks import SetClock
from webapp.domain.errors import NotFound
from webapp.domain.events import Event
from webapp.domain.notices import mute_token, parse_notices
from webapp.domain.people import SYSTEM, Actor, Role, link_token
from webapp.models.audit import EventRow
from webapp.models.notices import Mail, Notification, OutboxRow
from webapp.models.people import MailedLink, Person
from webapp.models.proposals import Collaborator, Proposal
from webapp.models.routing import Conflict
from webapp.queries.notices.letters import unlinked
from webapp.services.notices.mute import mute_notice
from webapp.services.notices.tell import tell_event
from webapp.wiring import Wiring

pytestmark = pytest.mark.rule("R53")


@pytest.fixture
def posting(wired: Wiring) -> Wiring:
    """The wiring with the small table."""
    return with_small_table(wired)


def _record(wired: Wiring, event: Event, actor: Actor = SYSTEM) -> int:
    with wired.open_work(actor) as work:
        return work.record(event)


def _proposal(wired: Wiring, **given: object) -> tuple[Person, Proposal]:
    owner = make_person(wired, name="Awa Jallow")
    return owner, make_proposal(wired, owner, make_call(wired), ("GM", "KE"), **given)


@pytest.mark.rule("R54", "R55")
def test_an_event_tells_each_person_once(posting: Wiring) -> None:
    owner, proposal = _proposal(posting)
    helper, staff = make_person(posting), make_person(posting)
    # The owner is also a member of the secretariat: told by the first of the notices alone.
    for person in (staff, owner):
        make_seat(posting, person, Role.SECRETARIAT)
    with posting.open_work(SYSTEM) as work:
        work.session.add(Collaborator(proposal_id=proposal.id, person_id=helper.id, role="reader", added_at=work.now))
    _record(posting, Event("ThingHappened", "proposal", proposal.id, {"reason": "a secret reason"}))

    sent = run_outbox(posting)

    assert [(mail.to, mail.subject) for mail in sent] == [
        (owner.email, f"[{proposal.reference}] Something happened on 24 November 2026"),
        (helper.email, f"[{proposal.reference}] Something happened on 24 November 2026"),
    ]
    with posting.open_reading() as session:
        told = session.execute(select(Notification.person_id, Notification.notice, Notification.path)).all()
        states = session.scalars(select(OutboxRow.state)).all()
    path = f"/proposals/{proposal.reference}"
    assert sorted(told) == sorted(
        [(owner.id, "to_applicant", path), (helper.id, "to_applicant", path), (staff.id, "to_staff", path)]
    )
    assert set(states) == {"sent"}
    assert "secret reason" not in sent[0].text + sent[0].html


@pytest.mark.rule("R54")
def test_telling_twice_tells_once(posting: Wiring) -> None:
    _, proposal = _proposal(posting)
    event_id = _record(posting, Event("ThingHappened", "proposal", proposal.id))
    assert len(run_outbox(posting)) == 1
    with posting.open_work(SYSTEM) as work:
        tell_event(work, event_id)
    assert run_outbox(posting) == []
    with posting.open_reading() as session:
        assert session.scalar(select(func.count()).select_from(Notification)) == 1
        assert session.scalar(select(func.count()).select_from(Mail)) == 1


@pytest.mark.rule("R55")
def test_headers_and_text(posting: Wiring) -> None:
    owner, proposal = _proposal(posting)
    _record(posting, Event("ThingHappened", "proposal", proposal.id, {"due_at": "2026-12-04T17:00:00+00:00"}))
    (mail,) = run_outbox(posting)
    root = f"<{proposal.reference.lower()}@demo.example>"
    assert mail.headers == {
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "List-Id": "Proposal Desk <notices.demo.example>",
        "In-Reply-To": root,
        "References": root,
    }
    assert mail.text.splitlines() == [
        f"Proposal Desk · {proposal.reference}",
        "",
        "Something happened on 24 November 2026",
        "",
        f"Dear {owner.name},",
        "",
        "A telemedicine link for river communities",
        "",
        "Answer by: 4 December 2026, 17:00 (UTC)",
        "",
        "Open:",
        f"http://localhost/proposals/{proposal.reference}",
        "",
        "You receive this in a test.",
    ]
    assert 'style="' in mail.html
    assert "prefers-color-scheme" in mail.html


def test_language_and_zone_are_the_readers(posting: Wiring) -> None:
    _, proposal = _proposal(posting)
    focal = make_person(posting, language="fr", time_zone="Africa/Nairobi")
    make_seat(posting, focal, Role.FOCAL_POINT, partner="KE")
    other = make_person(posting)
    make_seat(posting, other, Role.FOCAL_POINT, partner="GM")
    payload = {"partner": "KE", "due_at": "2026-12-04T14:00:00+00:00"}
    _record(posting, Event("PartnerAsked", "proposal", proposal.id, payload))
    (mail,) = run_outbox(posting)
    assert mail.to == focal.email
    assert mail.html.startswith('<!DOCTYPE html><html lang="fr" dir="ltr">')
    assert "4 décembre 2026, 17:00" in mail.text
    assert mail.links == [f"http://localhost/endorse/{proposal.reference}"]


@pytest.mark.rule("R38")
def test_closed_accounts_and_conflicted_people_are_not_told(posting: Wiring, clock: SetClock) -> None:
    owner, proposal = _proposal(posting)
    closed = make_person(posting, disabled_at=clock.at)
    conflicted, free = make_person(posting), make_person(posting)
    for person in (closed, conflicted, free):
        make_seat(posting, person, Role.SECRETARIAT)
    with posting.open_work(SYSTEM) as work:
        for person in (conflicted, owner):
            work.session.add(
                Conflict(
                    proposal_id=proposal.id,
                    person_id=person.id,
                    kind="declared",
                    evidence="",
                    recorded_at=work.now,
                )
            )
    _record(posting, Event("ThingHappened", "proposal", proposal.id))
    assert [mail.to for mail in run_outbox(posting)] == [owner.email]
    with posting.open_reading() as session:
        told = session.scalars(select(Notification.person_id).where(Notification.notice == "to_staff")).all()
    assert told == [free.id]


def test_an_actor_is_named_only_where_the_table_says_so(posting: Wiring) -> None:
    _, proposal = _proposal(posting)
    staff = make_person(posting)
    make_seat(posting, staff, Role.SECRETARIAT)
    reviewer = make_person(posting, name="Reviewer Thirteen")
    _record(posting, Event("ThingHappened", "proposal", proposal.id), Actor(person_id=reviewer.id))
    (mail,) = run_outbox(posting)
    assert "Reviewer Thirteen" not in mail.text + mail.html + mail.subject
    with posting.open_reading() as session:
        sentence = session.scalars(select(Notification.sentence).where(Notification.notice == "to_staff")).one()
    assert sentence == "Something happened by Reviewer Thirteen"


def _mail_link(wired: Wiring, email: str) -> MailedLink:
    with wired.open_work(SYSTEM) as work:
        link = MailedLink(
            kind="confirm_address",
            nonce=b"0123456789abcdef",
            email=email,
            created_at=work.now,
            expires_at=work.later(days=3),
        )
        work.session.add(link)
        work.session.flush()
    return link


def test_a_secret_link_is_in_no_row(posting: Wiring, clock: SetClock) -> None:
    person = make_person(posting)
    link = _mail_link(posting, person.email)
    _record(posting, Event("LinkSent", "person", person.id, {"link_id": link.id}))
    (mail,) = run_outbox(posting)
    token = link_token(posting.ports.signing_key, link.id, link.nonce)
    assert mail.links == [f"http://localhost/confirm/{token}"]
    secret = token.split("-", 1)[1]
    with posting.open_reading() as session:
        rows = [
            *session.scalars(select(OutboxRow.payload)),
            *session.execute(select(Mail.subject, Mail.text, Mail.html)),
        ]
        events = session.scalars(select(EventRow.payload)).all()
        assert secret not in repr(rows) + repr(events)
        assert session.execute(select(Mail.text, Mail.html)).one() == (None, None)
        # Nor is there a notification: the link is for the mail alone.
        assert session.scalars(select(Notification.id)).all() == []


def test_a_mail_that_came_too_late_is_not_sent(posting: Wiring, clock: SetClock) -> None:
    person = make_person(posting)
    link = _mail_link(posting, person.email)
    with posting.open_work(SYSTEM) as work:
        tell_event(work, work.record(Event("LinkSent", "person", person.id, {"link_id": link.id})))
    clock.at += timedelta(days=3)
    assert run_outbox(posting) == []
    with posting.open_reading() as session:
        assert session.scalars(select(OutboxRow.state).where(OutboxRow.kind == "mail")).one() == "cancelled"


def test_one_broken_template_is_tried_again_and_others_are_told(posting: Wiring, clock: SetClock) -> None:
    person = make_person(posting)
    _record(posting, Event("PersonNoted", "person", person.id))
    broken = LETTER.replace("SUBJECT", "{{ no_such_word }}")
    breaking = replace(posting, ports=replace(posting.ports, renderer=renderer_with({"to_person": broken})))
    assert run_outbox(breaking) == []
    with posting.open_reading() as session:
        row = session.scalars(select(OutboxRow)).one()
        assert (row.state, row.attempts) == ("pending", 1)
        assert "no_such_word" in str(row.last_error)
    clock.at += timedelta(minutes=1)
    assert [mail.subject for mail in run_outbox(posting)] == ["A note for you"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Win at http://evil.example/now", "Win at http\u2060:\u2060//evil\u2060.\u2060example/now"),
        ("www.evil.example", "www\u2060.\u2060evil\u2060.\u2060example"),
        ("write to a@b.org", "write to a\u2060@\u2060b\u2060.\u2060org"),
        ("From 2.5 to 3.5 Mbit/s: the U.S. plan. Next.", "From 2.5 to 3.5 Mbit/s: the U.S. plan. Next."),
    ],
)
def test_what_people_wrote_is_never_a_link(text: str, shown: str) -> None:
    assert unlinked(text) == shown


def test_bad_tables_are_refused() -> None:
    good = {"id": "a", "event": "E", "audience": "applicant"}
    for bad in (
        {**good, "audience": "everybody"},
        {**good, "urgency": "tomorrow"},
        {**good, "carries_secret": True},
        {**good, "audiance": "x"},
    ):
        with pytest.raises(ValueError, match="notice a"):
            parse_notices({"notice": [bad]})
    with pytest.raises(ValueError, match="twice"):
        parse_notices({"notice": [good, good]})
    with pytest.raises(ValueError, match="silent"):
        parse_notices({"notice": [good], "silent": {"E": "why"}})
    assert parse_notices({"notice": [good]}).tells("E")


@pytest.mark.rule("R55")
def test_a_mail_that_is_not_mandatory_can_be_switched_off(wired: Wiring) -> None:
    table = {"notice": [{"id": "to_person", "event": "PersonNoted", "audience": "person", "mandatory": False}]}
    small = with_small_table(wired)
    posting = replace(small, rules=replace(small.rules, notices=parse_notices(table)))
    person = make_person(posting)
    _record(posting, Event("PersonNoted", "person", person.id))
    (mail,) = run_outbox(posting)
    address = mail.headers["List-Unsubscribe"].strip("<>")
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address.startswith("http://localhost/unsubscribe/")
    with posting.open_work(SYSTEM) as work:
        mute_notice(work, address.rpartition("/")[2])
    _record(posting, Event("PersonNoted", "person", person.id))
    assert run_outbox(posting) == []
    with posting.open_reading() as session:
        assert session.scalar(select(func.count()).select_from(Notification)) == 2


def test_a_mandatory_mail_cannot_be_switched_off(posting: Wiring) -> None:
    person = make_person(posting)
    _record(posting, Event("PersonNoted", "person", person.id))
    (mail,) = run_outbox(posting)
    assert "List-Unsubscribe" not in mail.headers
    good = mute_token(posting.ports.signing_key, person.id, "to_person")
    for token in (good, good[:-1] + "x", "", "1", "1..", "²3.to_person.abc", f"{'9' * 30}.to_person.abc"):
        with pytest.raises(NotFound), posting.open_work(SYSTEM) as work:
            mute_notice(work, token)
