"""A document is being checked until there is a verdict: a scanner that is away loses nothing."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.adapters.clamd import HARM, clamd, closed_port
from tests.factories import actor_of, make_call, make_person
from tests.post import run_outbox
from webapp.adapters.clocks import SetClock
from webapp.adapters.documents import ContentChecker
from webapp.adapters.scanner import ClamdScanner
from webapp.models.notices import OutboxRow
from webapp.models.proposals import Document
from webapp.services.proposals.create import create_draft
from webapp.services.proposals.documents import add_document
from webapp.wiring import Wiring


def scanning(wired: Wiring, url: str) -> Wiring:
    """The same, with a scanner at this address."""
    return replace(wired, ports=replace(wired.ports, documents=ContentChecker(ClamdScanner(url, 2))))


def attach(wired: Wiring, content: bytes) -> str:
    """A document of a new draft; the address of the person who added it."""
    owner = make_person(wired)
    with wired.open_work(actor_of(wired, owner)) as work:
        reference = create_draft(work, make_call(wired).code)
        add_document(work, reference, "letter.pdf", io.BytesIO(content))
    return owner.email


def state(wired: Wiring) -> tuple[str, str | None]:
    with wired.open_reading() as session:
        row = session.scalars(select(Document)).one()
        return row.state, row.refusal


@pytest.mark.rule("R54")
def test_a_scanner_that_is_away_for_a_day_loses_no_document(wired: Wiring, clock: SetClock) -> None:
    attach(wired, b"%PDF-1.7 letter")
    away = scanning(wired, f"tcp://127.0.0.1:{closed_port()}")
    for _hour in range(24):
        run_outbox(away)
        assert state(wired) == ("received", None)
        clock.at += timedelta(hours=1)
    with wired.open_reading() as session:
        dead = session.scalars(select(func.count(OutboxRow.id)).where(OutboxRow.state == "dead")).one()
    assert dead == 0
    with clamd() as (url, _server):
        run_outbox(scanning(wired, url))
    assert state(wired) == ("accepted", None)


def test_what_is_harmful_is_refused_with_a_word_to_who_added_it(wired: Wiring) -> None:
    address = attach(wired, b"%PDF-1.7 " + HARM)
    with clamd() as (url, _server):
        mails = run_outbox(scanning(wired, url))
    assert state(wired) == ("refused", "infected")
    (mail,) = [mail for mail in mails if mail.to == address]
    assert "not accepted" in mail.subject and any(link.endswith("/documents") for link in mail.links)
