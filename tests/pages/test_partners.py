"""Partners' public pages, a partner's own page, its days, and the secretariat's list."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from tests.asked import at, make_asked
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
    one = visitor.get("/partners/KE?lang=en")
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


def path_form_of(page: str) -> dict[str, object]:
    """The path's form as it stands on the page: what is in its inputs, and what is ticked."""
    form = page[page.index("<main") :]
    given: dict[str, object] = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    for name, rest in re.findall(r'<input [^>]*?name="([a-z_0-9]+)"([^>]*)>', form):
        if 'type="hidden"' not in rest and name not in given and name not in ("weekend", "material", "silence"):
            found = re.search(rf'<input [^>]*?name="{name}"[^>]*?value="([^"]*)"', form)
            given[name] = found.group(1) if found else ""
    for name in ("weekend", "material"):
        given[name] = re.findall(rf'name="{name}" value="([^"]*)" checked', form)
    return given


@pytest.mark.rule("R32")
def test_a_focal_point_sees_what_a_changed_path_would_do_and_keeps_it(
    browse: Browser, wired: Wiring, clock: SetClock
) -> None:
    made = make_asked(wired, clock)
    point = browse(made.points["KE"])
    point.post(f"/endorsements/{made.reference}/KE/acknowledge")
    path = "/partners/KE/path"
    assert f'href="{path}"' in point.get("/partners/KE/desk").text
    form = path_form_of(point.get(path).text) | {"then": "preview"}
    assert form["weekend"] == ["5", "6"]
    page = point.post(path, form).text
    assert "would go the same way" in page
    changed = form | {
        "answer_days": "5",
        "signatures_needed": "2",
        "silence": "y",
        "weekend": ["4", "5"],
        "reminders": "2",
        "ministry_0": "Ministry of ICT",
        "address_0": "ict@ke.demo.example",
        "articles_0": "16, 17",
    }
    page = point.post(path, changed).text
    assert made.reference in page
    assert "22 December 2026 → 1 December 2026" in page
    assert "No answer → No objection, by silence" in page
    assert "1 → 2" in page
    kept = {key: value for key, value in changed.items() if key != "then"} | {"then": "keep"}
    answer = point.post(path, kept)
    assert (answer.status_code, answer.location) == (303, "/partners/KE/desk#path")
    page = point.get("/partners/KE/desk").text
    for words in ("5 working days", "2 different people sign", "Friday and Saturday", "Ministry of ICT"):
        assert words in page
    assert "Version 2" in point.get(path).text
    assert made.row("KE").due_at == at("2026-12-22", 14)
    assert point.post(path, kept).status_code == 409  # it has changed since this form was opened


@pytest.mark.rule("R32")
def test_a_path_that_cannot_be_used_says_where(browse: Browser, wired: Wiring) -> None:
    point = make_person(wired)
    make_seat(wired, point, Role.FOCAL_POINT, partner="KE")
    visitor = browse(point)
    form = path_form_of(visitor.get("/partners/KE/path").text) | {"then": "preview"}
    for wrong, words in (
        ({"answer_days": ""}, "Enter how many days"),
        ({"weekend": ["0", "1", "2", "3", "4", "5", "6"]}, "Leave at least one working day in the week."),
        ({"ministry_0": "ICT", "address_0": ""}, "Enter the name of each ministry, and its email address."),
        ({"ministry_0": "ICT", "address_0": "nowhere"}, "Enter an email address"),
    ):
        answer = visitor.post("/partners/KE/path", form | wrong)
        assert answer.status_code == 422, wrong
        assert words in answer.text
    other = make_person(wired)
    make_seat(wired, other, Role.FOCAL_POINT, partner="CN")
    assert browse(other).get("/partners/KE/path").status_code in (403, 404)


@pytest.mark.rule("R34")
def test_a_focal_point_sets_the_days_of_a_deputy(browse: Browser, wired: Wiring) -> None:
    point, deputy = make_person(wired), make_person(wired, name="Deputy Odhiambo")
    make_seat(wired, point, Role.FOCAL_POINT, partner="KE")
    seat = make_seat(wired, deputy, Role.DEPUTY, partner="KE")
    path = f"/partners/KE/deputies/{seat.id}"
    visitor = browse(point)
    assert f'href="{path}"' in visitor.get("/partners/KE/desk").text
    first = {"starts_on-day": "1", "starts_on-month": "12", "starts_on-year": "2026"}
    answer = visitor.post(path, first)
    assert (answer.status_code, "Enter both days, or neither." in answer.text) == (422, True)
    answer = visitor.post(path, first | {"ends_on-day": "4", "ends_on-month": "12", "ends_on-year": "2026"})
    assert answer.status_code == 303
    assert "1 December 2026 to 4 December 2026" in visitor.get("/partners/KE/desk").text
    assert visitor.get("/partners/KE/deputies/999999").status_code == 404
