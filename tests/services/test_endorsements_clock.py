"""Whatever happens in whatever order: a case, its clock and its timers can be recomputed from its events (R30)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from tests.adjusted import points
from tests.asked import Asked, make_asked
from tests.factories import actor_of, make_person, make_seat
from tests.post import fire_timers, run_outbox
from webapp.adapters.clocks import SetClock
from webapp.domain import endorsements as en
from webapp.domain.calendars import Calendar
from webapp.domain.errors import Refusal
from webapp.domain.people import SYSTEM, Actor, Role
from webapp.models.audit import EventRow
from webapp.models.deadlines import TimerRow
from webapp.models.endorsements import Endorsement
from webapp.models.partners import Partner, PartnerPath
from webapp.services.calendars import partner_calendar
from webapp.services.endorsements.afterwards import extend, withdraw_word
from webapp.services.endorsements.answering import acknowledge
from webapp.services.endorsements.asking import ask
from webapp.services.endorsements.consulting import consult
from webapp.services.endorsements.mending import reopen, send_again
from webapp.services.endorsements.replying import answer_questions
from webapp.wiring import Wiring

ACTS = (
    "acknowledge",
    "endorse",
    "endorse_with_conditions",
    "no_objection",
    "stand_aside",
    "object",
    "send_again",
    "reopen",
    "ask",
    "answered",
    "extend",
    "consult",
    "withdraw",
    "confirm",
    "break_silence",
    "wait",
    "wait",
    "wait",
)
steps = st.lists(
    st.tuples(st.sampled_from(ACTS), st.sampled_from(["KE", "CN"]), st.booleans(), st.integers(1, 200)), max_size=8
)


@contextmanager
def undone(wired: Wiring, engine: Engine) -> Iterator[Wiring]:
    """The wiring over a transaction of its own, so that each example begins anew."""
    with engine.connect() as connection:
        outer = connection.begin()
        session = partial(Session, connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
        clock = SetClock(wired.ports.clock.now())  # type: ignore[arg-type]
        yield replace(wired, new_session=session, ports=replace(wired.ports, clock=clock))
        outer.rollback()


@pytest.mark.rule("R30")
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(done=steps)
def test_a_case_is_what_its_events_say(wired: Wiring, engine: Engine, done: list[tuple[str, str, bool, int]]) -> None:
    with undone(wired, engine) as fresh:
        made = make_asked(fresh, fresh.ports.clock)  # type: ignore[arg-type]
        second = make_person(fresh)
        make_seat(fresh, second, Role.DEPUTY, partner="KE")
        for act, code, by_second, hours in done:
            try:
                do(made, act, code, second if by_second and code == "KE" else made.points[code], hours)
            except Refusal:
                continue
        with fresh.open_work(SYSTEM) as work:
            for row in work.session.scalars(select(Endorsement)).all():
                partner = work.session.get_one(Partner, row.partner_id)
                path = work.session.get_one(PartnerPath, row.path_id)
                rule, calendar = en.read_rule(path.version, path.rule), partner_calendar(work, partner)
                case = recompute(work.session, row, rule, calendar)
                assert en.write_case(case) == row.content
                assert row.due_at == en.due_at(case, rule, calendar)
                wanted = {(timer.kind, timer.due_at) for timer in en.timers_of(case, rule, calendar)}
                ahead = {(kind, at) for kind, at in wanted if at > work.now}
                assert ahead <= open_timers(work.session, row.id)


def recompute(session: Session, row: Endorsement, rule: en.PartnerRule, calendar: Calendar) -> en.Case:
    """The case, from nothing but what the events of its proposal's chain say."""
    events = session.scalars(
        select(EventRow)
        .where(EventRow.subject_id == row.proposal_id, EventRow.subject_kind == "proposal")
        .order_by(EventRow.id)
    )
    case = None
    for event in events:
        said = event.payload
        if said.get("endorsement_id") != row.id or "from" not in said:
            continue
        office = en.Office(focal_point=said["signatory"], deputy=event.actor_id, has_address=True)
        if said.get("person_id"):
            office = en.Office(focal_point=said["signatory"], deputy=said["person_id"], has_address=True)
        around = en.Around(office=office, notices_delivered=0)
        if case is None:
            case = en.Case(said["partner"], is_lead=row.is_lead)
        happened = en.Happened(
            said["happened"],
            by=event.actor_id,
            reason=said.get("reason", ""),
            version=said["version"],
            version_hash=row.content["version_hash"],
            letter=said.get("letter") if said["role"] == "mail" else None,
            days=said.get("days", 0),
            changed=tuple(said.get("changed", ())),
            fields=dict.fromkeys(
                said.get("fields", ("a ministry",) if said["happened"] == "consult" else ()), "Because."
            ),
            effective_at=datetime.fromisoformat(said["effective_at"]) if said.get("effective_at") else None,
        )
        case, _ = en.apply(replace(case, around=around), happened, said["role"], event.at, rule, calendar)
    assert case is not None
    return case


def open_timers(session: Session, case_id: int) -> set[tuple[str, object]]:
    rows = session.execute(
        select(TimerRow.kind, TimerRow.due_at).where(
            TimerRow.subject_kind == "endorsement", TimerRow.subject_id == case_id, TimerRow.done_at.is_(None)
        )
    )
    return {(row.kind, row.due_at) for row in rows}


def do(made: Asked, act: str, code: str, who: object, hours: int) -> None:
    """One thing that somebody tries, or time that passes."""
    wired = made.wired
    if act == "wait":
        made.clock.at += timedelta(hours=hours)
        fire_timers(wired)
    elif act == "acknowledge":
        with wired.open_work(actor_of(wired, who)) as work:  # type: ignore[arg-type]
            acknowledge(work, made.reference, code)
    elif act in ("ask", "extend", "consult", "withdraw", "answered"):
        step(made, act, code, actor_of(wired, made.owner if act == "answered" else who))  # type: ignore[arg-type]
    elif act in ("send_again", "reopen"):
        with wired.open_work(made.staff) as work:
            if act == "reopen":
                reopen(work, made.reference, code, reason="They asked for it.")
            else:
                send_again(work, made.reference, code)
    else:
        text = "Because." if act in ("object", "endorse_with_conditions") else ""
        made.answer(code, act, text, by=who)  # type: ignore[arg-type]
    run_outbox(wired)


def step(made: Asked, act: str, code: str, actor: Actor) -> None:
    """Something else than a word: what is asked back, more time, a withdrawal."""
    with made.wired.open_work(actor) as work:
        if act == "ask":
            ask(work, made.reference, code, {"plan.starts_on": "Because."})
        elif act == "extend":
            extend(work, made.reference, code)
        elif act == "consult":
            consult(work, made.reference, code, [], [en.Ministry("ICT", "ict@demo.example")])
        elif act == "withdraw":
            day = (work.now + timedelta(days=9)).date()
            withdraw_word(work, made.reference, code, "Because.", day)
        else:
            open_now = [point for point in points(made, code).values() if point.state == "open"]
            answer_questions(work, made.reference, code, {point.id: "Because." for point in open_now})
