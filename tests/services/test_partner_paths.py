"""A partner keeps its own path and its deputies' days; cases in flight are not touched (R32, R34, R50)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from tests.asked import Asked, at, make_asked
from tests.factories import actor_of, make_person, make_seat
from tests.post import run_outbox
from webapp.adapters.clocks import SetClock
from webapp.domain.endorsements import Ministry, PartnerRule, read_rule
from webapp.domain.errors import Invalid, NotAllowed, NotFound, Stale
from webapp.domain.people import Role
from webapp.models.partners import Partner, PartnerPath
from webapp.services.endorsements.answering import acknowledge
from webapp.services.partners.deputies import set_deputy_days
from webapp.services.partners.paths import change_path
from webapp.services.partners.rehearsing import rehearse_path
from webapp.wiring import Wiring

SHORT = PartnerRule(answer_days=5, signatures_needed=2, silence_is_consent=True, weekend=(4, 5))


@pytest.fixture
def asked(wired: Wiring, clock: SetClock) -> Asked:
    return make_asked(wired, clock)


def paths(wired: Wiring, code: str = "KE") -> list[PartnerRule]:
    with wired.open_reading() as session:
        rows = session.scalars(
            select(PartnerPath)
            .join(Partner, Partner.id == PartnerPath.partner_id)
            .where(Partner.code == code)
            .order_by(PartnerPath.version)
        ).all()
        return [read_rule(row.version, row.rule) for row in rows]


@pytest.mark.rule("R32")
def test_a_focal_point_changes_the_path_for_cases_to_come(asked: Asked, wired: Wiring, clock: SetClock) -> None:
    before = asked.row("KE")
    with wired.open_work(asked.actor("KE")) as work:
        assert change_path(work, "KE", SHORT, seen_version=1) == 2
    assert [rule.version for rule in paths(wired)] == [1, 2]
    assert paths(wired)[1] == replace(SHORT, version=2)
    with wired.open_work(asked.actor("KE")) as work:
        acknowledge(work, asked.reference, "KE")
    row = asked.row("KE")
    assert (row.path_id, row.due_at) == (before.path_id, at("2026-12-22", 14))
    asked.answer("KE", "endorse")  # one signature is enough for this case
    assert asked.row("KE").state == "endorsed"
    later = make_asked(wired, clock, ("KE", "TH"))
    with wired.open_work(later.actor("KE")) as work:
        acknowledge(work, later.reference, "KE")
    # Five working days, Friday and Saturday being the weekend: 25, 26, 29, 30 November, 1 December.
    assert later.row("KE").due_at == at("2026-12-01", 14)
    later.answer("KE", "endorse")
    assert later.row("KE").state == "acknowledged"


@pytest.mark.rule("R32")
def test_two_who_change_a_path_at_once_and_the_same_path_again(asked: Asked, wired: Wiring) -> None:
    with wired.open_work(asked.actor("KE")) as work:
        change_path(work, "KE", SHORT, seen_version=1)
    with pytest.raises(Stale), wired.open_work(asked.staff) as work:
        change_path(work, "KE", PartnerRule(answer_days=9), seen_version=1)
    with wired.open_work(asked.actor("KE")) as work:
        assert change_path(work, "KE", SHORT, seen_version=2) == 2
    assert len(paths(wired)) == 2


@pytest.mark.rule("R1", "R32")
def test_a_path_is_its_partners_and_the_secretariats(asked: Asked, wired: Wiring) -> None:
    deputy = make_person(wired)
    make_seat(wired, deputy, Role.DEPUTY, partner="KE")
    for who in (asked.actor("CN"), actor_of(wired, deputy), actor_of(wired, asked.owner)):
        with pytest.raises((NotAllowed, NotFound)), wired.open_work(who) as work:
            change_path(work, "KE", SHORT, seen_version=1)
        with pytest.raises((NotAllowed, NotFound)), wired.open_work(who) as work:
            rehearse_path(work, "KE", SHORT)


@pytest.mark.rule("R32")
@pytest.mark.parametrize(
    "wrong",
    [
        {"answer_days": 0},
        {"signatures_needed": 300},
        {"notice_days": (-3, 0)},
        {"weekend": tuple(range(7))},
        {"material": ("colour",)},
        {"ministries": (Ministry("", "x@demo.example"),)},
        {"ministries": (Ministry("ICT", "nowhere"),)},
        {"ministries": (Ministry("ICT", "a@demo.example"), Ministry("ICT", "b@demo.example"))},
    ],
)
def test_a_path_that_cannot_be_used_is_refused(asked: Asked, wired: Wiring, wrong: dict[str, object]) -> None:
    with pytest.raises(Invalid), wired.open_work(asked.actor("KE")) as work:
        change_path(work, "KE", replace(PartnerRule(), **wrong), seen_version=1)  # type: ignore[arg-type]


@pytest.mark.rule("R32")
def test_a_dry_run_says_what_the_changed_path_would_do(asked: Asked, wired: Wiring, clock: SetClock) -> None:
    with wired.open_work(asked.actor("KE")) as work:
        acknowledge(work, asked.reference, "KE")
    clock.at = at("2026-12-03")
    before = asked.row("KE").content
    with wired.open_work(asked.actor("KE")) as work:
        (found,) = rehearse_path(work, "KE", SHORT)
    assert (found.reference, found.state) == (asked.reference, "acknowledged")
    assert found.comes_to.expected == (at("2026-12-22", 14), at("2026-12-01", 14))
    assert found.comes_to.silent == ("lapsed", "no_objection_tacit")
    assert found.comes_to.signatures == (1, 2)
    assert found.comes_to.is_over
    assert found.comes_to.differs
    assert asked.row("KE").content == before
    assert len(paths(wired)) == 1
    with wired.open_work(asked.actor("KE")) as work:
        (same,) = rehearse_path(work, "KE", PartnerRule())
    assert not same.comes_to.differs
    asked.answer("KE", "endorse")
    with wired.open_work(asked.actor("KE")) as work:
        assert rehearse_path(work, "KE", SHORT) == ()


@pytest.mark.rule("R34")
def test_a_deputy_acts_between_the_days_given_and_who_acted_for_whom_stands(asked: Asked, wired: Wiring) -> None:
    deputy = make_person(wired)
    seat = make_seat(wired, deputy, Role.DEPUTY, partner="KE")
    with wired.open_work(asked.actor("KE")) as work:
        set_deputy_days(work, "KE", seat.id, date(2026, 12, 1), date(2026, 12, 4))
    run_outbox(wired)
    with pytest.raises((NotAllowed, NotFound)):
        asked.answer("KE", "endorse", by=deputy)
    asked.clock.at = at("2026-12-04", 20)  # 23:00 in Nairobi: still the last day
    asked.answer("KE", "endorse", by=deputy)
    event = asked.events("PartnerEndorsed")[0]
    assert (event.actor_id, event.acting_for_id) == (deputy.id, asked.points["KE"].id)


@pytest.mark.rule("R34")
def test_days_of_a_deputy_that_do_not_fit(asked: Asked, wired: Wiring) -> None:
    seat = make_seat(wired, make_person(wired), Role.DEPUTY, partner="KE")
    point = make_seat(wired, make_person(wired), Role.FOCAL_POINT, partner="KE")
    for first, last in ((date(2026, 12, 4), None), (None, date(2026, 12, 4)), (date(2026, 12, 4), date(2026, 12, 1))):
        with pytest.raises(Invalid), wired.open_work(asked.actor("KE")) as work:
            set_deputy_days(work, "KE", seat.id, first, last)
    with pytest.raises(NotFound), wired.open_work(asked.actor("KE")) as work:
        set_deputy_days(work, "KE", point.id, None, None)
    with pytest.raises((NotAllowed, NotFound)), wired.open_work(asked.actor("CN")) as work:
        set_deputy_days(work, "KE", seat.id, None, None)
    with wired.open_work(asked.actor("KE")) as work:
        set_deputy_days(work, "KE", seat.id, None, None)
