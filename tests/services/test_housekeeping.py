"""What has ended by time is cleared away, and nothing else."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from tests.factories import make_person
from tests.notices_table import with_small_table
from tests.post import run_outbox
from webapp.adapters.clocks import SetClock
from webapp.domain.events import Event
from webapp.domain.people import SYSTEM
from webapp.models.audit import FormKey
from webapp.models.notices import Mail, OutboxRow
from webapp.models.people import SessionRow, Throttle
from webapp.services.housekeeping import clear_away
from webapp.wiring import Wiring


def test_clearing_away(wired: Wiring, clock: SetClock) -> None:
    posting = with_small_table(wired)
    person = make_person(posting)
    with posting.open_work(SYSTEM) as work:
        work.record(Event("PersonNoted", "person", person.id))
        work.session.add(FormKey(key="old", person_id=None, answer="", created_at=work.now))
        work.session.add(Throttle(key="a", count=1, window_ends_at=work.later(hours=1)))
    run_outbox(posting)
    with posting.open_work(SYSTEM) as work:
        assert set(clear_away(work).values()) == {0}

    clock.at += timedelta(days=31)
    with posting.open_work(SYSTEM) as work:
        for key, seen_at in ((b"ended", work.later(hours=-13)), (b"lasts", work.now)):
            work.session.add(
                SessionRow(
                    token_hash=key,
                    person_id=person.id,
                    created_at=seen_at,
                    seen_at=seen_at,
                    proved_at=seen_at,
                    expires_at=seen_at + timedelta(hours=12),
                )
            )
        work.session.add(FormKey(key="new", person_id=None, answer="", created_at=work.now))
        work.session.flush()
        counts = clear_away(work)
    assert counts == {"sessions": 1, "kept_forms": 0, "throttles": 1, "form_keys": 1, "outbox": 1}
    with posting.open_reading() as session:
        assert session.scalars(select(SessionRow.token_hash)).all() == [b"lasts"]
        assert session.scalars(select(FormKey.key)).all() == ["new"]
        # The mail and its row stay, with the Message-ID.
        assert session.scalars(select(OutboxRow.kind)).all() == ["mail"]
        assert len(session.scalars(select(Mail.outbox_id)).all()) == 1
