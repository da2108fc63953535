"""Other systems are told of events once each, signed, again where they failed; administrators see and mend it (R66)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.browsing import Browser
from tests.factories import actor_of, make_call, make_person, make_proposal, make_seat
from webapp.adapters.clocks import SetClock
from webapp.domain.errors import Invalid, NotFound, NotNow, Refusal
from webapp.domain.events import Event
from webapp.domain.people import SYSTEM, Role
from webapp.domain.webhooks import Called, write_secret
from webapp.models.notices import OutboxRow
from webapp.models.people import Person
from webapp.services.notices import webhooks as verbs
from webapp.services.outbox.call_out import run_webhooks
from webapp.wiring import Wiring

pytestmark = pytest.mark.rule("R66")
URL = "https://other.example/in"


@dataclass
class Other:
    """The `Caller` port: another system that answers as it is told, and checks what it gets."""

    answer: Callable[[], Called] = lambda: Called("taken", "204")
    came: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)

    def call(self, url: str, headers: Mapping[str, str], body: bytes) -> Called:
        """Keep it."""
        self.came.append((url, headers, body))
        return self.answer()


@pytest.fixture
def other() -> Other:
    """The other system."""
    return Other()


@pytest.fixture
def told(wired: Wiring, other: Other) -> Wiring:
    """The wiring in which every call goes to it."""
    return replace(wired, ports=replace(wired.ports, caller=other))


@pytest.fixture
def administrator(wired: Wiring) -> Person:
    """An administrator."""
    person = make_person(wired)
    make_seat(wired, person, Role.ADMINISTRATOR)
    return person


@pytest.fixture
def hook(wired: Wiring, administrator: Person) -> int:
    """A webhook that the administrator added."""
    with wired.open_work(actor_of(wired, administrator)) as work:
        return verbs.add_webhook(work, URL, "The archive")


def _record(wired: Wiring, *names: str) -> str:
    proposal = make_proposal(wired, make_person(wired), make_call(wired))
    with wired.open_work(SYSTEM) as work:
        for name in names:
            work.record(Event(name, "proposal", proposal.id, {"reason": "a secret reason"}))
    return proposal.reference


def _run(wired: Wiring) -> int:
    return run_webhooks(lambda: wired.open_work(SYSTEM), seconds=60)


def _rows(wired: Wiring) -> list[tuple[str, int, str]]:
    with wired.open_reading() as session:
        rows = session.scalars(select(OutboxRow).where(OutboxRow.kind == "webhook").order_by(OutboxRow.id))
        return [(row.state, row.attempts, row.last_error or row.smtp_reply or "") for row in rows]


def test_an_event_is_told_once_and_signed(told: Wiring, other: Other, hook: int, clock: SetClock) -> None:
    reference = _record(told, "ProposalSubmitted")
    with told.open_work(SYSTEM) as work:
        work.record(Event("PasswordChanged", "person", make_person(told).id))
        secret = write_secret(verbs.read_secret(work, hook))
    assert (_run(told), _run(told)) == (1, 0)
    ((url, headers, body),) = other.came
    assert url == URL
    # As its receiver checks it, by the specification of Standard Webhooks.
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["webhook-timestamp"] == str(int(clock.at.timestamp()))
    assert len(key) == 32
    said = json.loads(body)
    assert said["type"] == "proposal.proposal_submitted"
    assert said["timestamp"] == "2026-11-24T09:00:00Z"
    assert said["data"].keys() == {"event", "proposal", "number", "version"}
    assert said["data"]["proposal"] == reference
    assert b"secret reason" not in body
    assert _rows(told) == [("sent", 1, "204")]


def test_what_failed_is_told_again_under_the_same_id_and_in_order(
    told: Wiring, other: Other, hook: int, clock: SetClock
) -> None:
    answers = [Called("later", "503 busy"), Called("taken", "200"), Called("taken", "200")]
    other.answer = lambda: answers.pop(0)
    _record(told, "ProposalSubmitted", "ProposalWithdrawn")
    # The second of the same proposal waits for the first.
    assert _run(told) == 1
    assert [state for state, _, _ in _rows(told)] == ["pending", "pending"]
    assert _run(told) == 0
    clock.at += timedelta(minutes=5)
    assert _run(told) == 2
    first, again, second = [headers for _, headers, _ in other.came]
    assert first["webhook-id"] == again["webhook-id"] != second["webhook-id"]
    assert first["webhook-timestamp"] != again["webhook-timestamp"]
    assert [json.loads(body)["type"] for _, _, body in other.came][1:] == [
        "proposal.proposal_submitted",
        "proposal.proposal_withdrawn",
    ]


def test_a_system_that_is_gone_is_told_no_more(told: Wiring, other: Other, hook: int) -> None:
    other.answer = lambda: Called("gone", "410 Gone")
    _record(told, "ProposalSubmitted")
    _run(told)
    _record(told, "ProposalWithdrawn")
    assert _run(told) == 0
    assert _rows(told) == [("dead", 1, "410 Gone")]


def test_stopped_resumed_and_sent_again(told: Wiring, other: Other, hook: int, administrator: Person) -> None:
    admin = actor_of(told, administrator)
    _record(told, "ProposalSubmitted")
    with told.open_work(admin) as work:
        verbs.stop_webhook(work, hook)
    assert _run(told) == 1
    assert (other.came, _rows(told)[0][0]) == ([], "cancelled")
    with told.open_reading() as session:
        row_id = session.scalars(select(OutboxRow.id).where(OutboxRow.kind == "webhook")).one()
    with pytest.raises(NotNow), told.open_work(admin) as work:
        verbs.send_again(work, hook, row_id)
    with told.open_work(admin) as work:
        verbs.resume_webhook(work, hook)
    ids = []
    for _ in range(2):
        with told.open_work(admin) as work:
            verbs.send_again(work, hook, row_id)
        assert _run(told) == 1
        ids.append(other.came[-1][1]["webhook-id"])
    assert len(set(ids)) == 1
    with pytest.raises(NotFound), told.open_work(admin) as work:
        verbs.send_again(work, hook, row_id + 1000)


@pytest.mark.parametrize("url", ["http://other.example/", "https://a:b@other.example/", "nowhere"])
def test_only_addresses_that_can_be_called(wired: Wiring, administrator: Person, url: str) -> None:
    with pytest.raises(Invalid), wired.open_work(actor_of(wired, administrator)) as work:
        verbs.add_webhook(work, url, "x")


def test_nobody_else_adds_one(wired: Wiring) -> None:
    for role in (Role.SECRETARIAT, Role.AUDITOR):
        person = make_person(wired)
        make_seat(wired, person, role)
        with pytest.raises(Refusal), wired.open_work(actor_of(wired, person)) as work:
            verbs.add_webhook(work, URL, "x")


def test_its_pages(told: Wiring, browse: Browser, administrator: Person, other: Other) -> None:
    admin = browse(administrator)
    assert "No other system" in admin.get("/desk/webhooks").text
    wrong = admin.post("/desk/webhooks", {"url": "http://x.example", "what_for": ""})
    assert wrong.status_code == 422
    answer = admin.post("/desk/webhooks", {"url": URL, "what_for": "The archive"})
    assert answer.status_code == 303
    _record(told, "ProposalSubmitted")
    other.answer = lambda: Called("later", "503 <b>busy</b>")
    _run(told)
    page = admin.get(answer.location).text
    with told.open_work(SYSTEM) as work:
        assert write_secret(verbs.read_secret(work, int(answer.location.rsplit("/", 1)[1]))) in page
    assert "proposal.proposal_submitted" in page and "503 &lt;b&gt;busy" in page
    with told.open_reading() as session:
        row_id = session.scalars(select(OutboxRow.id).where(OutboxRow.kind == "webhook")).one()
    assert admin.post(f"{answer.location}/messages/{row_id}/again", {}).status_code == 303
    assert admin.post(f"{answer.location}/stop", {}).status_code == 303
    assert "Told no more" in admin.get("/desk/webhooks").text
    assert admin.post(f"{answer.location}/resume", {}).status_code == 303
    assert admin.get("/desk/webhooks/999999").status_code == 404
