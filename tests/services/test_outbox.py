"""The outbox: order, leases, fences, and what each answer of a mail server comes to (`reliability.md` §1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

from tests.factories import make_person
from tests.fakes import TAKEN, FakeMailer
from tests.notices_table import with_small_table
from tests.post import run_outbox
from webapp.adapters.clocks import SetClock
from webapp.domain.errors import NotNow
from webapp.domain.events import Event
from webapp.domain.people import SYSTEM
from webapp.domain.ports import Delivery
from webapp.models.notices import Mail, OutboxRow, Suppression
from webapp.models.people import Person
from webapp.services.notices.tell import tell_event
from webapp.services.outbox import hooks
from webapp.services.outbox.claim import Claimed, claim
from webapp.services.outbox.deliver import deliver_due
from webapp.services.outbox.settle import finish, postpone
from webapp.services.outbox.take_back import take_back
from webapp.services.work import UnitOfWork
from webapp.wiring import Wiring

pytestmark = pytest.mark.rule("R54")


@pytest.fixture
def posting(wired: Wiring) -> Wiring:
    """The wiring with the small table."""
    return with_small_table(wired)


def _oblige(wired: Wiring, *orders: str, kind: str = "task", **payload: Any) -> None:
    with wired.open_work(SYSTEM) as work:
        for number, order in enumerate(orders):
            work.oblige(kind, {"task": "try_out", "number": number, **payload}, key=f"{order}-{number}", order=order)


def _claim(wired: Wiring, limit: int = 10, kind: str = "task") -> tuple[Claimed, ...]:
    with wired.open_work(SYSTEM) as work:
        return claim(work, kind, limit)


def _rows(wired: Wiring) -> list[tuple[str, int]]:
    with wired.open_reading() as session:
        return [(row.state, row.attempts) for row in session.scalars(select(OutboxRow).order_by(OutboxRow.id))]


def _mail(wired: Wiring, count: int = 1) -> list[Person]:
    """Mails that wait, each to a person of its own."""
    people = [make_person(wired) for _ in range(count)]
    with wired.open_work(SYSTEM) as work:
        for person in people:
            tell_event(work, work.record(Event("PersonNoted", "person", person.id)))
        work.session.execute(update(OutboxRow).where(OutboxRow.kind == "event").values(state="sent", sent_at=work.now))
    return people


def _mail_rows(wired: Wiring) -> list[OutboxRow]:
    with wired.open_work(SYSTEM) as work:
        return list(work.session.scalars(select(OutboxRow).where(OutboxRow.kind == "mail").order_by(OutboxRow.id)))


def test_rows_of_one_key_are_claimed_in_order(posting: Wiring) -> None:
    _oblige(posting, "a", "a", "b", "a")
    first = _claim(posting)
    assert [row.payload["number"] for row in first] == [0, 2]
    # Neither while it is being done …
    assert _claim(posting) == ()
    with posting.open_work(SYSTEM) as work:
        postpone(work, first[0], "a fault")
        finish(work, first[1])
    # … nor while it waits for its next try.
    assert _claim(posting) == ()


def test_a_claim_passes_by_what_another_is_claiming(committed: Wiring) -> None:
    _oblige(committed, "a", "b", "c")
    with committed.open_work(SYSTEM) as one, committed.open_work(SYSTEM) as other:
        other.session.execute(text("SET LOCAL lock_timeout = '2s'"))
        first, second = claim(one, "task", 2), claim(other, "task", 10)
    assert [row.order_key for row in first] == ["a", "b"]
    assert [row.order_key for row in second] == ["c"]


def test_an_obligation_is_written_once(posting: Wiring) -> None:
    with posting.open_work(SYSTEM) as work:
        first = work.oblige("task", {"task": "try_out"}, key="same", order="a")
        assert first is not None
        assert work.oblige("task", {"task": "try_out"}, key="same", order="a") is None
    assert _rows(posting) == [("pending", 0)]


def test_a_holder_whose_lease_is_over_is_fenced_out(posting: Wiring, clock: SetClock) -> None:
    _oblige(posting, "a")
    (slow,) = _claim(posting)
    clock.at += timedelta(seconds=posting.rules.limits.outbox_lease_seconds + 1)
    with posting.open_work(SYSTEM) as work:
        assert take_back(work) == 1
    clock.at += timedelta(minutes=1)
    (quick,) = _claim(posting)
    with posting.open_work(SYSTEM) as work:
        assert not finish(work, slow)
        assert not postpone(work, slow, "too late")
    assert _rows(posting) == [("sending", 2)]
    with posting.open_work(SYSTEM) as work:
        assert finish(work, quick)
    assert _rows(posting) == [("sent", 2)]


def test_what_kills_its_process_ends_as_dead(posting: Wiring, clock: SetClock) -> None:
    _oblige(posting, "a")
    claims = 0
    for _ in range(20):
        claims += len(_claim(posting))
        clock.at += timedelta(hours=8)
        with posting.open_work(SYSTEM) as work:
            take_back(work)
    assert claims == 6
    assert _rows(posting) == [("dead", 6)]


def test_pauses_grow(posting: Wiring, clock: SetClock) -> None:
    _mail(posting)
    pauses = []
    for _ in range(12):
        (row,) = _claim(posting, kind="mail")
        with posting.open_work(SYSTEM) as work:
            postpone(work, row, "450 later")
        (now,) = _mail_rows(posting)
        pauses.append((now.due_at - clock.at).total_seconds())
        clock.at = now.due_at
    assert (_mail_rows(posting)[0].state, _mail_rows(posting)[0].attempts) == ("dead", 12)
    doubled = [min(30 * 2**n, 21600) for n in range(11)]
    assert all(base <= given <= base * 1.2 for base, given in zip(doubled, pauses, strict=False))


def test_a_task_is_done_in_the_transaction_that_settles_it(posting: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []

    def try_out(work: UnitOfWork, payload: Mapping[str, Any]) -> None:
        work.session.add(Suppression(email=f"{payload['number']}@x.example", reason="test", since=work.now))
        work.session.flush()
        seen.append(payload["number"])
        if payload["number"] == 0:
            raise NotNow("moved_on")
        if payload["number"] == 1:
            raise ZeroDivisionError

    monkeypatch.setitem(hooks._tasks, "try_out", try_out)
    _oblige(posting, "a", "b", "c")
    run_outbox(posting)
    assert seen == [0, 1, 2]
    assert _rows(posting) == [("cancelled", 1), ("pending", 1), ("sent", 1)]
    with posting.open_reading() as session:
        assert session.scalars(select(Suppression.email)).all() == ["2@x.example"]


ANSWERS = [
    (Delivery("sent", "250 OK"), "sent", 1, False),
    (Delivery("later", "451 4.7.1 greylisted"), "pending", 1, False),
    (Delivery("lost", "the line broke"), "pending", 1, False),
    (Delivery("unreachable", "refused"), "pending", 0, False),
    (Delivery("rejected", "554 5.6.0 content"), "dead", 1, False),
    (Delivery("refused", "550 5.1.1 no such user"), "dead", 1, True),
    (Delivery("refused", "550 no such user"), "dead", 1, True),
    (Delivery("refused", "550 5.7.1 relaying denied"), "dead", 1, False),
    (Delivery("refused", "552 5.2.2 mailbox full"), "dead", 1, False),
]


@pytest.mark.rule("R56")
@pytest.mark.parametrize(("answer", "state", "attempts", "set_aside"), ANSWERS)
def test_what_an_answer_comes_to(posting: Wiring, answer: Delivery, state: str, attempts: int, set_aside: bool) -> None:
    (person,) = _mail(posting)
    run_outbox(posting, FakeMailer(lambda mail: answer))
    (row,) = _mail_rows(posting)
    assert (row.state, row.attempts) == (state, attempts)
    assert answer.reply in (row.last_error, row.smtp_reply)
    with posting.open_reading() as session:
        assert session.scalars(select(Suppression.email)).all() == ([person.email] if set_aside else [])
        undeliverable = session.scalars(select(Person.undeliverable_at).where(Person.id == person.id)).one()
        assert (undeliverable is not None) == set_aside


@pytest.mark.rule("R56")
def test_no_mail_goes_to_an_address_set_aside(posting: Wiring) -> None:
    _mail(posting)
    run_outbox(posting, FakeMailer(lambda mail: Delivery("refused", "550 5.1.1 no such user")))
    with posting.open_work(SYSTEM) as work:
        tell_event(work, work.record(Event("PersonNoted", "person", work.session.scalars(select(Person.id)).one())))
    later = FakeMailer()
    run_outbox(posting, later)
    assert later.offered == []
    assert [row.state for row in _mail_rows(posting)] == ["dead", "suppressed"]


def test_a_lost_reply_is_sent_again_the_same(posting: Wiring, clock: SetClock) -> None:
    _mail(posting)
    mailer = FakeMailer(lambda mail: Delivery("lost", "broke") if len(mailer.offered) == 1 else TAKEN)
    run_outbox(posting, mailer)
    clock.at += timedelta(minutes=2)
    run_outbox(posting, mailer)
    first, second = mailer.offered
    assert first == second
    assert [row.state for row in _mail_rows(posting)] == ["sent"]


def test_nobody_knows_after_the_last_lost_reply(posting: Wiring, clock: SetClock) -> None:
    _mail(posting)
    mailer = FakeMailer(lambda mail: Delivery("lost", "broke"))
    for _ in range(15):
        run_outbox(posting, mailer)
        clock.at += timedelta(hours=8)
    assert len(mailer.offered) == 12
    assert [row.state for row in _mail_rows(posting)] == ["unknown"]


def test_a_server_that_is_away_uses_up_no_tries(posting: Wiring, clock: SetClock) -> None:
    _mail(posting, 3)
    away = FakeMailer(lambda mail: Delivery("unreachable", "refused"))
    for _ in range(40):
        run_outbox(posting, away)
        clock.at += timedelta(hours=1)
    assert len(run_outbox(posting)) == 3


def test_what_is_not_reached_in_time_goes_back_untried(
    posting: Wiring, monkeypatch: pytest.MonkeyPatch, clock: SetClock
) -> None:
    _mail(posting, 3)
    seconds = iter([0.0, 1.0, 61.0, 61.0])
    monkeypatch.setattr("webapp.services.outbox.deliver.monotonic", lambda: next(seconds, 61.0))
    mailer = FakeMailer()
    ports = replace(posting.ports, mailer=mailer)
    assert deliver_due(lambda: replace(posting, ports=ports).open_work(SYSTEM), limit=10) == 3
    assert [(row.state, row.attempts) for row in _mail_rows(posting)] == [("sent", 1), ("pending", 0), ("pending", 0)]


def test_a_room_hears_what_became_of_its_letter(posting: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[tuple[str, str, int | None]] = []
    for outcome in (hooks.DELIVERED, hooks.BOUNCED):
        monkeypatch.setitem(
            hooks._listeners,
            (outcome, "to_person"),
            lambda work, it, outcome=outcome: heard.append((outcome, it.email, it.person_id)),
        )
    good, too, bad = _mail(posting, 3)
    refused = Delivery("refused", "550 5.1.1 no such user")
    answers = {good.email: TAKEN, too.email: TAKEN, bad.email: refused}
    run_outbox(posting, FakeMailer(lambda mail: answers[mail.to_address]))
    assert sorted(heard) == sorted(
        [("bounced", bad.email, bad.id), ("delivered", good.email, good.id), ("delivered", too.email, too.id)]
    )


def test_a_room_that_fails_to_hear_is_told_again_and_the_mail_is_not(
    posting: Wiring, monkeypatch: pytest.MonkeyPatch, clock: SetClock
) -> None:
    heard: list[int] = []

    def hear(work: UnitOfWork, delivery: hooks.Delivery) -> None:
        heard.append(delivery.event_id)
        if len(heard) == 1:
            raise ZeroDivisionError

    monkeypatch.setitem(hooks._listeners, (hooks.DELIVERED, "to_person"), hear)
    _mail(posting)
    mailer = FakeMailer()
    run_outbox(posting, mailer)
    clock.at += timedelta(minutes=2)
    run_outbox(posting, mailer)
    run_outbox(posting, mailer)
    assert len(mailer.offered) == 1
    assert len(heard) == 2


def test_a_mail_is_sent_as_it_was_rendered(posting: Wiring) -> None:
    (person,) = _mail(posting)
    with posting.open_work(SYSTEM) as work:
        work.session.get_one(Person, person.id).name = "Another name"
        kept = work.session.scalars(select(Mail.text)).one()
    (mail,) = run_outbox(posting)
    assert mail.text == kept
    assert f"Dear {person.name}," in mail.text


def test_one_batch_is_offered_at_once(posting: Wiring) -> None:
    _mail(posting, 5)
    batches: list[int] = []

    class Counting(FakeMailer):
        def send(self, mails: Any) -> Any:
            offered = list(mails)
            batches.append(len(offered))
            return super().send(offered)

    run_outbox(posting, Counting())
    assert batches == [5]
