"""The pages of what a partner asks back, of the applicant's replies, of a ministry's advice (R31, R32, R35, R68)."""

from __future__ import annotations

import re

import pytest

from tests.adjusted import make_with_sections, points
from tests.asked import Asked, at, make_asked
from tests.browsing import Browser, Visitor
from tests.factories import make_person, make_seat
from tests.post import run_outbox
from webapp.adapters.clocks import SetClock
from webapp.domain.endorsements import Ministry, PartnerRule
from webapp.domain.people import Role
from webapp.wiring import Wiring

ICT = Ministry("Ministry of ICT", "ict@ke.demo.example", (10,))


@pytest.fixture
def made(wired: Wiring, clock: SetClock) -> Asked:
    return make_with_sections(wired, clock, rules={"KE": PartnerRule(ministries=(ICT,))})


def fields(page: str) -> dict[str, str]:
    """The hidden fields of the page's form."""
    form = page[page.index("<main") :]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))


def send(visitor: Visitor, path: str, **given: object) -> tuple[int, str]:
    """Open the page and send its form; the status and the page that comes."""
    opened = visitor.get(path)
    assert opened.status_code == 200, path
    answer = visitor.post(path, fields(opened.text) | given)
    return answer.status_code, answer.text if answer.status_code == 422 else visitor.get(answer.location or path).text


@pytest.mark.rule("R32", "R35")
def test_a_ministry_reads_and_advises_without_an_account(browse: Browser, made: Asked, wired: Wiring) -> None:
    case = f"/endorsements/{made.reference}/KE"
    point = browse(made.points["KE"])
    assert f'href="{case}/consult"' in point.get(case).text
    status, page = send(point, f"{case}/consult", ministries="", question="Are the data safe?")
    assert status == 422
    assert "Choose a ministry, or name another one." in page
    status, page = send(point, f"{case}/consult", ministries=ICT.name, question="Are the data safe?")
    assert (status, made.row("KE").state) == (303, "in_consultation")
    assert "Ministry of ICT" in page
    mail = next(mail for mail in run_outbox(wired) if mail.to == ICT.email)
    link = mail.links[0].removeprefix("http://localhost")
    ministry = browse()
    opened = ministry.get(link)
    assert opened.status_code == 200
    assert "Are the data safe?" in opened.text
    assert "Forty-two villages" in opened.text
    assert "Amina Otieno" not in opened.text
    status, page = send(ministry, link, text="", name="")
    assert status == 422
    assert "Enter your advice" in page
    status, page = send(ministry, link, text="Keep them in Nairobi.", name="A. Mwangi, director")
    assert status == 303
    assert "Keep them in Nairobi." in page
    assert "Keep them in Nairobi." in point.get(case).text
    for person, path in (
        (made.points["CN"], f"/endorsements/{made.reference}/CN"),
        (made.secretary, f"/desk/proposals/{made.reference}/endorsements"),
        (made.owner, f"/proposals/{made.reference}/endorsements"),
    ):
        page = browse(person).get(path).text
        assert "Nairobi." not in page
        assert "Ministry of ICT" not in page
    made.answer("KE", "endorse")
    assert "no advice is needed any more" in ministry.get(link).text
    assert ministry.post(link, {"text": "More.", "name": "A."}).status_code == 409
    assert browse().get("/consultations/1-abc").status_code == 404


@pytest.mark.rule("R31", "R68")
def test_questions_at_fields_and_the_answers(browse: Browser, made: Asked, wired: Wiring) -> None:
    case = f"/endorsements/{made.reference}/KE"
    point, owner = browse(made.points["KE"]), browse(made.owner)
    status, page = send(point, f"{case}/ask", field_0="", text_0="Who pays?")
    assert (status, "Choose what your question concerns" in page, "Who pays?" in page) == (422, True, True)
    status, page = send(point, f"{case}/ask", field_0="budget.lines", text_0="")
    assert (status, "Enter what you ask here" in page) == (422, True)
    status, page = send(
        point, f"{case}/ask", field_0="budget.lines", text_0="Who pays?", field_1="proposal", text_1="Who runs it?"
    )
    assert status == 303
    assert "The applicant owes an answer" in page
    assert f"{case}/answer/" not in page
    assert "Kenya asks you something" in owner.get(f"/proposals/{made.reference}").text
    path = f"/proposals/{made.reference}/endorsements/KE/questions"
    assert f'href="{path}"' in owner.get(f"/proposals/{made.reference}/endorsements").text
    first, second = points(made, "KE").values()
    status, page = send(owner, path, **{f"point-{first.id}": "The county."})
    assert (status, "Enter your answer" in page, "The county." in page) == (422, True, True)
    assert "Budget: Costs" in page
    assert "The whole proposal" in page
    status, _ = send(owner, path, **{f"point-{first.id}": "The county.", f"point-{second.id}": "The county too."})
    assert (status, made.row("KE").state) == (303, "acknowledged")
    page = point.get(case).text
    assert "The county too." in page
    assert f"{case}/answer/endorse" in page
    again = owner.post(path, {f"point-{first.id}": "Once more."})
    assert again.location == f"/proposals/{made.reference}/endorsements"
    for stranger in (made.points["CN"], make_person(wired)):
        assert browse(stranger).get(path).status_code in (403, 404)


@pytest.mark.rule("R11", "R31", "R68")
def test_just_the_named_fields_are_shown_changed_and_sent(browse: Browser, made: Asked, wired: Wiring) -> None:
    case = f"/endorsements/{made.reference}/KE"
    point, owner = browse(made.points["KE"]), browse(made.owner)
    status, page = send(
        point,
        f"{case}/changes",
        field_0="basics.title",
        text_0="Name the river.",
        field_1="plan.starts_on",
        text_1="Too early.",
    )
    assert status == 303
    assert "The applicant owes a new version" in page
    adjust = f"/proposals/{made.reference}/adjustments"
    page = owner.get(adjust).text
    for words in ("Basics: Title", "Name the river.", "Plan: First day of the project", "Too early."):
        assert words in page
    section = f"/proposals/{made.reference}/sections/basics"
    assert f'href="{section}"' in page
    page = owner.get(section).text
    assert 'name="title"' in page
    assert 'name="summary"' not in page
    assert owner.get(f"/proposals/{made.reference}/sections/budget").status_code == 409
    assert owner.get(f"/proposals/{made.reference}/documents").status_code in (200, 409)
    status, page = send(owner, section, title="A telemedicine link for the Tana river", then="list")
    assert status == 303
    title, day = points(made, "KE").values()
    status, page = send(owner, adjust)
    assert (status, "Change this field, or enter why it should stay" in page) == (422, True)
    status, page = send(owner, adjust, **{f"point-{day.id}": "The school year begins then."})
    assert (status, made.row("KE").state) == (303, "acknowledged")
    assert points(made, "KE")["basics.title"].state == "changed"
    page = point.get(case).text
    assert "What changed" in page
    assert "The school year begins then." in page
    assert title.id != day.id


def test_who_may_edit_but_not_send_sees_so(browse: Browser, made: Asked) -> None:
    send(browse(made.points["KE"]), f"/endorsements/{made.reference}/KE/changes", field_0="basics.title", text_0="x")
    assert browse(made.points["KE"]).get(f"/proposals/{made.reference}/adjustments").status_code in (403, 404)


@pytest.mark.rule("R31")
def test_more_time_and_a_withdrawal(browse: Browser, made: Asked, clock: SetClock) -> None:
    case = f"/endorsements/{made.reference}/KE"
    point = browse(made.points["KE"])
    assert f"{case}/extend" not in point.get(case).text
    point.post(f"{case}/acknowledge")
    status, page = send(point, f"{case}/extend")
    assert (status, made.row("KE").due_at) == (303, at("2027-01-07", 14))
    assert f"{case}/extend" not in page
    assert point.get(f"{case}/extend").status_code == 303
    made.answer("KE", "endorse")
    day = {"effective_at-day": "1", "effective_at-month": "12", "effective_at-year": "2026"}
    status, page = send(point, f"{case}/withdraw", reason="", **day)
    assert (status, "Enter the reason" in page) == (422, True)
    status, page = send(point, f"{case}/withdraw", reason="A law.", **day | {"effective_at-year": "2025"})
    assert (status, "Enter today or a later day." in page) == (422, True)
    status, page = send(point, f"{case}/withdraw", reason="A law.", **day)
    assert (status, made.row("KE").state) == (303, "withdrawal_notified")
    assert "holds no more from 1 December 2026" in page


@pytest.mark.rule("R32")
def test_one_press_confirms_a_word_that_ran_out(browse: Browser, wired: Wiring, clock: SetClock) -> None:
    made = make_asked(wired, clock, rules={"KE": PartnerRule(validity_months=3)})
    made.answer("KE", "endorse")
    mails = made.go_to(at("2027-02-24"))
    mail = next(mail for mail in mails if mail.subject.endswith("confirm it"))
    point = browse(made.points["KE"])
    link = mail.links[0].removeprefix("http://localhost")
    page = point.get(link).text
    assert "Confirm the answer of Kenya?" in page
    status, _ = send(point, f"{link}/answer/confirm")
    assert (status, made.row("KE").state) == (303, "endorsed")


@pytest.mark.rule("R34")
def test_the_secretariat_lets_another_person_sign(browse: Browser, made: Asked, wired: Wiring) -> None:
    desk = f"/desk/proposals/{made.reference}/endorsements"
    staff = browse(made.secretary)
    path = f"{desk}/KE/replace"
    assert f'href="{path}"' in staff.get(desk).text
    assert "Nobody else speaks for Kenya" in staff.get(path).text
    second = make_person(wired, name="Second Point")
    make_seat(wired, second, Role.FOCAL_POINT, partner="KE")
    status, page = send(staff, path, person_id=str(made.points["KE"].id))
    assert status == 422
    status, page = send(staff, path, person_id=str(second.id))
    assert (status, made.row("KE").signatory_id) == (303, second.id)
    assert "Second Point" in page


@pytest.mark.rule("R35")
def test_no_page_of_these_steps_changes_anything_when_opened(browse: Browser, made: Asked) -> None:
    case = f"/endorsements/{made.reference}/KE"
    point = browse(made.points["KE"])
    before = made.row("KE").content, len(made.events())
    for step in ("consult", "ask", "changes", "extend", "withdraw"):
        assert point.get(f"{case}/{step}").status_code in (200, 303), step
        assert point.client.head(f"{case}/{step}").status_code in (200, 303)
    assert (made.row("KE").content, len(made.events())) == before
