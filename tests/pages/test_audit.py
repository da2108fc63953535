"""The page of the record: whole or broken, and the daily roots to keep elsewhere (R62)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.browsing import Browser
from tests.factories import make_person, make_seat
from webapp.adapters.clocks import SetClock
from webapp.domain.audit import read_root
from webapp.domain.events import Event
from webapp.domain.people import SYSTEM, Role
from webapp.services.audit import make_roots
from webapp.wiring import Wiring


@pytest.mark.rule("R62")
def test_the_auditor_keeps_the_roots(browse: Browser, wired: Wiring, clock: SetClock) -> None:
    auditor = make_person(wired)
    make_seat(wired, auditor, Role.AUDITOR)
    visitor = browse(auditor)
    assert "There is none yet." in visitor.get("/desk/audit").text
    with wired.open_work(SYSTEM) as work:
        work.record(Event("CallChanged", "call", 1))
    clock.at += timedelta(days=1)
    with wired.open_work(SYSTEM) as work:
        (root,) = make_roots(work)
    visitor = browse(auditor)
    page = visitor.get("/desk/audit").text
    assert "The record is whole." in page and root.root in page
    file = visitor.get("/desk/audit/roots/2026-11-24")
    assert file.headers["Content-Disposition"] == 'attachment; filename="proposal-desk-root-2026-11-24.txt"'
    assert read_root(file.text) == root
    for unknown in ("2026-11-20", "yesterday"):
        assert visitor.get(f"/desk/audit/roots/{unknown}").status_code == 404
    assert browse(make_person(wired)).get("/desk/audit/roots/2026-11-24").status_code == 403
