"""Partners' public pages, a partner's own page, its days, and the secretariat's list."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.asked import make_asked
from tests.browsing import Browser
from tests.counting import statements
from tests.factories import make_person, make_seat, make_secretary
from tests.post import run_outbox
from webapp.adapters.clocks import SetClock
from webapp.domain.people import Role
from webapp.models.people import SeatRow
from webapp.services.people.seats import end_seat
from webapp.wiring import Wiring

DAY = {"day-day": "1", "day-month": "12", "day-year": "2026", "kind_": "holiday", "name": "Day of mourning"}


def test_partners_stand_by_name_in_the_readers_language(browse: Browser) -> None:
    visitor = browse()
    page = visitor.get("/partners").text
    assert (
        page.index(">Argentina<") < page.index(">China<") < page.index(">Gambia<" if ">Gambia<" in page else "Gambia")
    )
    french = visitor.get("/partners?lang=fr").text
    assert ">Chine<" in french
    one = visitor.get("/partners/KE")
    assert "Republic of Kenya" in one.text
    assert "Nairobi" in one.text
    assert visitor.get("/partners/XX").status_code == 404


@pytest.mark.rule("R1", "R2")
def test_a_partners_own_page_is_for_its_focal_points_and_the_secretariat(browse: Browser, wired: Wiring) -> None:
    point, stranger, deputy = make_person(wired), make_person(wired), make_person(wired)
    make_seat(wired, point, Role.FOCAL_POINT, partner="KE")
    make_seat(wired, stranger, Role.FOCAL_POINT, partner="CN")
    make_seat(wired, deputy, Role.DEPUTY, partner="KE")
    allowed = (point, make_secretary(wired))
    for person in allowed:
        page = browse(person).get("/partners/KE/desk")
        assert page.status_code == 200
        assert "Is never consent" in page.text
    for person in (stranger, deputy, make_person(wired)):
        assert browse(person).get("/partners/KE/desk").status_code in (403, 404)
        assert browse(person).post("/partners/KE/desk", DAY).status_code in (403, 404)
    assert browse().get("/partners/KE/desk").location.startswith("/sign-in")
    assert browse(point).get("/partners/XX/desk").status_code == 404


@pytest.mark.rule("R50")
def test_a_day_that_is_added_moves_due_times_and_back(browse: Browser, wired: Wiring, clock: SetClock) -> None:
    made = make_asked(wired, clock)

    def second_letters() -> int:
        return sum(event.payload["partner"] == "KE" for event in made.events("EndorsementSecondLetterSent"))

    assert made.row("KE").due_at.isoformat() == "2026-12-01T14:00:00+00:00"
    visitor = browse(made.points["KE"])
    assert visitor.post("/partners/KE/desk", DAY).status_code == 303
    run_outbox(wired)
    assert made.row("KE").due_at.isoformat() == "2026-12-02T14:00:00+00:00"
    page = visitor.get("/partners/KE/desk").text
    assert "Day of mourning" in page
    assert "This day is entered already" in visitor.post("/partners/KE/desk", DAY).text
    made.go_to(made.row("KE").due_at.replace(day=1))
    assert made.row("KE").state == "delivered"
    assert second_letters() == 0  # the first due time has passed, and is none any more
    action = page.split('action="/partners/KE/days/')[1].split('"')[0]
    assert browse(made.points["KE"]).post(f"/partners/KE/days/{action}").location == "/partners/KE/desk#days"
    assert browse(made.points["CN"]).post(f"/partners/KE/days/{action}").status_code in (403, 404)
    run_outbox(wired)
    made.days_later(0)
    assert second_letters() == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": ""}, "Enter the name of the day"),
        ({"name": "x" * 300}, "Shorten"),
        ({"day-year": ""}, "day"),
        ({"day-month": "<b>"}, "month"),
        ({"day-year": "2399"}, "Enter a day from a year ago"),
        ({"kind_": "forged"}, "Choose"),
        ({"kind_": ""}, "Choose what it is"),
    ],
)
def test_ugly_days(browse: Browser, wired: Wiring, changed: dict[str, str], words: str) -> None:
    point = make_person(wired)
    make_seat(wired, point, Role.FOCAL_POINT, partner="KE")
    answer = browse(point).post("/partners/KE/desk", DAY | changed)
    assert answer.status_code == 422
    assert words in answer.text
    assert "<b>" not in answer.text.replace("<b>0</b>", "")


def test_where_nobody_can_sign_the_secretariat_sees_it(browse: Browser, wired: Wiring, clock: SetClock) -> None:
    secretary = make_secretary(wired)
    visitor = browse(secretary)
    page = visitor.get("/desk/partners")
    assert page.status_code == 200
    assert "Nobody can sign" not in page.text
    made = make_asked(wired, clock)
    with wired.open_work(made.staff) as work:
        end_seat(work, _seat(wired, made.points["KE"].id))
    mails = run_outbox(wired)
    assert "Nobody can sign for Kenya" in [mail.subject for mail in mails if mail.to == secretary.email]
    assert "Nobody can sign" in visitor.get("/desk/partners").text
    assert "Nobody can sign for this partner" in visitor.get("/partners/KE/desk").text
    assert browse(made.points["CN"]).get("/desk/partners").status_code == 403


def test_the_same_statements_with_more_rows(browse: Browser, wired: Wiring, clock: SetClock) -> None:
    first = make_asked(wired, clock)
    visitor = browse(first.points["KE"])
    visitor.get("/partners/KE/desk")
    with statements(wired) as one:
        visitor.get("/partners/KE/desk")
    for _ in range(2):
        make_asked(wired, clock)
    with statements(wired) as three:
        visitor.get("/partners/KE/desk")
    assert len(three) == len(one) <= 9
    with statements(wired) as public:
        browse().get("/partners")
    assert len(public) == 1


def _seat(wired: Wiring, person_id: int) -> int:
    with wired.open_reading() as session:
        return session.scalars(select(SeatRow.id).where(SeatRow.person_id == person_id)).one()
