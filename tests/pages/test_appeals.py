"""A declined applicant reads until when an appeal can be made, and does not write one in vain (R29, R25)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.browsing import Browser
from tests.deciding import decide, now, review_it
from tests.factories import actor_of, make_call, make_person, make_proposal, make_secretary, make_version
from webapp.adapters.clocks import SetClock
from webapp.wiring import Wiring


@pytest.mark.rule("R29", "R25", "R28")
def test_an_appeal_is_offered_while_it_can_be_made(wired: Wiring, browse: Browser, clock: SetClock) -> None:
    owner = make_person(wired)
    made = make_proposal(wired, owner, make_call(wired), ("KE", "CN"), stage="deliberation", submitted_at=clock.at)
    make_version(wired, made)
    review_it(wired, made)
    first, second = (actor_of(wired, make_secretary(wired)) for _ in range(2))
    decide(wired, first, second, made, "declined")
    page, form = f"/proposals/{made.reference}/decision", f"/proposals/{made.reference}/appeal"
    # Twenty working days after 24 November: 22 December at 17:00.
    clock.at = datetime(2026, 12, 22, 16, 59, tzinfo=UTC)
    shown = browse(owner).get(page).text
    assert f'href="{form}"' in shown and "You can appeal once, until 22 December 2026" in shown
    assert browse(owner).get(form).status_code == 200
    clock.at = datetime(2026, 12, 22, 17, 1, tzinfo=UTC)
    shown = browse(owner).get(page).text
    assert f'href="{form}"' not in shown and "The time for this is over" in shown
    late = browse(owner).get(form)
    assert late.status_code == 409 and "The time for this is over" in late.text
    assert now(wired, made).stage == "declined"
    # Nobody else is offered it.
    assert browse(make_person(wired)).get(form).status_code == 404
