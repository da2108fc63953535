"""From a mail’s link to a word, the secretariat’s mending; no GET and no bot changes anything (R35)."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import text

from tests.asked import Asked, ask_again, make_asked, make_screened, refuse
from tests.browsing import Browser
from tests.counting import statements
from tests.factories import make_person, make_seat, make_secretary
from tests.post import run_outbox
from webapp.adapters.clocks import SetClock
from webapp.domain.people import Role
from webapp.models.proposals import Collaborator
from webapp.wiring import Wiring


def path_of(link: str) -> str:
    return link.removeprefix("http://localhost")


def snapshot(wired: Wiring) -> dict[str, list[str]]:
    """Every row of what endorsing can change."""
    tables = ("endorsements", "endorsement_words", "events", "outbox", "timers", "proposals", "vacancies", "form_keys")
    with wired.open_reading() as session:
        return {
            table: sorted(session.scalars(text(f"SELECT row_to_json(t)::text FROM {table} t")))  # noqa: S608
            for table in tables
        }


@pytest.fixture
def asked(wired: Wiring, clock: SetClock) -> Asked:
    return make_asked(wired, clock)


@pytest.mark.rule("R31", "R35")
def test_from_a_mails_link_to_endorsed_in_two_presses(browse: Browser, wired: Wiring, clock: SetClock) -> None:
    made = make_screened(wired, clock)
    made.pass_screening()
    mail = next(mail for mail in run_outbox(wired) if mail.to == made.points["KE"].email)
    link = path_of(mail.links[0])
    visitor = browse(made.points["KE"])
    page = visitor.get(link)
    assert page.status_code == 200
    assert "Endorse this proposal for Kenya?" in page.text
    assert "Ministry of Health" in page.text
    assert "USD\xa0310,000 over 24 months" in page.text
    assert "Forty-two villages" in page.text
    first = f"{link}/answer/endorse"
    assert f'href="{first}"' in page.text
    asking = visitor.get(first)
    assert "voluntary and non-binding" in asking.text
    assert made.row("KE").state == "delivered"  # reading changed nothing
    answer = visitor.post(first, fields(asking.text))
    assert (answer.status_code, answer.location) == (303, link)
    assert made.row("KE").state == "endorsed"
    done = visitor.get(link)
    assert "Code of the letter" in done.text
    assert "Voluntary and non-binding" in done.text
    assert "The word of Kenya" in done.text
    assert "/answer/" not in done.text


def fields(page: str) -> dict[str, str]:
    """The hidden fields of the page's form."""
    form = page[page.index("<main") :]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))


@pytest.mark.rule("R35")
def test_no_page_that_is_only_read_changes_anything(browse: Browser, asked: Asked, wired: Wiring) -> None:
    visitor = browse(asked.points["KE"])
    link = f"/endorsements/{asked.reference}/KE"
    before = snapshot(wired)
    words = ("endorse", "no_objection", "endorse_with_conditions", "stand_aside", "object")
    paths = ["/endorsements", link, f"{link}/proposal", *(f"{link}/answer/{word}" for word in words)]
    for path in paths:
        assert visitor.get(path).status_code == 200, path
        assert visitor.client.head(path).status_code == 200
    assert snapshot(wired) == before


@pytest.mark.rule("R35")
def test_a_bot_that_opens_mailed_links_and_sends_every_form_changes_nothing(
    browse: Browser, wired: Wiring, clock: SetClock
) -> None:
    made = make_screened(wired, clock)
    made.pass_screening()
    mails = run_outbox(wired)
    links = {path_of(link) for mail in mails for link in mail.links if "/endorsements/" in link}
    assert len(links) == 2
    # What a signed-in reader's page offers, a scanner knows too: it tries it all without a session.
    seen = {
        (action, str(sorted(fields(page).items())))
        for code in made.points
        for page in [browse(made.points[code]).get(f"/endorsements/{made.reference}/{code}").text]
        for action in re.findall(r'(?:action|href)="(/endorsements/[^"]+)"', page)
    }
    bot = browse()
    before = snapshot(wired)
    for path in links | {action for action, _ in seen}:
        for answer in (bot.get(path), bot.post(path, {"version": str(made.version_id()), "text": "x"})):
            assert answer.status_code in (302, 303, 405), path
            if answer.location:
                assert answer.location.startswith("/sign-in")
    after = snapshot(wired)
    assert after == before


def test_somebody_else_was_first(browse: Browser, asked: Asked, wired: Wiring) -> None:
    second = make_person(wired, name="Second Point")
    make_seat(wired, second, Role.FOCAL_POINT, partner="KE")
    visitor = browse(second)
    path = f"/endorsements/{asked.reference}/KE/answer/object"
    form = fields(visitor.get(path).text) | {"text": "Not in our plan."}
    asked.answer("KE", "endorse")
    answer = visitor.post(path, form)
    assert answer.status_code == 409
    assert "Focal point of KE answered meanwhile: Endorsed" in answer.text
    assert asked.row("KE").state == "endorsed"


@pytest.mark.rule("R11", "R31")
def test_a_new_version_while_the_page_was_open(browse: Browser, asked: Asked, wired: Wiring) -> None:
    visitor = browse(asked.points["KE"])
    path = f"/endorsements/{asked.reference}/KE/answer/endorse"
    form = fields(visitor.get(path).text)
    ask_again(asked, basics={"title": "Another title", "summary": "Short.", "language": "en"})
    answer = visitor.post(path, form)
    assert answer.status_code == 409
    assert "The proposal has a new version since you opened the page" in answer.text
    assert "What changed" in answer.text
    assert "Another" in answer.text
    assert asked.row("KE").state == "delivered"
    assert visitor.post(path, fields(visitor.get(path).text)).status_code == 303
    assert asked.row("KE").content["outcome_version"] == asked.version_id()


def test_a_word_on_an_older_version_is_not_taken(browse: Browser, asked: Asked, wired: Wiring) -> None:
    visitor = browse(asked.points["KE"])
    path = f"/endorsements/{asked.reference}/KE/answer/endorse"
    form = fields(visitor.get(path).text)
    answer = visitor.post(path, form | {"version": str(int(form["version"]) + 1)})
    assert answer.status_code == 409
    assert "Your answer was not sent" in answer.text
    for forged in ("", "x", "-1", "٣", "9" * 40):
        assert visitor.post(path, form | {"version": forged, "form_key": ""}).status_code in (409, 422)
    assert asked.row("KE").state == "delivered"


def test_pressing_twice_gives_one_word(browse: Browser, asked: Asked) -> None:
    visitor = browse(asked.points["KE"])
    path = f"/endorsements/{asked.reference}/KE/answer/no_objection"
    form = fields(visitor.get(path).text)
    answers = [visitor.post(path, form) for _ in range(2)]
    assert [(answer.status_code, answer.location) for answer in answers] == [
        (303, f"/endorsements/{asked.reference}/KE")
    ] * 2
    assert len(asked.events("PartnerSaidNoObjection")) == 1


@pytest.mark.parametrize(
    ("word", "typed", "status", "words"),
    [
        ("object", "", 422, "Enter the reason"),
        ("endorse_with_conditions", "   ", 422, "Enter the conditions"),
        ("object", "x" * 4001, 422, "Shorten"),
        ("object", "a\x00b", 422, "Delete the characters"),
        ("object", "<script>alert(1)</script>", 303, ""),
        ("endorse_with_conditions", "البيانات تبقى في كينيا", 303, ""),
        ("stand_aside", "", 303, ""),
    ],
)
def test_texts(browse: Browser, asked: Asked, *, word: str, typed: str, status: int, words: str) -> None:
    visitor = browse(asked.points["KE"])
    path = f"/endorsements/{asked.reference}/KE/answer/{word}"
    answer = visitor.post(path, fields(visitor.get(path).text) | {"text": typed})
    assert answer.status_code == status
    assert words in answer.text
    page = visitor.get(f"/endorsements/{asked.reference}/KE").text
    assert "<script>alert" not in page
    if status == 422:
        assert asked.row("KE").state == "delivered"
        assert len(typed) < 10 or typed[:10] in answer.text  # what was typed is there again


@pytest.mark.rule("R2", "R31")
def test_only_who_speaks_for_the_partner_finds_the_page(browse: Browser, asked: Asked, wired: Wiring) -> None:
    link = f"/endorsements/{asked.reference}/KE"
    strangers = [asked.points["CN"], asked.owner, asked.secretary, make_person(wired)]
    for stranger in strangers:
        visitor = browse(stranger)
        assert visitor.get(link).status_code == 404
        assert visitor.get(f"{link}/proposal").status_code == 404
        assert visitor.post(f"{link}/acknowledge").status_code in (403, 404)
        assert visitor.post(f"{link}/answer/endorse", {"version": str(asked.version_id())}).status_code == 404
    assert browse(asked.points["KE"]).get(f"/endorsements/{asked.reference}/CN").status_code == 404
    assert browse(asked.points["KE"]).get("/endorsements/PD-2026-99999-9/KE").status_code == 404
    assert asked.row("KE").state == "delivered"


@pytest.mark.rule("R31")
def test_who_is_part_of_the_proposal_is_told_why_they_cannot_answer(
    browse: Browser, asked: Asked, wired: Wiring
) -> None:
    second = make_person(wired)
    make_seat(wired, second, Role.FOCAL_POINT, partner="KE")
    with wired.open_work(asked.staff) as work:
        work.session.add(
            Collaborator(proposal_id=asked.proposal.id, person_id=second.id, role="reader", added_at=work.now)
        )
    visitor = browse(second)
    link = f"/endorsements/{asked.reference}/KE"
    page = visitor.get(link).text
    assert "You are part of this proposal" in page
    assert "/answer/" not in page
    assert visitor.post(f"{link}/answer/endorse", {"version": str(asked.version_id())}).status_code == 403


def test_acknowledging_later_starts_the_time(browse: Browser, asked: Asked) -> None:
    visitor = browse(asked.points["KE"])
    link = f"/endorsements/{asked.reference}/KE"
    for _ in range(2):
        assert visitor.post(f"{link}/acknowledge").location == link
    assert len(asked.events("EndorsementAcknowledged")) == 1
    page = visitor.get(link).text
    assert "Acknowledge, answer later" not in page
    assert "22 December 2026" in page


def test_the_queue_by_due_time(browse: Browser, asked: Asked, wired: Wiring, clock: SetClock) -> None:
    other = make_asked(wired, clock, ("CN", "TH"))
    assert other.reference != asked.reference
    visitor = browse(asked.points["CN"])
    make_seat(wired, asked.points["CN"], Role.FOCAL_POINT, partner="TH")
    page = visitor.get("/endorsements").text
    assert page.index(asked.reference) > 0
    assert 'href="/partners/CN/desk"' in page
    assert page.count(other.reference) >= 2  # China and Thailand are both asked
    asked.answer("CN", "endorse")
    assert asked.reference not in visitor.get("/endorsements").text
    assert asked.reference in visitor.get("/endorsements?view=answered").text
    assert asked.reference in visitor.get("/endorsements?view=all").text
    assert "The list ends before this page" in visitor.get("/endorsements?page=3").text
    assert browse(asked.owner).get("/endorsements").status_code == 403


def test_the_same_statements_for_one_row_and_three(
    browse: Browser, asked: Asked, wired: Wiring, clock: SetClock
) -> None:
    visitor = browse(asked.points["KE"])
    visitor.get("/endorsements")
    with statements(wired) as one:
        visitor.get("/endorsements")
    for _ in range(2):
        make_asked(wired, clock)
    make_asked(wired, clock, ("KE", "CN", "TH", "GM"))
    with statements(wired) as three:
        visitor.get("/endorsements")
    assert len(three) == len(one) <= 7
    with statements(wired) as shown:
        visitor.get(f"/endorsements/{asked.reference}/KE")
    assert len(shown) <= 16


def test_the_desk_costs_the_same_with_more_partners(browse: Browser, wired: Wiring, clock: SetClock) -> None:
    few = make_asked(wired, clock, ("KE", "CN"))
    many = make_asked(wired, clock, ("KE", "CN", "TH", "GM", "ET"))
    visitor = browse(few.secretary)
    visitor.get(f"/desk/proposals/{few.reference}/endorsements")
    with statements(wired) as one:
        visitor.get(f"/desk/proposals/{few.reference}/endorsements")
    with statements(wired) as more:
        visitor.get(f"/desk/proposals/{many.reference}/endorsements")
    assert len(more) == len(one) <= 15


@pytest.mark.rule("R34")
def test_a_letter_that_came_back_needs_two_of_the_secretariat(browse: Browser, wired: Wiring, clock: SetClock) -> None:
    made = make_screened(wired, clock)
    made.pass_screening()
    run_outbox(wired, refuse(made.points["KE"].email))
    assert made.row("KE").state == "undeliverable"
    new = make_person(wired, name="Njeri Kamau")
    make_seat(wired, new, Role.FOCAL_POINT, partner="KE")
    base = f"/desk/proposals/{made.reference}/endorsements"
    first, second = browse(made.secretary), browse(make_secretary(wired))
    page = first.get(base).text
    assert "Letter came back" in page
    assert "Name who signs" in page
    named = f"{base}/KE/signatory"
    assert "Choose who signs" in first.post(named, {"designation": "Note 7"}).text
    assert first.post(named, {"person_id": str(made.points["CN"].id), "designation": "Note 7"}).status_code == 422
    assert first.post(named, {"person_id": str(new.id), "designation": "Note 7 of 3 March"}).location == base
    confirm = re.findall(r'action="([^"]+/confirm)"', second.get(named).text)[0]
    assert "You named them" in first.get(named).text
    assert first.post(confirm).status_code == 403
    assert made.row("KE").state == "undeliverable"
    assert second.post(confirm).location == base
    mails = run_outbox(wired)
    assert [mail.to for mail in mails if "Please endorse" in mail.subject] == [new.email]
    assert made.row("KE").state == "delivered"
    assert browse(made.points["CN"]).get(base).status_code in (403, 404)


def test_a_lapsed_partner_is_asked_once_more_with_a_reason(
    browse: Browser, asked: Asked, wired: Wiring, clock: SetClock
) -> None:
    asked.days_later(8)
    asked.days_later(8)
    assert asked.row("KE").state == "lapsed"
    visitor = browse(asked.secretary)
    base = f"/desk/proposals/{asked.reference}/endorsements"
    assert "As things stand, it cannot go on" in visitor.get(base).text
    assert visitor.post(f"{base}/KE/reopen", {"reason": " "}).status_code == 422
    assert visitor.post(f"{base}/KE/reopen", {"reason": "The ministry moved house."}).location == base
    run_outbox(wired)
    assert asked.row("KE").state == "delivered"
    assert visitor.get(f"{base}/KE/reopen").status_code == 404  # it is asked again now
    asked.answer("KE", "endorse")


def test_sending_again_moves_no_clock(browse: Browser, asked: Asked, wired: Wiring) -> None:
    before = asked.row("KE")
    visitor = browse(asked.secretary)
    base = f"/desk/proposals/{asked.reference}/endorsements"
    assert visitor.post(f"{base}/KE/send-again").location == base
    assert [mail.to for mail in run_outbox(wired)] == [asked.points["KE"].email]
    assert (asked.row("KE").content, asked.row("KE").due_at) == (before.content, before.due_at)
    assert visitor.get(base).text.count("Sent") >= 3
    asked.answer("KE", "endorse")
    assert visitor.post(f"{base}/KE/send-again").status_code == 409


@pytest.mark.rule("R31")
def test_a_new_version_asks_again_only_where_something_material_changed(
    browse: Browser, asked: Asked, wired: Wiring
) -> None:
    asked.answer("KE", "endorse")
    ask_again(asked, basics={"title": "Another title", "summary": "Short.", "language": "en"})
    visitor = browse(asked.points["KE"])
    link = f"/endorsements/{asked.reference}/KE"
    page = visitor.get(link).text
    assert "Does the answer of Kenya hold for the new version?" in page
    assert "the title" in page
    assert "What changed" in page
    path = f"{link}/answer/same_answer"
    assert visitor.post(path, fields(visitor.get(path).text)).status_code == 303
    row = asked.row("KE")
    assert (row.state, row.version_id) == ("endorsed", asked.version_id())
    assert visitor.get(link).text.count("version 1") >= 1  # the earlier letter stays


@pytest.mark.rule("R26", "R27")
def test_the_applicant_reads_what_each_partner_says(browse: Browser, asked: Asked, wired: Wiring) -> None:
    path = f"/proposals/{asked.reference}/endorsements"
    asked.answer("KE", "object", "The villages are in a nature reserve.")
    mails = run_outbox(wired)
    letter = next(mail for mail in mails if mail.to == asked.owner.email and "objects" in mail.subject)
    assert f"http://localhost{path}" in letter.links
    for person in (asked.owner, asked.points["CN"], asked.secretary):
        page = browse(person).get(path).text
        assert "nature reserve" in page
        assert "Focal point of KE" not in page  # who signed is the partner's own affair
    assert browse(make_person(wired)).get(path).status_code == 404
    assert browse().get(path).status_code == 302
    assert path in browse(asked.owner).get(f"/proposals/{asked.reference}").text
